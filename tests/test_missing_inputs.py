"""A stage whose inputs are missing says which stage makes them, and changes nothing."""

import pytest

from pipeline.errors import InputError
from pipeline.settings import get_settings
from pipeline.stages import find_stage
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.store.runs import start_run
from tests.closed import content
from tests.short_music import write_short_music

COLLECTIONS = ("tracks", "rejects", "segments", "datasets")


def rows_of(run) -> dict[str, list[dict]]:
    return {name: list(run.database[name].find({"dataset": run.dataset}).sort("_id")) for name in COLLECTIONS}


def assert_refused(run, stage: str, words: str) -> None:
    chosen = find_stage(stage)
    before = content(run), rows_of(run)
    own = {"exports": str(get_settings().exports / "none")} if stage == "export" else {}
    with pytest.raises(InputError, match=words):
        chosen.function(run, chosen.options(**own))
    assert (content(run), rows_of(run)) == before
    assert not (get_settings().exports / "none").exists()


@pytest.fixture(scope="module")
def catalogued(database, tmp_path_factory):
    """Return a run that went no further than the catalogue."""
    run = start_run(database, "missing-inputs", {})
    catalogue(run, CatalogueOptions(audio=str(write_short_music(tmp_path_factory.mktemp("music"), 6))))
    return run


def test_a_dataset_that_nobody_knows_is_to_be_catalogued(database):
    assert_refused(start_run(database, "missing-dataset", {}), "extract", "'missing-dataset'.* 01_catalogue ")


@pytest.mark.parametrize(
    ("stage", "first"),
    [
        ("explore", "run 02_extract first"),
        ("compare", "run 02_extract first"),
        ("optimise", "run 04_compare first"),
        ("holdout", "run 05_optimise first"),
        ("export", "run 02_extract first"),
    ],
)
def test_it_names_the_stage_to_run_first(catalogued, stage, first):
    assert_refused(catalogued, stage, first)
