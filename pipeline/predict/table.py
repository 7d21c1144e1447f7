"""Labels for the tracks of a table that has the champion's columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.predict.champion import ChampionKey, load_classifier, name_some
from pipeline.predict.labels import fields_of, read_labels
from pipeline.sources.csv_file import CsvFile, read_csv
from pipeline.sources.feature_columns import LARGEST
from pipeline.sources.names import track_and_segment
from pipeline.sources.table_columns import BY_WHOM, ID_COLUMNS, field_names, parse_numbers
from pipeline.store import upsert

OPTION = "the table"
"""How errors of reading call it."""


def label_table(key: ChampionKey, path: Path, id_column: str = "") -> pd.DataFrame:
    """Label the tracks of a table: rows of one id are windows of one track, and are answered for by their vote.

    Parameters
    ----------
    key : ChampionKey
        who is asked
    path : Path
        a CSV; a column of genres, if it has one, is not looked at
    id_column : str
        names the tracks; empty: recognised by its name, else every row is a track

    Returns
    -------
    pd.DataFrame
        as `read_labels` does

    Raises
    ------
    InputError
        where there is nobody to ask, or the table can't be read or lacks columns
    """
    run, path = key.run, path.expanduser().resolve()
    classifier = load_classifier(key, of_table=True)
    champion = classifier.champion
    table, ragged = read_csv(path, OPTION)
    values = _values(table, list(champion.features), run.dataset)
    ids = table.pick(id_column, ID_COLUMNS, "--id-column")
    named = table.column(ids) if ids else [""] * len(table.rows)
    tracks = [track_and_segment(name)[0] or f"row-{line}" for name, line in zip(named, table.lines, strict=True)]
    about = {field: table.pick("", names, OPTION) for field, names in BY_WHOM.items()}
    texts = {field: table.column(column) if column else None for field, column in about.items()}
    common = {
        "run_id": run.run_id,
        "dataset": run.dataset,
        "source": str(path),
        "champion": str(key),
        "has_segments": False,
    }
    documents: list[dict[str, Any]] = []
    is_usable = (np.abs(values) <= LARGEST).all(axis=1)
    for track, places in pd.Series(range(len(tracks))).groupby(np.array(tracks, dtype=object), sort=False):
        rows = places.to_numpy()
        first = int(rows[0])
        usable = rows[is_usable[rows]]
        described = {field: (cells[first] or None) if cells else None for field, cells in texts.items()}
        if len(usable):
            answer = fields_of(classifier.label(values[usable]))
        else:
            answer = _say_unusable(values[first], champion.features)
        documents.append({**common, "path": track, **described, **answer})
    documents += [
        {**common, "path": f"{table.name}:{line}", "reason": "wrong_cell_count",
         "detail": f"{n} cells where the header has {len(table.header)}"}
        for line, n in ragged
    ]  # fmt: skip
    upsert(run.database["labels"], documents, replace=True)
    return read_labels(run, str(path), [document["path"] for document in documents])


def _say_unusable(row: np.ndarray, features: Sequence[str]) -> dict[str, str]:
    """Return why a row can't be answered for."""
    is_finite = np.isfinite(row)
    if is_finite.all():
        large = [features[int(i)] for i in np.flatnonzero(np.abs(row) > LARGEST)]
        return {"reason": "too_large", "detail": f"a number beyond {LARGEST:.1e} in {name_some(large)}"}
    lacking = [features[int(i)] for i in np.flatnonzero(~is_finite)]
    return {"reason": "not_a_number", "detail": f"no finite number in {name_some(lacking)}"}


def _values(table: CsvFile, features: list[str], dataset: str) -> np.ndarray:
    """Return the champion's columns [shape=(n_rows, n_features)], NaN where a cell is no finite number."""
    columns = {field_names([name])[0]: name for name in reversed(table.header)}
    missing = [name for name in features if name not in columns]
    if missing:
        raise InputError(
            f"{OPTION} {table.name!r} lacks {len(missing)} of the {len(features)} columns that the champion of dataset "
            f"{dataset!r} takes: {name_some(missing)}"
        )
    has_comma = table.delimiter != ","
    numbers = [
        parse_numbers(pd.Series(table.column(columns[name]), dtype=object), decimal_comma=has_comma)
        for name in features
    ]
    return np.column_stack([each.where(np.isfinite(each)).to_numpy() for each in numbers])
