"""Which columns of a table are features, and why the others are none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.sources.column_roles import Rows, find_role
from pipeline.sources.csv_file import CsvFile, folded_name
from pipeline.sources.missing_cells import costly_columns, stands_for_none
from pipeline.sources.table_columns import ID_COLUMNS, LABEL_COLUMNS, is_index, parse_numbers

LARGEST = 3.4028235e38
"""Larger numbers do not fit into 32 bits, which trees learn from."""

NO_NUMBERS = "hold ids, labels or words"
DATES = "hold dates"
COSTLY = "hold no number in too many rows"

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    rf"|(\d{{1,2}}[-. ])?{_MONTH}[-. ,]+(\d{{1,2}}, ?)?\d{{2,4}}",
    re.I,
)
FEWEST_DATES = 0.05
NAMES_SHOWN = 30


@dataclass
class Chosen:
    """What was made of the columns of a table.

    Attributes
    ----------
    values : pd.DataFrame of float
        the features by the names of their columns, NaN where a cell holds no number
    length : pd.Series of float
        the column ``length``, NaN where there is none: a clip's length in samples where the features are a known set's
    left_out : dict of str
        why a column is no feature, as a verb of many columns
    """

    values: pd.DataFrame
    length: pd.Series
    left_out: dict[str, str]


def choose_features(
    table: CsvFile, taken: Mapping[str, str], tracks: pd.DataFrame, known: set[str], notes: list[str]
) -> Chosen:
    """Choose the columns that are features.

    Parameters
    ----------
    table : CsvFile
    taken : dict of str
        columns that are something else, and what
    tracks : pd.DataFrame [shape=(n, 2)]
        ``track_id``, ``genre`` of each row of the table; no genre where a row's is not its track's
    known : set of str
        names of features of known sets, which nothing but a lack of numbers makes none
    notes : list of str
        gets a sentence for each reason

    Raises
    ------
    InputError
        where no column is one of numbers
    """
    numbers, left_out, sentinels = _numeric(table, taken)
    if not numbers.keys() - {"length"}:
        raise InputError(f"--table {table.name} has no numeric feature column; its columns: {table.columns()}")
    usable = pd.DataFrame({name: of.where(of.abs() <= LARGEST) for name, of in numbers.items()})
    left_out |= dict.fromkeys(costly_columns(usable[tracks["genre"] != ""]), COSTLY)
    roles = _roles(table, usable.drop(columns=list(left_out), errors="ignore"), tracks, known)
    if not numbers.keys() - {"length", *left_out, *roles}:
        for role, names in _by_reason(roles).items():
            notes.append(f"columns that seem to {role} are all there is, and stay: {_shown(names)}")
        roles = {name: role for name, role in roles.items() if name == "length"}
    left_out |= roles
    notes += [f"columns that {reason} are no features: {_shown(of)}" for reason, of in _by_reason(left_out).items()]
    kept = [name for name in numbers if name not in left_out]
    for name in kept:
        if name in sentinels:
            notes.append(f"{sentinels[name]:g} in {name!r} is far from all other values: read as a missing one")
    values = pd.DataFrame({name: numbers[name] for name in kept})
    length = numbers.get("length", pd.Series(np.nan, index=values.index))
    return Chosen(values, length, {**taken, **left_out})


def _numeric(table: CsvFile, taken: Mapping[str, str]) -> tuple[dict[str, pd.Series], dict[str, str], dict[str, float]]:
    """Return the columns of numbers, why others hold none, and the numbers that stand for missing ones."""
    numbers, left_out, sentinels = {}, {}, {}
    known_names = {folded_name(known) for known in (*LABEL_COLUMNS, *ID_COLUMNS)}
    for name in table.header:
        if name in taken:
            continue
        cells = pd.Series(table.column(name), dtype=object)
        read = parse_numbers(cells, decimal_comma=table.delimiter != ",")
        n_filled = int((cells != "").sum())
        if folded_name(name) in known_names or n_filled == 0:
            left_out[name] = NO_NUMBERS
        elif cells[read.isna()].str.fullmatch(_DATE).sum() >= FEWEST_DATES * n_filled:
            left_out[name] = DATES
        elif read.notna().sum() < n_filled / 2:
            left_out[name] = NO_NUMBERS
        elif is_index(name, read):
            left_out[name] = "count the rows"
        else:
            for_none = stands_for_none(read)
            if for_none.any():
                sentinels[name] = float(read[for_none].iloc[0])
            numbers[name] = read.where(np.isfinite(read) & ~for_none)
    return numbers, left_out, sentinels


def _roles(table: CsvFile, usable: pd.DataFrame, tracks: pd.DataFrame, known: set[str]) -> dict[str, str]:
    """Return what columns do that no feature does."""
    once = ~pd.Series([tuple(row) for row in table.rows]).duplicated() & (tracks["genre"] != "")
    rows = Rows(tracks["track_id"][once], tracks["genre"][once], usable.shape[1])
    found = {name: find_role(name, usable[name][once], rows) for name in usable.columns if name not in known}
    return {name: role for name, role in found.items() if role}


def _by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        grouped.setdefault(reason, []).append(name)
    return grouped


def _shown(names: list[str]) -> str:
    more = f", … ({len(names)} in all)" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
