"""Where a model is wrong: with which artists, with short or long tracks, and most surely.

All of it is of answers to test tracks, by a model that did not learn from them; a track that several repeats tested was
answered by as many models.
"""

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
    lengths = pd.cut(known["duration_s"].astype(float), [*BANDS_S, np.inf], right=False, labels=False)
    found = pd.concat([_by_artist(known, known["artist"].map(artist_key)), _by_duration(known, lengths)])
    return found.reset_index(drop=True).reindex(columns=MISTAKES_BY_GROUP.names)


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


def _by_artist(known: pd.DataFrame, artist: pd.Series) -> pd.DataFrame:
    """Count the answers of each artist, who is called by the most usual spelling, the worst ones first."""
    counted = _counted(known, artist).assign(by="artist", group_name=_commonest(known["artist"], artist))
    worst = counted.sort_values(["wrong", "group_name"], ascending=[False, True]).head(MOST_ARTISTS)
    actual = pd.DataFrame({"artist": artist, "genre": known["actual"]}).drop_duplicates().sort_values("genre")
    of_worst = actual[actual["artist"].isin(worst.index)]
    return worst.assign(genres=of_worst.groupby("artist")["genre"].agg(", ".join), ci_low=np.nan, ci_high=np.nan)


def _by_duration(known: pd.DataFrame, band: pd.Series) -> pd.DataFrame:
    """Count the answers of each band of duration, with an interval of accuracy."""
    counted = _counted(known, band).sort_index()
    bounds = [_bounds(known[band == number]) for number in counted.index]
    return counted.assign(
        by="duration",
        group_name=[_say_band(int(number)) for number in counted.index],
        genres=None,
        ci_low=[low for low, _ in bounds],
        ci_high=[high for _, high in bounds],
    )


def _bounds(here: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the interval of accuracy."""
    codes, genres = pd.factorize(pd.concat([here["actual"], here["predicted"]]))
    actual, predicted = codes[: len(here)], codes[len(here) :]
    tracks = pd.factorize(here["track_id"])[0]
    answers = Answers(tracks, pd.factorize(here["group"])[0], actual, predicted, here["confidence"].to_numpy())
    found = score(count([answers], len(genres))).set_index("metric").loc["accuracy"]
    return float(found["ci_low"]), float(found["ci_high"])


def _counted(known: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return ``answers, wrong, accuracy, n, taken_for`` of each group, by its value; a missing one is none."""
    is_wrong = known["predicted"] != known["actual"]
    found = is_wrong.groupby(group).agg(answers="size", wrong="sum")
    return found.assign(
        accuracy=1 - found["wrong"] / found["answers"],
        n=known["track_id"].groupby(group).nunique(),
        taken_for=_commonest(known.loc[is_wrong, "predicted"], group[is_wrong]).reindex(found.index),
    )


def _commonest(values: pd.Series, group: pd.Series) -> pd.Series:
    """Return the most frequent value of each group, by the group; of several the first in the alphabet."""
    counted = pd.DataFrame({"group": group, "value": values}).value_counts(sort=False).reset_index(name="n")
    ordered = counted.sort_values(["n", "value"], ascending=[False, True])
    return ordered.drop_duplicates("group").set_index("group")["value"]


def _say_band(band: int) -> str:
    """Say how long the tracks of a band are."""
    if band + 1 == len(BANDS_S):
        return f"{BANDS_S[band]} s and more"
    return f"{BANDS_S[band]} to {BANDS_S[band + 1]} s"
