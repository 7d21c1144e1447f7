"""A finished run with a champion, without the stages that would have made it, or with little of their work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from gridfs import GridFS
from pymongo.database import Database

from pipeline.evaluation import importance, labels, out_of_fold, pairs
from pipeline.models import FittedModel, classical, pack_models
from pipeline.stages.optimise import champion_facts
from pipeline.store import Run, StageRows
from pipeline.store.runs import finish_run, start_run


@contextmanager
def few_refits() -> Iterator[None]:
    """Let stages refit once where their figures rest on several refits, and forests be small: all tables are there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importance, "N_PERMUTATIONS", 1)
        patch.setattr(out_of_fold, "N_REPEATS", 1)
        patch.setattr(pairs, "PAIR_MODELS", ("knn_3",))
        patch.setattr(labels, "SEEDS", 1)
        patch.setattr(classical, "N_TREES", 20)
        yield


def few_refits_in_kernels(folder: Path) -> dict[str, str]:
    """Return variables that make a command's kernels do `few_refits`: each runs the startup files of IPython."""
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "few_refits.py").write_text(
        "from tests.finished import few_refits\n\nfew = few_refits()\nfew.__enter__()\n", encoding="utf-8"
    )
    return {"IPYTHONDIR": str(folder)}


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
