"""Where a model is wrong: with which artists, with short or long tracks, and most surely.

All of it is of answers to test tracks, by a model that did not learn from them; a track that several repeats tested was
answered by as many models.
"""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.score import score
from pipeline.evaluation.tally import Answers, count
from pipeline.splits import artist_key
from pipeline.tables import MISTAKES_BY_GROUP, WORST_MISTAKES

BANDS_S = (0, 10, 29, 33, 60, 180, 300)
"""Where bands of duration begin, seconds: up to 33 a file is heard whole, of a longer one its middle 30 seconds."""

MOST_ARTISTS = 2000
MOST_MISTAKES = 500
"""Rows that are kept; the worst."""


def mistakes_by_group(tested: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Count right and wrong answers by artist and by duration, as far as these are known.

    Parameters
    ----------
    tested : pd.DataFrame
        ``track_id, group, actual, predicted, confidence``, a row an answer
    tracks : pd.DataFrame
        ``track_id, artist, duration_s``

    Returns
    -------
    pd.DataFrame
        as ``mistakes_by_group`` declares it: artists with the most wrong answers first, then durations, the short ones
        first; the interval of an artist is always missing, since what one artist does is one piece of evidence
    """
    known = tested.merge(tracks, on="track_id", how="left")
    artists = [_artist(here) for _, here in known.groupby(known["artist"].map(artist_key))]
    artists.sort(key=lambda row: (row["answers"] * (row["accuracy"] - 1), row["group_name"]))
    durations = known["duration_s"].astype(float)
    bands = pd.cut(durations, [*BANDS_S, np.inf], right=False, labels=False)
    lengths = [_duration(_say_band(int(band)), here) for band, here in known.groupby(bands)]
    return pd.DataFrame([*artists[:MOST_ARTISTS], *lengths], columns=MISTAKES_BY_GROUP.names)


def worst_mistakes(tested: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the tracks that were answered wrongly, those first where the wrong answer was surest.

    Parameters
    ----------
    tested : pd.DataFrame
        as for `mistakes_by_group`, with ``probability_of_actual``
    tracks : pd.DataFrame
        ``track_id, artist, title``

    Returns
    -------
    pd.DataFrame
        as ``worst_mistakes`` declares it, a row a track: its surest wrong answer, and how many of its answers are wrong
    """
    order = ["confidence", "track_id", "repeat"]
    wrong = tested[tested["predicted"] != tested["actual"]].sort_values(order, ascending=[False, True, True])
    surest = wrong.drop_duplicates("track_id").head(MOST_MISTAKES)
    asked, failed = tested["track_id"].value_counts(), wrong["track_id"].value_counts()
    about = surest.merge(tracks[["track_id", "artist", "title"]], on="track_id", how="left")
    counted = about.assign(answers=about["track_id"].map(asked), wrong=about["track_id"].map(failed))
    return counted[WORST_MISTAKES.stored_names]


def say_mistakes(groups: pd.DataFrame, tracks: pd.DataFrame) -> list[str]:
    """Say what is not told by group, and for what reason; where durations are compared, whether they differ."""
    sentences = []
    if not (groups["by"] == "artist").any():
        sentences.append("Artists are not known, so errors can't be told by artist.")
    lengths = groups[groups["by"] == "duration"]
    if lengths.empty:
        sentences.append("Durations are not known, as in a table of features, so errors can't be told by duration.")
    elif len(lengths) == 1:
        shortest, longest = tracks["duration_s"].min(), tracks["duration_s"].max()
        sentences.append(
            f"All tracks are about as long ({shortest:.0f} to {longest:.0f} s), so errors don't differ by duration."
        )
    return sentences


def _artist(here: pd.DataFrame) -> dict[str, Any]:
    spelled = here["artist"].value_counts()
    named = min(spelled.index[spelled == spelled.max()])
    genres = ", ".join(sorted(here["actual"].unique()))
    return {**_counted("artist", named, here), "genres": genres, "ci_low": np.nan, "ci_high": np.nan}


def _duration(name: str, here: pd.DataFrame) -> dict[str, Any]:
    codes, genres = pd.factorize(pd.concat([here["actual"], here["predicted"]]))
    actual, predicted = codes[: len(here)], codes[len(here) :]
    tracks = pd.factorize(here["track_id"])[0]
    answers = Answers(tracks, pd.factorize(here["group"])[0], actual, predicted, here["confidence"].to_numpy())
    found = score(count([answers], len(genres))).set_index("metric").loc["accuracy"]
    bounds = {"ci_low": float(found["ci_low"]), "ci_high": float(found["ci_high"])}
    return {**_counted("duration", name, here), "genres": None, **bounds}


def _counted(by: str, name: str, here: pd.DataFrame) -> dict[str, Any]:
    is_wrong = here["predicted"] != here["actual"]
    wrong = here.loc[is_wrong, "predicted"].value_counts()
    return {
        "by": by,
        "group_name": name,
        "accuracy": float(1 - is_wrong.mean()),
        "taken_for": None if wrong.empty else min(wrong.index[wrong == wrong.max()]),
        "n": int(here["track_id"].nunique()),
        "answers": len(here),
    }


def _say_band(band: int) -> str:
    """Say how long the tracks of a band are."""
    if band + 1 == len(BANDS_S):
        return f"{BANDS_S[band]} s and more"
    return f"{BANDS_S[band]} to {BANDS_S[band + 1]} s"
