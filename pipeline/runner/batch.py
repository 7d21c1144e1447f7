"""The batch: stages executed one after the other, each recorded in ``runs``."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import pymongo
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, PyMongoError

from pipeline.catalogue import too_few
from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.runner.errors import StageCutOffError, StageInputError, StageInterrupted
from pipeline.runner.folder import bring_along, drop_replaced, make_folder, put_back, set_aside
from pipeline.runner.kernels import Kernels
from pipeline.runner.progress import Progress
from pipeline.runner.unchanged import (
    AFTERWARDS,
    OF_DATASET,
    Kept,
    exports_folder,
    find_kept,
    say_kept,
    stage_keys,
)
from pipeline.settings import Settings
from pipeline.stages.declared import STAGES, Stage, find_stage, made_from
from pipeline.store import Run
from pipeline.store.connection import await_server, words_of
from pipeline.store.lease import HOLDER_VARIABLE, Lease, hold
from pipeline.store.runs import (
    fail_run,
    find_resumable,
    finish_run,
    mark_killed,
    record_revision,
    record_stage,
    resume_run,
    start_run,
    withdraw,
)
from pipeline.without_places import without_places

MOST_OUTAGES = 5
"""How often MongoDB may go away during one stage before the run gives up."""

RECORD_S = 3.0

Result = TypeVar("Result")


def run(
    database: Database, dataset: str, stages: Sequence[Stage], parameters: Mapping[str, Any], settings: Settings,
    *, resume: bool, anew: bool = True, progress: Progress = Progress.BARS,
) -> Run:  # fmt: skip
    """Execute stages in order, stopping at the first that fails; a stage that lost MongoDB is executed again.

    Unless told otherwise, a new run reads the first stages of the newest finished run of which nothing has changed.
    A run that is gone on with and is refused keeps only the parameters that stages done have read; where the first
    stage is refused before it wrote anything, the run stays as it was.

    Parameters
    ----------
    database : Database
    dataset : str
    stages : sequence of Stage
    parameters : mapping
        each notebook gets those that it declares
    settings : Settings
        executed notebooks and their HTML copies go to ``runs/<run_id>/`` of it
    resume : bool
        go on with the run that `find_resumed` finds instead of starting one
    anew : bool
        do every stage anew
    progress : Progress
        what a person sees meanwhile

    Returns
    -------
    Run

    Raises
    ------
    InputError
        where another process is at work on the dataset or the run
    StageError
        naming the notebook, the cell and the error; `StageInputError` where the input is to blame, `StageInterrupted`
        where somebody stopped the run
    """
    with hold(database, dataset) as lease, _handed_to_kernels(lease):
        mark_killed(database, dataset)
        keys = stage_keys(database, dataset, parameters, settings)
        exports = exports_folder(parameters, settings)
        kept = Kept() if resume or anew else find_kept(database, dataset, stages, keys, exports, settings.runs)
        left = stages[len(kept.stages) :]
        resumed = kept.run if kept.run and [stage.name for stage in left] == [AFTERWARDS] else None
        if resume:
            resumed = find_resumed(database, dataset, stages[0])
        was = resumed.facts if resumed else {}
        if resumed:
            begun = resume_run(resumed, dict(parameters))
        else:
            begun = start_run(database, dataset, dict(parameters), kept.run, kept.stages)
            if kept.run:
                bring_along(stages[: len(kept.stages)], settings.runs / kept.run.run_id, settings.runs / begun.run_id)
        if kept.run and progress is not Progress.NONE:
            say(say_kept(kept), err=True)
        with hold(database, dataset, begun.run_id), Kernels(left) as kernels:
            _run_all(begun, was, left, parameters, settings, lease, progress, keys, kernels)
    return begun


def find_resumed(database: Database, dataset: str, first: Stage) -> Run:
    """Return the run that is gone on with from `first` on: the newest batch run that has what this reads.

    A stage that bears gaps goes on with one that has most of it, where none has all.

    Raises
    ------
    InputError
        where there is none
    """
    before = [stage.name for stage in STAGES[: STAGES.index(first)]] if first in STAGES else []
    of_dataset = [name for name in before if name in OF_DATASET]
    read = [name for name in before if name in first.reads]
    for n_read in range(len(read), 0, -1) if first.bears_gaps else ():
        with suppress(InputError):
            return find_resumable(database, dataset, of_dataset, read[:n_read])
    return find_resumable(database, dataset, of_dataset, [] if first.bears_gaps else read)


def _run_all(
    begun: Run, was: Mapping[str, Any], stages: Sequence[Stage], parameters: Mapping[str, Any], settings: Settings,
    lease: Lease | None, progress: Progress, keys: Mapping[str, str], kernels: Kernels,
) -> None:  # fmt: skip
    folder = settings.runs / begun.run_id
    given = {**parameters, "dataset": begun.dataset, "run_id": begun.run_id}

    compares = any(stage.name not in ("catalogue", "extract") for stage in stages)

    def do(stage: Stage) -> None:
        from pipeline.runner.execute import execute  # while the first kernel starts: these imports take seconds too
        from pipeline.runner.index import write_index

        started = time.monotonic()
        if stage.name == "extract" and compares and (said := too_few(begun.database, begun.dataset)):
            raise StageInputError(f"dataset {begun.dataset!r} has {said}", stage.notebook)
        if lease is not None:
            lease.check()
        declared = {name: value for name, value in given.items() if name in stage.parameters}
        execute(stage, declared, folder, kernels, progress)
        if stage.name in OF_DATASET:
            record_revision(begun)
        record_stage(begun, stage.name, "done", time.monotonic() - started, keys.get(stage.name, ""))
        write_index(begun, folder)

    done: list[Stage] = []
    for stage in stages:
        started = time.monotonic()
        moved: set[str] = set()
        try:
            make_folder(folder)
            moved = set_aside([stage, *map(find_stage, made_from(stage.name))], folder)
            _in_spite_of_outages(stage.notebook, partial(do, stage), settings)
            drop_replaced(moved, stage, folder)
        except (KeyboardInterrupt, SystemExit) as signal:
            error = StageInterrupted(f"stopped during {stage.notebook}", stage.notebook)
            _record_failure(begun, stage, started, error)
            raise error from signal
        except Exception as error:
            refused = isinstance(error, StageInputError) and was
            if refused and _take_back(begun, was, done):
                put_back(moved, stage, folder)
            else:
                _record_failure(begun, stage, started, error)
            raise
        done.append(stage)
    _in_spite_of_outages("the last record", partial(finish_run, begun), settings)


@contextmanager
def _handed_to_kernels(lease: Lease | None) -> Iterator[None]:
    """Let the kernels work under this process's lease."""
    if lease is None:
        yield
        return
    os.environ[HOLDER_VARIABLE] = lease.holder
    try:
        yield
    finally:
        del os.environ[HOLDER_VARIABLE]


