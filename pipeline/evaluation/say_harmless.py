"""What the horse test comes to, in the sentences that every face prints."""

from collections.abc import Iterable

import pandas as pd

from pipeline.evaluation.interval import TOO_FEW
from pipeline.printable import count
from pipeline.tables import ANY, AS_IT_IS

MOST_NAMED = 6


def worst_change(rows: pd.DataFrame) -> pd.Series:
    """Return the row of ``harmless_changes`` that leaves the fewest right."""
    return rows[rows["is_worst"].astype(bool)].iloc[0]


def mean_flip_rate(rows: pd.DataFrame) -> float:
    """Return the share of all answers, to every track with every change, that are another than as it is."""
    return float(rows.loc[~rows["change"].isin((AS_IT_IS, ANY)), "flip_rate"].mean())


def say_harmless(rows: pd.DataFrame) -> str:
    """Say what the champion gets where music is played differently; empty where that was not tried.

    Parameters
    ----------
    rows : pd.DataFrame
        of ``harmless_changes`` of one run
    """
    if rows.empty:
        return ""
    worst, accuracy = worst_change(rows), rows.set_index("change")["accuracy"]
    tracks = count(int(worst["n"]), "held-out track")
    at_worst = f"{worst['accuracy']:.0%} of {tracks} rightly at worst ({worst['change_name']}; {_interval(worst)})"
    return (
        f"Played differently (quieter, through a telephone, 6 % faster and the like), the champion names {at_worst}, "
        f"and {accuracy[AS_IT_IS]:.0%} as they are. {mean_flip_rate(rows):.0%} of answers change; {accuracy[ANY]:.0%} "
        "of the tracks are named rightly whatever is done."
    )


def say_given_away(by_genre: pd.DataFrame) -> list[str]:
    """Say which genres are named by something that nobody hears, a sentence without its full stop each.

    Parameters
    ----------
    by_genre : pd.DataFrame
        rows of ``harmless_change_genres`` of one run
    """
    if by_genre.empty:
        return []
    found = by_genre[by_genre["given_away"].astype(bool)]
    return [
        f"{genre} is named by something that nobody hears: " + "; ".join(_losses(by_genre, rows))
        for genre, rows in found.groupby("genre", sort=True)
    ]


def say_hurt(by_genre: pd.DataFrame) -> list[str]:
    """Say which changes that are heard hurt which genre more than the others, and what was not found.

    Parameters
    ----------
    by_genre : pd.DataFrame
        rows of ``harmless_change_genres`` of one run
    """
    hurt = by_genre[by_genre["hurt_more"].astype(bool)]
    said = []
    if not hurt["given_away"].astype(bool).any():
        said.append("No genre was found to be named by something that nobody hears.")
    heard = hurt[~hurt["given_away"].astype(bool)].sort_values("p_adjusted", kind="stable").head(MOST_NAMED)
    said += [f"{row.genre} is hurt more than the others: {words}." for row, words in _each(by_genre, heard)]
    if hurt.empty:
        said.append("No change was found to hurt one genre more than the others.")
    return said


def _each(by_genre: pd.DataFrame, rows: pd.DataFrame) -> Iterable[tuple]:
    return zip(rows.itertuples(), _losses(by_genre, rows), strict=True)


def _losses(by_genre: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    losses = []
    for row in rows.itertuples():
        others = by_genre[(by_genre["change"] == row.change) & (by_genre["genre"] != row.genre)]
        losses.append(
            f"with {row.change_name} {row.n_lost} of its {count(row.n_right, 'right answer')} are lost, "
            f"{others['n_lost'].sum()} of {others['n_right'].sum()} of the other genres"
        )
    return losses


def _interval(row: pd.Series) -> str:
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return TOO_FEW
    return f"95 % interval {row['ci_low']:.0%} to {row['ci_high']:.0%}"
