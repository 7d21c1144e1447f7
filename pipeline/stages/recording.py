"""How a stage's rows get into its run: under a lease, all at once, and with them what they make of later stages."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import pandas as pd

from pipeline.cluster import on_cluster
from pipeline.errors import InputError
from pipeline.evaluation import Corrected
from pipeline.stages.declared import find_addition, made_from
from pipeline.store import Run, StageRows
from pipeline.store.datasets import finish_revision, tracks_hash
from pipeline.store.lease import hold

CHOSEN_BY = "optimise"
"""The stage that chooses the champion."""

Result = TypeVar("Result")


def writes_to_run(stage: Callable[..., Result]) -> Callable[..., Result]:
    """Let a stage hold its run while it is at work, so that no other process writes to it, and its cluster at hand."""

    @wraps(stage)
    def held(run: Run, options: Any) -> Result:
        if not run.run_id:
            raise InputError(f"dataset {run.dataset!r} has no run to write to: open one first")
        with hold(run.database, run.dataset, run.run_id), on_cluster(getattr(options, "scheduler", "")):
            return stage(run, options)

    return held


def writes_to_dataset(stage: Callable[..., Result]) -> Callable[..., Result]:
    """Let a stage hold its dataset while it is at work, so that no other process changes tracks and segments.

    The stage itself calls `store.datasets.revise` before it writes, as it may be killed; what it refuses leaves the
    dataset as it was.
    """

    @wraps(stage)
    def held(run: Run, options: Any) -> Result:
        with hold(run.database, run.dataset):
            result = stage(run, options)
            finish_revision(run.database, run.dataset)
            return result

    return held


def record(run: Run, stage: str, rows: StageRows, facts: Mapping[str, Any] | None = None) -> None:
    """Put rows in the place of the stage's earlier ones; what was made from those is outdated, the champion too."""
    addition = find_addition(stage)
    outdated = [*made_from(addition.name if addition else stage), *_added_from(run, stage)]
    forgotten = {"champion": None} if CHOSEN_BY in outdated else {}
    made_of = {f"stages.{stage}.tracks_hash": tracks_hash(run.database, run.dataset)}
    run.record(stage, rows, outdates=outdated, facts=forgotten | made_of | dict(facts or {}))


def _added_from(run: Run, stage: str) -> list[str]:
    """Return what was added to the run that is made from `stage`."""
    added = {name: find_addition(name) for name in run.facts.get("stages", {})}
    return [name for name, addition in added.items() if addition and stage in addition.reads]


def tables_of(evaluation: Any) -> dict[str, Any]:
    """Return the result tables of an `Evaluation`; its scores are no such table."""
    return {"class_report": evaluation.class_report, "confusion": evaluation.confusion}


def corrected_facts(corrected: Corrected | None) -> dict[str, Any]:
    """Return what ``runs`` says of the accuracy to expect; nothing where the answers of all candidates are not kept."""
    if corrected is None:
        return {}
    low, high = (None if pd.isna(bound) else float(bound) for bound in corrected.bounds)
    return {
        "corrected_accuracy": corrected.value,
        "corrected_ci_low": low,
        "corrected_ci_high": high,
        "n_candidates": corrected.n_candidates,
    }
