"""The tracks of a dataset as 02_extract leaves them: usable, and each on its side of the holdout."""

from collections.abc import Sequence

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import find_dataset
from pipeline.errors import InputError
from pipeline.store import read_frame


def read_settled(database: Database, dataset: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read the usable tracks of a dataset whose holdout is drawn; of a share of 0, none is held out.

    Parameters
    ----------
    database : Database
    dataset : str
    columns : sequence of str
        fields of ``tracks``, ``track_id`` and ``holdout`` among them

    Returns
    -------
    pd.DataFrame
        ``columns``, sorted by ``track_id``; ``holdout`` is bool

    Raises
    ------
    InputError
        where there is no such dataset, no track of it is usable, or the holdout is not drawn for all that are
    """
    known = find_dataset(database, dataset)
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns)
    if tracks.empty:
        raise InputError(f"dataset {dataset!r} has no usable track yet: run 02_extract first, or see its rejects")
    if tracks["holdout"].isna().any() and known.get("holdout_share") != 0:
        raise InputError(f"the holdout of dataset {dataset!r} is not drawn for all its tracks: run 02_extract first")
    return tracks.assign(holdout=tracks["holdout"].eq(True)).sort_values("track_id", ignore_index=True)
