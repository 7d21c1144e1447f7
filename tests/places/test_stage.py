"""``genrelab regions`` and 12_regions on a small table, from the file to the exports."""

from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pandas as pd
import papermill
import pytest

from pipeline.errors import InputError
from pipeline.report import assemble_exports
from pipeline.report.csv_export import conform
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.declared import REGIONS
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.regions import RegionsOptions, regions
from pipeline.store.runs import finish_run, start_run
from pipeline.tables import BY_NAME
from tests.places.test_models import CAPITALS, made


def bring_in(database, folder, name: str, *, with_places: bool) -> SimpleNamespace:
    """Catalogue a table of the six countries; one place is swapped, and one track has none."""
    located = made(n=8)
    table = pd.DataFrame(located.X, columns=[f"f{i}" for i in range(len(CAPITALS))])
    table["label"] = np.where(located.rows["latitude"] > 0, "north", "south")
    if with_places:
        at = located.rows[["country", "latitude", "longitude"]].copy()
        japan = at.index[at["country"] == "Japan"][0]
        at.loc[japan, ["latitude", "longitude"]] = at.loc[japan, ["longitude", "latitude"]].to_numpy().copy()
        at.loc[0, ["latitude", "longitude"]] = np.nan
        table = table.join(at)
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False)
    run = start_run(database, f"{name}-{uuid4().hex[:6]}", {})
    catalogue(run, CatalogueOptions(table=str(path)))
    extract(run, ExtractOptions(holdout=0.1, jobs=1))
    explore(run, ExploreOptions())
    finish_run(run)
    return run


@pytest.fixture(scope="module")
def run(database, tmp_path_factory):
    run = bring_in(database, tmp_path_factory.mktemp("geo"), "geo", with_places=True)
    yield run
    for name in ("runs", "datasets"):
        database[name].delete_many({"dataset": run.dataset})


def test_the_notebook_draws_and_the_command_says_the_same(run, database, main, tmp_path):
    told = {"dataset": run.dataset, "jobs": 1}
    nb = papermill.execute_notebook(
        REGIONS.path, tmp_path / "12.ipynb", told, cwd=REGIONS.path.parent, progress_bar=False
    )
    outputs = [output.get("data", {}) for cell in nb.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in data for data in outputs) == 2
    said = main("regions", "--dataset", run.dataset, "--jobs", "1")
    assert said.status == 0, said.err
    lines = said.out.splitlines()
    assert any(data.get("text/plain", "").startswith(f"- {lines[0]}") for data in outputs)
    assert "Left out: 2 tracks without a place that can be." in lines
    assert any(line.startswith("Beware: latitude and longitude seem to be the other way round") for line in lines)


def test_rows_are_those_of_the_run_and_fit_the_exports(run, database, small_forests):
    found = regions(database, run.dataset, "", RegionsOptions(jobs=1))
    frames = assemble_exports(run)
    places, scores = (conform(BY_NAME[name], frames[name]) for name in ("places", "place_scores"))
    assert (len(places), len(scores)) == (len(found.places), len(found.scores))
    assert not places.duplicated(["track_id", "split_policy"]).any()
    assert not scores.duplicated(["model", "split_policy", "measure"]).any()
    assert set(places["track_id"]) < set(frames["tracks"]["track_id"])
    assert set(frames["data_quality"].query("status == 'warning'")["check"]) >= {"swapped_places"}
    again = regions(database, run.dataset, "", RegionsOptions(jobs=2))
    pd.testing.assert_frame_equal(found.scores, again.scores)


def test_what_is_explored_anew_outdates_it(run, database, small_forests):
    regions(database, run.dataset, "", RegionsOptions(jobs=1))
    explore(run, ExploreOptions())
    assert run.outdated == [REGIONS.name]
    assert len(run.table("places")) == 0


def test_a_table_without_places_is_told_in_a_line(database, tmp_path):
    run = bring_in(database, tmp_path, "nowhere", with_places=False)
    with pytest.raises(InputError, match=r"has 0 tracks with latitude and longitude, from 0 places; .* columns lat"):
        regions(database, run.dataset, "", RegionsOptions())
