"""The batch: stages executed one after the other, each recorded in ``runs``."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymongo.database import Database
from pymongo.errors import PyMongoError

from pipeline.errors import InputError
from pipeline.runner.errors import StageInterrupted
from pipeline.runner.execute import execute
from pipeline.runner.places import without_places
from pipeline.runner.stages import Stage
from pipeline.store.runs import finish_run, record_stage, resume_run, start_run


def run(
    database: Database, dataset: str, stages: Sequence[Stage], parameters: Mapping[str, Any], runs_dir: Path,
    *, resume: bool,
) -> str:  # fmt: skip
    """Execute stages in order, stopping at the first that fails.

    Parameters
    ----------
    database : Database
    dataset : str
    stages : sequence of Stage
    parameters : mapping
        each notebook gets those that it declares
    runs_dir : Path
        executed notebooks and their HTML copies go to ``runs_dir/<run_id>/``
    resume : bool
        go on with the newest run of the dataset instead of starting one

    Returns
    -------
    str
        the run's id

    Raises
    ------
    StageError
        naming the notebook, the cell and the error; `StageInputError` where the input is to blame, `StageInterrupted`
        where somebody stopped the run
    """
    begin = resume_run if resume else start_run
    run_id = begin(database, dataset, dict(parameters))
    folder = runs_dir / run_id
    for stage in stages:
        started = time.monotonic()
        given = {**parameters, "dataset": dataset, "run_id": run_id}
        try:
            _make_folder(folder)
            execute(stage, {name: value for name, value in given.items() if name in stage.parameters}, folder)
        except (KeyboardInterrupt, SystemExit) as signal:
            error = StageInterrupted(f"stopped during {stage.name}", stage.name)
            _record_failure(database, run_id, stage, started, error)
            raise error from signal
        except Exception as error:
            _record_failure(database, run_id, stage, started, error)
            raise
        record_stage(database, run_id, stage.name, "done", time.monotonic() - started)
    finish_run(database, run_id, "done")
    return run_id


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"can't write to {str(folder.parent)!r}: {error.strerror}; set GENRELAB_RUNS") from error


def _record_failure(database: Database, run_id: str, stage: Stage, started: float, error: Exception) -> None:
    """Record what can be recorded: the database itself may be what failed."""
    with suppress(PyMongoError):
        record_stage(database, run_id, stage.name, "failed", time.monotonic() - started)
        finish_run(database, run_id, "failed", without_places(str(error))[:2000])
