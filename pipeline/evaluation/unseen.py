"""The holdout's tracks as the champion saw them in stage 06, to show and to draw some from."""

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.evaluation.tally import class_report
from pipeline.models import FittedModel
from pipeline.store import read_frame

COLUMNS = ("track_id", "artist", "title", "actual", "predicted", "correct", "probability", "genres", "probabilities")


def read_unseen(database: Database, champion: FittedModel) -> pd.DataFrame:
    """Return the champion's holdout tracks.

    Returns
    -------
    pd.DataFrame
        one row a track: `COLUMNS`, ``probability`` being that of the predicted genre; the wrong ones first, of these
        the surest first; without rows where stage 06 was not run, or nothing is held out
    """
    of_champion = {"model": champion.name, "feature_set": champion.feature_set, "window_s": champion.window_s}
    query = {"run_id": champion.run_id, "level": "track", **of_champion}
    rows = pd.DataFrame(list(database["predictions"].find(query, {"_id": False})))
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    held = {"dataset": champion.dataset, "track_id": {"$in": rows["track_id"].tolist()}}
    about = read_frame(database["tracks"], held, ["track_id", "artist", "title"])
    rows = rows.merge(about, on="track_id", how="left").assign(probability=rows["probabilities"].map(max))
    for column in ("artist", "title"):
        rows[column] = rows[column].astype(object).where(rows[column].notna(), None)
    ordered = rows.sort_values(["correct", "probability", "track_id"], ascending=[True, False, True], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)


def draw_some(unseen: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return `n` rows drawn at random, all where there are fewer; the same seed draws the same."""
    chosen = np.random.default_rng(seed).permutation(len(unseen))[:n]
    return unseen.iloc[chosen].reset_index(drop=True)


def report_on(rows: pd.DataFrame) -> pd.DataFrame:
    """Return precision, recall, F1 and support of the genres that occur in `rows`, actual or predicted."""
    genres = tuple(sorted({*rows["actual"], *rows["predicted"]}))
    confusion = pd.crosstab(rows["actual"], rows["predicted"]).reindex(index=genres, columns=genres, fill_value=0)
    return class_report(confusion.to_numpy(), genres)
