"""A small run, from a table of features to its exports, whose scores have more columns than ours; see test_adding.

Usage: ``python adding.py DATABASE FOLDER COLUMNS``; the last is a JSON file: by column, what its cells hold, in turn.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from pymongo.errors import BulkWriteError

from pipeline.catalogue import catalogue
from pipeline.evaluation import evaluate, load_samples, plan, read_scores, record_evaluation, record_scores
from pipeline.extract import settle
from pipeline.report import assemble_exports, write_exports
from pipeline.report.csv_export import DTYPES
from pipeline.settings import get_settings
from pipeline.store import connect
from pipeline.store.runs import start_run
from pipeline.store.schema import apply_schema
from pipeline.tables import SCORES

DATASET = "added"


def features(path: Path) -> str:
    """Write a table of features of 24 tracks, and return its path."""
    rng = np.random.default_rng(0)
    genres = np.repeat(["jazz", "rock"], 12)
    values = {f"f{i}": rng.normal(size=24) + (genres == "rock") for i in range(3)}
    pd.DataFrame({"filename": [f"t{i}" for i in range(24)], **values, "label": genres}).to_csv(path, index=False)
    return str(path)


def added_to(scores: pd.DataFrame, cells: dict[str, list]) -> pd.DataFrame:
    """Return scores with the added columns, which a stage would have computed."""
    turns = {name: [values[i % len(values)] for i in range(len(scores))] for name, values in cells.items()}
    return scores.assign(**turns).astype({name: DTYPES[SCORES.column(name).kind] for name in cells})


def plain(values: pd.Series) -> list:
    """Return values as JSON has them, and as they were given."""
    moments = pd.api.types.is_datetime64_any_dtype(values)
    days = moments and (values.dropna() == values.dropna().dt.normalize()).all()
    shown = values.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S") if moments else values
    return [None if pd.isna(value) else value for value in shown.astype(object)]


def refused(database, run_id: str, scores: pd.DataFrame) -> bool:
    """Tell whether the validator of the database refuses these rows."""
    try:
        record_scores(database, run_id, DATASET, "wrong", scores)
    except BulkWriteError as error:
        return all(one["errmsg"] == "Document failed validation" for one in error.details["writeErrors"])
    return False


def main(name: str, folder: Path, cells: dict[str, list]) -> None:
    """Run all of it, and print what was read and what was refused."""
    database = connect().client[name]
    apply_schema(database)
    catalogue(database, DATASET, table=features(folder / "features.csv"), settings=get_settings())
    settle(database, DATASET, holdout=0.2, seed=0)
    run_id = start_run(database, DATASET, {"windows": "30", "split": "track"})
    candidates = plan([rows.learning() for rows in load_samples(database, DATASET)], ("knn_3",), ("track",))
    evaluation = evaluate(candidates, repeats=2, seed=0, jobs=1)
    scores = added_to(evaluation.scores, cells)
    wrong = {name: scores.assign(**{name: [[]] * len(scores)}) for name in cells}
    told = {"refused": {name: refused(database, run_id, rows) for name, rows in wrong.items()}}
    told["without"] = {name: refused(database, run_id, scores.drop(columns=name)) for name in cells}
    database["scores"].delete_many({})
    record_evaluation(database, run_id, DATASET, "compare", replace(evaluation, scores=scores))
    told["read"] = {name: plain(values) for name, values in read_scores(database, run_id)[list(cells)].items()}
    export = write_exports(assemble_exports(database, DATASET, run_id), folder / "exports", run_id)
    print(json.dumps(told | {"files": export.files, "remarks": export.remarks}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text()))
