"""The second level of a label: the style of each track, below its genre."""

import pandas as pd

from pipeline.errors import InputError
from pipeline.printable import count
from pipeline.sources.csv_file import CsvFile
from pipeline.sources.metadata import Metadata
from pipeline.sources.table_rows import main_labels

NO_SUBLABEL = "-"
"""Names no column of styles, where there was one before."""


def pick_styles(table: CsvFile, named: str, metadata: Metadata | None) -> str | None:
    """Return the column of a table that has its styles, None where there is none, or the metadata have it.

    Raises
    ------
    InputError
        where neither has the column that `named` names
    """
    if not named or (named not in table.header and metadata is not None and metadata.styled):
        return None
    return table.pick(named, (), "--sublabel")


def refuse_same_column(sublabel: str | None, taken: dict[str, str | None]) -> None:
    """Refuse a column of styles that is something else already.

    Parameters
    ----------
    sublabel : str or None
    taken : dict
        the column of each thing else

    Raises
    ------
    InputError
        naming what it is
    """
    for what, column in taken.items():
        if sublabel and sublabel == column:
            raise InputError(f"--sublabel {sublabel!r} is the column of {what}: name one with the styles below genres")


def settle_styles(rows: pd.DataFrame, notes: list[str]) -> pd.Series:
    """Return the style of each row: that of most rows of its song, None where two have as many, or none has one.

    Parameters
    ----------
    rows : pd.DataFrame
        ``track_id``; ``song_key``; ``style``, empty where it is not known
    notes : list of str
        is told how many songs have several styles, and tracks none
    """
    main = main_labels(rows, "style")
    styles = rows["song_key"].map(main.to_dict()).astype(object)
    known = rows[rows["style"] != ""].groupby("song_key")["style"].nunique()
    several = known.index[known > 1]
    tied = len(several.difference(main.index))
    n_tracks, n_unknown = (of["track_id"].nunique() for of in (rows, rows[~rows["song_key"].isin(known.index)]))
    if len(several):
        notes.append(
            f"{count(len(several), 'song')} with rows of several styles: {len(several) - tied} count for the style of "
            f"most of their rows, {tied} with as many rows of two styles keep their genre alone"
        )
    if n_unknown:
        notes.append(f"{n_unknown} of {count(n_tracks, 'track')} without style keep their genre alone")
    return styles.where(styles.notna(), None)
