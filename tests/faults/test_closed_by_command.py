"""By commands and processes: a finished run is changed only by who says so, and is consistent whatever was changed."""

import subprocess
import sys

import pytest

from pipeline.settings import NOTEBOOKS_DIR, get_settings
from pipeline.store import Run
from pipeline.store.runs import find_finished
from tests.closed import (
    OTHER_MODELS,
    assert_chosen_is_outdated,
    assert_others_are_exported_alone,
    assert_whole_again,
    content,
    write_table,
)
from tests.patience import HANG_S

DATASET = "closed-by-command"
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def finished(database, genrelab, tmp_path_factory) -> Run:
    """Return a finished run of the table, by the command."""
    table = write_table(tmp_path_factory.mktemp("table") / "closed.csv")
    command(genrelab, "--table", table, "--models", "logistic_regression,knn_3", "-p", "repeats=2", "-p", "k_max=5")
    return find_finished(database, DATASET)


def command(genrelab, *arguments) -> str:
    done = genrelab("run", "--dataset", DATASET, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_notebooks_at_once_keep_apart(finished, tmp_path):
    before = content(finished)
    started = []
    for model in ("knn_3", "logistic_regression"):
        (tmp_path / model).mkdir()
        arguments = ["-p", "dataset", DATASET, "-p", "models", model, "-p", "repeats", "1", "--no-progress-bar"]
        paths = [NOTEBOOKS_DIR / "04_compare.ipynb", tmp_path / model / "out.ipynb"]
        command = [sys.executable, "-m", "papermill", *map(str, paths), *arguments, "--cwd", str(NOTEBOOKS_DIR)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
    for process in started:
        _, said = process.communicate(timeout=HANG_S)
        assert process.returncode == 0, said
    newest = finished.database["runs"].find({"dataset": DATASET}, sort=[("number", -1)], limit=2)
    forks = [Run(finished.database, DATASET, found["run_id"]) for found in newest]
    models = [set(fork.scores(stage="compare")["model"]) for fork in forks]
    assert sorted(map(sorted, models)) == [["knn_3"], ["logistic_regression"]]
    assert content(finished) == before


def test_other_models_compared_in_it_make_what_was_chosen_among_the_old_ones_outdated(finished, genrelab):
    notebooks = get_settings().runs / finished.run_id
    command(genrelab, "--from", "compare", "--to", "compare", "--models", OTHER_MODELS)
    assert_chosen_is_outdated(finished)
    assert not (notebooks / "05_optimise.html").exists()
    assert (notebooks / "earlier" / "05_optimise.html").exists()
    said = command(genrelab, "--from", "export")
    assert_others_are_exported_alone(finished)
    assert "exports:" in said
    kept = (notebooks / "07_export.ipynb").read_text()
    assert "05_optimise and 06_holdout belong to earlier rows" in kept


def test_gone_on_with_it_is_whole_again(finished, genrelab):
    command(genrelab, "--from", "optimise")
    assert_whole_again(finished)
