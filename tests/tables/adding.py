"""A small run, from a table of features to its exports, whose scores have more columns than ours; see test_adding.

Usage: ``python adding.py DATABASE FOLDER COLUMNS``; the last is a JSON file: by column, what its cells hold, in turn.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import StoreError
from pipeline.evaluation import evaluate, load_samples, plan
from pipeline.report.csv_export import DTYPES
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.export import ExportOptions, export
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.recording import tables_of
from pipeline.store import Run, StageRows, connect
from pipeline.store.runs import start_run
from pipeline.tables import SCORES


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


def refused(run: Run, scores: pd.DataFrame) -> bool:
    """Tell whether the validator of the database refuses these rows; none of them is left."""
    try:
        run.record("trial", StageRows(scores=scores))
    except StoreError as error:
        return "failed validation" in str(error)
    run.record("trial", StageRows())
    return False


def main(folder: Path, cells: dict[str, list]) -> None:
    """Run all of it, and print what was read and what was refused."""
    database = connect()
    run = start_run(database, "added", {"windows": "30", "split": "track"})
    catalogue(run, CatalogueOptions(table=features(folder / "features.csv")))
    extract(run, ExtractOptions(features="spectral-v1", holdout=0.2))
    learning = [rows.learning() for rows in load_samples(database, run.dataset)]
    evaluation = evaluate(plan(learning, ("knn_3",), ("track",)), repeats=2, seed=0, jobs=1)
    scores = added_to(evaluation.scores, cells)
    wrong = {name: scores.assign(**{name: [[]] * len(scores)}) for name in cells}
    told = {
        "refused": {name: refused(run, rows) for name, rows in wrong.items()},
        "without": {name: refused(run, scores.drop(columns=name)) for name in cells},
    }
    run.record("compare", StageRows(scores=scores, tables=tables_of(evaluation)), facts={"split_policy": "track"})
    told["read"] = {name: plain(values) for name, values in run.scores()[list(cells)].items()}
    export(run, ExportOptions(exports=str(folder / "exports")))
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()))
