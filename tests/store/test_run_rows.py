"""The rows of a run: a stage's are replaced whole or not at all, and nobody reads half of them."""

import multiprocessing
import os
import signal
import threading

import pandas as pd
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.store import ModelFile, Run, StageRows
from pipeline.store.runs import start_run
from pipeline.store.server import EmbeddedServer
from pipeline.tables import HOLDOUT_PREDICTIONS, SCORES
from tests.declared import row_of
from tests.patience import HANG_S

WRITES = {"insert", "update", "delete", "findAndModify"}
MODEL = {"feature_set": "f", "window_s": 3.0, "split": "track"}
ANSWERS = {"feature_set": "f", "window_s": 3.0, "split_policy": "track", "part": 0, "track_ids": b"", "right": b""}


def rows(*numbers: float) -> StageRows:
    """Return rows in every collection, each telling the number it was made with."""
    values = [float(number) for number in numbers]
    scores = [row_of(SCORES, model=f"knn_{i}", value=value) for i, value in enumerate(values)]
    predictions = [row_of(HOLDOUT_PREDICTIONS, start_s=float(i), track_id=f"{value}") for i, value in enumerate(values)]
    return StageRows(
        scores=pd.DataFrame(scores),
        predictions=pd.DataFrame(predictions),
        answers=pd.DataFrame(
            [ANSWERS | {"model": f"m{i}", "n": f"{value}".encode()} for i, value in enumerate(values)]
        ),
        tables={"confusion": pd.DataFrame({"n": values}), "class_report": pd.DataFrame({"support": values})},
        models=[ModelFile(MODEL | {"name": f"m{i}"}, f"{value}".encode()) for i, value in enumerate(values)],
    )


def seen(run: Run) -> list[list[float]]:
    """Return the values that each collection tells, read through the run."""
    scores, predictions, answers = run.scores(), run.predictions(), run.answers()
    tables = [run.table("confusion"), run.table("class_report")]
    return [
        scores["value"].tolist(),
        [float(track) for track in predictions["track_id"]] if len(predictions) else [],
        [float(n) for n in answers["n"]] if len(answers) else [],
        *([float(n) for n in table.iloc[:, 0]] if len(table) else [] for table in tables),
        sorted(float(model.content) for model in run.models()),
    ]


def stored(store) -> dict[str, int]:
    """Return how many documents there are, seen by a run or not."""
    names = ("scores", "predictions", "results", "models", "answers", "artefacts.files", "artefacts.chunks")
    return {name: store[name].count_documents({}) for name in names}


@pytest.fixture(autouse=True)
def clean(store):
    for name in ("runs", *stored(store)):
        store[name].delete_many({})


@pytest.fixture
def run(store) -> Run:
    return start_run(store, "d", {})


def test_what_a_stage_records_is_read_and_replaced(run, store):
    run.record("compare", rows(1, 2, 3))
    assert seen(run) == [[1, 2, 3]] * 6
    run.record("compare", rows(4))
    assert seen(run) == [[4]] * 6
    assert stored(store) == {"scores": 1, "predictions": 1, "results": 2, "models": 1, "answers": 1} | {
        "artefacts.files": 1,
        "artefacts.chunks": 1,
    }


def test_two_stages_may_score_the_same_and_each_replaces_its_own(run):
    run.record("compare", rows(1))
    run.record("optimise", rows(2))
    assert sorted(run.scores()["value"]) == [1, 2]
    run.record("optimise", rows(3))
    assert run.scores(stage="compare")["value"].tolist() == [1]
    assert run.scores(stage="optimise")["value"].tolist() == [3]


def test_runs_read_their_own_rows(run, store):
    other = start_run(store, "d", {})
    run.record("compare", rows(1))
    other.record("compare", rows(2))
    assert (seen(run), seen(other)) == ([[1]] * 6, [[2]] * 6)


def test_rows_made_from_replaced_ones_are_outdated_and_read_by_nobody_until_made_anew(run):
    run.record("compare", rows(1))
    run.record("optimise", rows(2), facts={"champion": None})
    run.record("holdout", rows(3))
    run.record("compare", rows(4), outdates=("optimise", "holdout"))
    assert seen(run) == [[4]] * 6
    assert run.outdated == ["optimise", "holdout"]
    run.record("optimise", rows(5))
    assert sorted(run.scores()["value"]) == [4, 5]
    assert run.outdated == ["holdout"]


def test_a_stage_that_wrote_nothing_yet_cannot_be_outdated(run):
    run.record("compare", rows(1), outdates=("optimise",))
    assert run.outdated == []


