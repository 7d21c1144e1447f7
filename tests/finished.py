"""A finished run with a champion, without the stages that would have made it."""

from collections.abc import Sequence

import pandas as pd
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
