"""A finished run is changed only by who says so; what it then holds is of one time, and every export tells the same."""

from collections.abc import Iterator
from pathlib import Path

import papermill
import pytest

from pipeline.report.card import CARD
from pipeline.settings import NOTEBOOKS_DIR, get_settings
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.export import ExportOptions, export
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store import Run
from pipeline.store.runs import find_finished, finish_run, start_run
from tests.closed import (
    OTHER_MODELS,
    assert_chosen_is_outdated,
    assert_others_are_exported_alone,
    assert_whole_again,
    content,
    exported,
    write_table,
)
from tests.finished import few_refits
from tests.profiled import names_no_shard, profiled, scans

DATASET = "closed"


@pytest.fixture(scope="module")
def made(database, tmp_path_factory) -> Iterator[tuple[Run, list]]:
    """Return a finished run of the table, and what the database was asked for until its exports were written.

    It is made by the stages' functions; `faults/test_closed_by_command.py` has commands.
    """
    table = write_table(tmp_path_factory.mktemp("table") / "closed.csv")
    run = start_run(database, DATASET, {"models": "logistic_regression,knn_3"})
    with few_refits():
        with profiled(database) as asked:
            catalogue(run, CatalogueOptions(table=str(table)))
            extract(run, ExtractOptions(features="spectral-v1", jobs=1))
            explore(run, ExploreOptions(jobs=2))
            compare(run, CompareOptions(models="logistic_regression,knn_3", repeats=2, jobs=2))
            choose(run)
            finish_run(run)
            export(run, ExportOptions(exports=str(get_settings().exports)))
        yield run, asked


@pytest.fixture(scope="module")
def finished(made) -> Run:
    """Return the finished run."""
    return made[0]


def choose(run: Run) -> None:
    optimise(run, OptimiseOptions(k_max=5, repeats=1, jobs=2))
    holdout(run, HoldoutOptions())


def by_hand(notebook: str, folder: Path, **parameters) -> list[str]:
    """Execute a notebook by plain papermill, as somebody does who knows of no run; return what it printed."""
    done = papermill.execute_notebook(
        str(NOTEBOOKS_DIR / f"{notebook}.ipynb"), str(folder / f"{notebook}.ipynb"), cwd=str(NOTEBOOKS_DIR),
        parameters={"dataset": DATASET, **parameters}, progress_bar=False, log_output=False,
    )  # fmt: skip
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"]


def test_no_stage_reads_a_whole_collection_and_each_write_says_in_which_shard_it_is(made):
    asked = made[1]
    assert {one["ns"].partition(".")[2] for one in asked} >= {"tracks", "segments", "scores", "results", "models"}
    assert {"query", "update", "remove", "insert"} <= {one["op"] for one in asked}
    assert [(one["ns"], one["command"]) for one in scans(asked)] == []
    assert [(one["ns"], one["command"]) for one in names_no_shard(asked)] == []


def test_what_reads_a_whole_collection_or_names_no_shard_would_be_found(database):
    with profiled(database) as asked:
        database["segments"].find_one({"spectral_centroid_mean": -1})
        database["tracks"].update_one({"dataset": "none"}, {"$set": {"status": "catalogued"}})
    assert [one["ns"].partition(".")[2] for one in scans(asked)] == ["segments"]
    assert [one["ns"].partition(".")[2] for one in names_no_shard(asked)] == ["tracks"]


def test_the_champion_is_named_by_the_run_and_its_scores_are_marked(finished):
    frames = exported()
    run, scores = frames["runs"].iloc[0], frames["scores"]
    own = scores[scores["is_champion"]]
    assert set(own["model"]) == {run["champion_model"]} == {finished.champion["model"]}
    of_tracks = own[(own["level"] == "track") & (own["metric"] == "accuracy")].set_index("subset")
    for subset in ("test", "holdout"):
        accuracy = of_tracks.loc[subset]
        assert run[f"{subset}_accuracy"] == accuracy["value"]
        assert (run[f"{subset}_ci_low"], run[f"{subset}_ci_high"]) == (accuracy["ci_low"], accuracy["ci_high"])
    assert run["holdout_share"] == ExtractOptions.holdout, "nobody asked for one"


def test_a_notebook_started_by_hand_leaves_the_finished_run_as_it_is(finished, tmp_path):
    before = content(finished)
    told = by_hand("04_compare", tmp_path, models="knn_3", repeats=1)
    fork = Run(finished.database, DATASET, told[0].split()[1])
    assert fork.run_id != finished.run_id
    assert finished.run_id in told[0]
    assert content(finished) == before
    assert find_finished(finished.database, DATASET) == finished
    assert set(fork.scores(stage="compare")["model"]) == {"knn_3"}
    assert fork.champion is None, "it was chosen among other scores"
    assert fork.facts["status"] == "interactive"


def test_other_models_compared_in_it_make_what_was_chosen_among_the_old_ones_outdated(finished):
    compare(finished, CompareOptions(models=OTHER_MODELS, repeats=1, jobs=2))
    assert_chosen_is_outdated(finished)
    told = export(finished, ExportOptions(exports=str(get_settings().exports)))
    assert_others_are_exported_alone(finished)
    assert "05_optimise and 06_holdout belong to earlier rows" in " ".join(told.remarks)


def test_gone_on_with_it_is_whole_again(finished):
    choose(finished)
    export(finished, ExportOptions(exports=str(get_settings().exports)))
    assert_whole_again(finished)


def test_where_tracks_have_changed_since_its_exports_and_its_card_say_so(finished, tmp_path):
    table = write_table(tmp_path / "closed.csv")
    table.write_text(table.read_text().replace(",folk", ",blues"))
    catalogue(finished, CatalogueOptions(table=str(table)))
    export(finished, ExportOptions(exports=str(get_settings().exports)))
    said = "the tracks of dataset 'closed' have changed since this run learned from them"
    assert said in exported()["runs"]["warnings"].item()
    assert said in (get_settings().runs / finished.run_id / CARD).read_text()
