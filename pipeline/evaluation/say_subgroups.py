"""What the comparison of subgroups comes to, in the sentences that every face prints."""

from collections.abc import Mapping

import pandas as pd

from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.subgroups import LEVEL
from pipeline.printable import count

PHRASES: Mapping[str, str] = {
    "country": "from {}",
    "region": "from region {}",
    "culture": "of culture {}",
    "decade": "of the {}",
    "year": "of the year {}",
    "sample_rate_hz": "at {} Hz",
    "channels": "with {} channels",
}
"""How a subgroup of each column is called, after "Tracks"."""

MOST_NAMED = 6


def name_subgrouping(by: str) -> str:
    """Return what makes subgroups in words: ``sample_rate_hz`` is the sample rate."""
    return by.removesuffix("_hz").replace("_", " ")


def say_worse(subgroups: pd.DataFrame) -> list[str]:
    """Say on which subgroups the champion is worse than on the rest, the largest difference first, without full stops.

    Parameters
    ----------
    subgroups : pd.DataFrame
        rows of ``subgroups`` of one run
    """
    if subgroups.empty:
        return []
    worse = subgroups[subgroups["is_worse"].astype(bool)].sort_values("difference", kind="stable")
    said = [_say_worse(row) for row in worse.head(MOST_NAMED).itertuples()]
    more = len(worse) - MOST_NAMED
    return [*said, f"It is worse on {count(more, 'more subgroup')}: subgroups.csv has them"] if more > 0 else said


def say_gaps(gaps: pd.DataFrame) -> list[str]:
    """Say of each column how far its best and its worst subgroup are apart, and what chance would make.

    Parameters
    ----------
    gaps : pd.DataFrame
        rows of ``subgroup_gaps`` of one run
    """
    said = []
    for row in gaps.itertuples():
        is_told = row.p_adjusted < LEVEL
        p = "below 0.001" if row.p_adjusted < 0.001 else f"{row.p_adjusted:.3f}"
        extremes = f"from {row.accuracy_best:.0%} ({row.best}) down to {row.accuracy_worst:.0%} ({row.worst}) right"
        bounds = (
            TOO_FEW if pd.isna(row.ci_low) else f"95 % interval {100 * row.ci_low:z.0f} to {100 * row.ci_high:z.0f}"
        )
        chance = "more than chance" if is_told else "no test tells this from chance"
        said.append(
            f"By {name_subgrouping(row.by)} the champion gets {extremes}: a gap of {_points(row.gap)} ({bounds}). "
            f"Dealt at random, the {row.n_subgroups} subgroups would be {_points(row.gap_by_chance)} apart on average; "
            f"{chance} (adjusted p {p})."
        )
    return said


def _say_worse(row) -> str:
    tracks = f"Tracks {PHRASES.get(row.by, row.by + ' {}').format(row.subgroup)}"
    bounds = f"95 % interval {row.ci_low:.0%} to {row.ci_high:.0%}"
    right = f"{row.accuracy:.0%} right ({bounds}) of {count(int(row.n), 'track')}"
    less = f"{_points(-row.difference)} less than the rest ({_between(row.difference_low, row.difference_high)})"
    return f"{tracks}: {right}, {less}; {_say_genres(row)}"


def _say_genres(row) -> str:
    if pd.isna(row.beyond_genres_low):
        return "whether for its genres' sake nobody can tell, as they are hardly found elsewhere"
    low, high = row.beyond_genres_low, row.beyond_genres_high
    if high < 0:
        less = f"{_points(-row.beyond_genres)} less than tracks of the same genres elsewhere"
        return f"{less} ({_between(low, high)})"
    same = f"tracks of the same genres elsewhere get {row.accuracy_same_genres:.0%}"
    return f"{same}, a difference that chance could make: its genres may be what is hard"


def _points(share: float) -> str:
    return count(round(100 * share), "point")


def _between(low: float, high: float) -> str:
    return f"{-100 * high:z.0f} to {-100 * low:z.0f}"
