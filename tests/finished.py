"""A finished run with a champion, without the stages that would have made it."""

from collections.abc import Sequence

import pandas as pd
from gridfs import GridFS
from pymongo.database import Database

from pipeline.models import FittedModel, pack_models
from pipeline.stages.optimise import champion_facts
from pipeline.store import Run, StageRows
from pipeline.store.runs import finish_run, start_run


def crown_in(run: Run, champion: FittedModel, others: Sequence[FittedModel] = ()) -> Run:
    """Store a champion and the models beside it, in the place of those that the run had."""
    facts = champion_facts(champion, pd.Series({"ci_low": None, "ci_high": None}), [])
    run.record("optimise", StageRows(models=pack_models(champion, others)), facts={"champion": facts})
    return run


def finished_run(database: Database, dataset: str) -> Run:
    """Return a new run that is finished."""
    run = start_run(database, dataset, {})
    finish_run(run)
    return run


def remove(run: Run) -> None:
    """Remove a run with its models, as if it had never been."""
    files = GridFS(run.database, collection="artefacts")
    for model in run.database["models"].find({"run_id": run.run_id}):
        files.delete(model["file_id"])
    for name in ("models", "runs"):
        run.database[name].delete_many({"run_id": run.run_id})
