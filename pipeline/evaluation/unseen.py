"""The holdout's tracks as the champion saw them in stage 06, to show and to draw some from."""

from typing import Any

import pandas as pd

from pipeline.evaluation.holdout import of_champion
from pipeline.evaluation.tally import class_report
from pipeline.models import FittedModel
from pipeline.random_streams import stream
from pipeline.store import Run, read_frame

COLUMNS = ("track_id", "artist", "title", "actual", "predicted", "correct", "probability", "genres", "probabilities")


def read_unseen(run: Run, champion: FittedModel) -> pd.DataFrame:
    """Return the champion's holdout tracks.

    Returns
    -------
    pd.DataFrame
        one row a track: `COLUMNS`, ``probability`` being that of the predicted genre; the wrong ones first, of these
        the surest first; without rows where stage 06 was not run, or nothing is held out
    """
    of_champion = {"model": champion.name, "feature_set": champion.feature_set, "window_s": champion.window_s}
    rows = run.predictions(level="track", **of_champion)
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    held = {"dataset": run.dataset, "track_id": {"$in": rows["track_id"].tolist()}}
    about = read_frame(run.database["tracks"], held, ["track_id", "artist", "title"])
    rows = rows.merge(about, on="track_id", how="left").assign(probability=rows["probabilities"].map(max))
    for column in ("artist", "title"):
        rows[column] = rows[column].astype(object).where(rows[column].notna(), None)
    ordered = rows.sort_values(["correct", "probability", "track_id"], ascending=[True, False, True], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)


def holdout_accuracy(run: Run, champion: FittedModel) -> dict[str, Any] | None:
    """Return the champion's accuracy on whole holdout tracks: ``value, ci_low, ci_high, n``; None before stage 06.

    Both bounds are None where the holdout is too small for an interval.
    """
    found = of_champion(run.scores(subset="holdout", level="track", metric="accuracy"), champion)
    if found.empty:
        return None
    accuracy = found[["value", "ci_low", "ci_high", "n"]].to_dict("records")[0]
    return {name: None if pd.isna(value) else value for name, value in accuracy.items()}


def find_unseen(
    rows: pd.DataFrame, *, actual: str = "", predicted: str = "", answer: str = "", words: str = ""
) -> pd.DataFrame:
    """Return the rows of a genre, of a predicted genre, that are ``right`` or ``wrong``, whose names hold `words`.

    What is empty asks for nothing; letters are compared whatever their case.
    """
    chosen = pd.Series(True, index=rows.index)
    if actual:
        chosen &= rows["actual"] == actual
    if predicted:
        chosen &= rows["predicted"] == predicted
    if answer:
        chosen &= rows["correct"].astype(bool) == (answer == "right")
    if words:
        columns = [rows[column].fillna("").astype(str) for column in ("track_id", "artist", "title")]
        found = [column.str.casefold().str.contains(words.casefold(), regex=False) for column in columns]
        chosen &= found[0] | found[1] | found[2]
    return rows[chosen]


def draw_some(unseen: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return `n` rows drawn at random, all where there are fewer; the same seed draws the same."""
    chosen = stream("shown records", seed).permutation(len(unseen))[:n]
    return unseen.iloc[chosen].reset_index(drop=True)


def report_on(rows: pd.DataFrame) -> pd.DataFrame:
    """Return precision, recall, F1 and support of the genres that occur in `rows`, actual or predicted."""
    genres = tuple(sorted({*rows["actual"], *rows["predicted"]}))
    confusion = pd.crosstab(rows["actual"], rows["predicted"]).reindex(index=genres, columns=genres, fill_value=0)
    return class_report(confusion.to_numpy(), genres)
