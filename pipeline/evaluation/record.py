"""Results into MongoDB: each stage replaces its own rows of a run, and nobody else's."""

from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.evaluation.protocol import Evaluation
from pipeline.store import read_frame, read_rows, replace_rows
from pipeline.tables import SCORES


def record_scores(database: Database, run_id: str, dataset: str, stage: str, scores: pd.DataFrame) -> None:
    """Write scores, in the place of those that the same stage wrote before."""
    replace_rows(database["scores"], {"run_id": run_id, "dataset": dataset, "stage": stage}, scores)


def record_table(
    database: Database, run_id: str, dataset: str, stage: str, table: str, rows: pd.DataFrame
) -> pd.DataFrame:
    """Write rows of a result table, in the place of those that the same stage wrote before; return them."""
    selector = {"run_id": run_id, "dataset": dataset, "table": table, "stage": stage}
    replace_rows(database["results"], selector, rows)
    return rows


def record_evaluation(database: Database, run_id: str, dataset: str, stage: str, evaluation: Evaluation) -> Evaluation:
    """Write scores, class reports and confusions; return them."""
    record_scores(database, run_id, dataset, stage, evaluation.scores)
    record_table(database, run_id, dataset, stage, "class_report", evaluation.class_report)
    record_table(database, run_id, dataset, stage, "confusion", evaluation.confusion)
    return evaluation


def read_scores(database: Database, run_id: str, **query: Any) -> pd.DataFrame:
    """Read the scores of a run, all columns that are stored, sorted by what tells them apart."""
    scores = read_frame(database["scores"], {"run_id": run_id, **query}, SCORES.stored_names)
    return scores.sort_values(SCORES.row_key, ignore_index=True)


def read_table(database: Database, run_id: str, table: str, **query: Any) -> pd.DataFrame:
    """Read a result table of a run, a stage's rows in the order they were written."""
    rows = read_rows(database["results"], {"run_id": run_id, "table": table, **query})
    return rows.drop(columns=["run_id", "dataset", "table", "stage"], errors="ignore")