def _in_spite_of_outages(name: str, action: Callable[[], Result], settings: Settings) -> Result:
    """Do something that changes nothing when it is done twice, again if MongoDB went away meanwhile and came back."""
    for _ in range(MOST_OUTAGES):
        try:
            return action()
        except (StageCutOffError, ConnectionFailure) as error:
            say(f"{name} lost MongoDB ({words_of(error)}); waiting for it", err=True)
            await_server(settings, settings.patience_s)
            say(f"MongoDB answers again: {name} begins anew", err=True)
    return action()


def _take_back(begun: Run, was: Mapping[str, Any], done: Sequence[Stage]) -> bool:
    """Forget parameters that no stage has read, where a run that was gone on with is refused; tell whether it is as it
    `was`, and says so again.
    """
    read = {name for stage in done for name in stage.parameters}
    with suppress(PyMongoError), pymongo.timeout(RECORD_S):
        told = begun.facts["parameters"]
        begun.note({"parameters": was["parameters"] | {name: told[name] for name in told.keys() & read}})
        if not done and begun.facts["stages"] == was["stages"]:
            withdraw(begun, was)
            return True
    return False


def _record_failure(begun: Run, stage: Stage, started: float, error: Exception) -> None:
    """Record what can be recorded: the database itself may be what failed."""
    with suppress(PyMongoError), pymongo.timeout(RECORD_S):
        record_stage(begun, stage.name, "failed", time.monotonic() - started)
        fail_run(begun, without_places(words_of(error))[:2000])