class Trap(CommandListener):
    """Counts a client's writes and does something at one of them, before the server hears of it."""

    def __init__(self, at: int | None, spring=None):
        self.at, self.spring, self.n_writes = at, spring, 0

    def started(self, event):
        if event.command_name in WRITES:
            self.n_writes += 1
            if self.n_writes == self.at:
                self.spring()

    def succeeded(self, event):
        """Nothing to do."""

    failed = succeeded


def watched(store, run_id: str, trap: Trap) -> Run:
    client = MongoClient(EmbeddedServer(Settings().home).uri, tz_aware=True, event_listeners=[trap])
    return Run(client[store.name], "d", run_id)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.faults)])
def test_killed_at_any_write_it_leaves_all_of_before_or_all_of_now(run, store, step):
    counter = Trap(None)
    watched(store, run.run_id, counter).record("compare", rows(1, 2))
    watched(store, run.run_id, counter).record("compare", rows(1, 2))
    n_writes = counter.n_writes  # of two: more than one has, so that the last moments are after the end
    before, undisturbed = [[1, 2]] * 6, stored(store)
    outcomes, context = [], multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.test_run_rows"])  # pytest knows it by a name of its own
    for at in (*range(1, n_writes, step), n_writes):
        killed = context.Process(target=recorded_and_killed, args=(store.name, run.run_id, at))
        killed.start()
        killed.join(HANG_S)
        assert killed.exitcode in (0, -signal.SIGKILL)
        outcomes.append(seen(run))
        assert outcomes[-1] in (before, [[3, 4]] * 6), f"killed at write {at}"
        run.record("compare", rows(1, 2))
        assert seen(run) == before
        assert stored(store) == undisturbed, f"killed at write {at}, something is left for good"
        if killed.exitcode == 0:
            break
    assert before in outcomes
    assert outcomes[-1] != before


def recorded_and_killed(name: str, run_id: str, at: int) -> None:
    trap = Trap(at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    client = MongoClient(EmbeddedServer(Settings().home).uri, tz_aware=True, event_listeners=[trap])
    Run(client[name], "d", run_id).record("compare", rows(3, 4))
    os._exit(0)


@pytest.mark.parametrize("collection", ["scores", "predictions", "results", "models", "answers"])
def test_a_row_that_mongodb_refuses_changes_nothing(run, store, collection):
    run.record("compare", rows(1, 2))
    before, undisturbed = seen(run), stored(store)
    good = rows(3, 4)
    bad = {
        "scores": StageRows(scores=good.scores.assign(subset=["test", "gossip"]), models=good.models),
        "predictions": StageRows(scores=good.scores, predictions=good.predictions.assign(level=["track", "artist"])),
        "results": StageRows(scores=good.scores, tables={"gossip": good.tables["confusion"]}),
        "answers": StageRows(scores=good.scores, answers=good.answers.assign(part=-1)),
        "models": StageRows(scores=good.scores, models=[*good.models, ModelFile({"name": "m"}, b"")]),
    }[collection]
    with pytest.raises(StoreError, match=r"MongoDB refuses what compare wrote: .*Document failed validation"):
        run.record("compare", bad)
    assert (seen(run), stored(store)) == (before, undisturbed)


def test_two_rows_that_say_the_same_twice_are_refused_and_change_nothing(run, store):
    run.record("compare", rows(1))
    with pytest.raises(StoreError, match="duplicate key"):
        run.record("compare", StageRows(scores=pd.DataFrame([row_of(SCORES, value=1.0), row_of(SCORES, value=2.0)])))
    assert seen(run) == [[1]] * 6


def test_an_interrupt_at_any_write_is_passed_on_and_changes_nothing_or_all(run, store):
    run.record("compare", rows(1, 2))
    for at in range(1, 8):

        def interrupt():
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            watched(store, run.run_id, Trap(at, interrupt)).record("compare", rows(3, 4))
        assert seen(run) == [[1, 2]] * 6


def test_who_reads_while_a_stage_is_written_again_and_again_sees_each_time_one_whole(run):
    run.record("compare", rows(0, 0, 0))
    end, wrong = threading.Event(), []

    def read():
        while not end.is_set():
            table, scores, files = run.table("confusion"), run.scores(), run.models()
            for found in (table["n"].tolist(), scores["value"].tolist(), [float(file.content) for file in files]):
                if len(found) != 3 or len(set(found)) != 1:
                    wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for value in range(1, 25):
        run.record("compare", rows(*[value] * 3))
    end.set()
    for reader in readers:
        reader.join(HANG_S)
    assert wrong == []


def test_a_run_that_is_gone_is_said_to_be_and_leaves_nothing(run, store):
    store["runs"].delete_one({"run_id": run.run_id})
    with pytest.raises(StoreError, match=f"there is no run '{run.run_id}' any more"):
        run.record("compare", rows(1))
    assert set(stored(store).values()) == {0}
