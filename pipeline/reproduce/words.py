"""The sentences on why figures differ; each is said only where the computed figures bear it out."""

import numpy as np
import pandas as pd

from pipeline.printable import count

LEAST = 0.02
"""What scaling must add to an accuracy to be spoken of."""

ROUNDING = 0.005


def points(difference: float) -> str:
    """Return a difference of accuracies in words, without its sign."""
    return count(round(abs(100 * difference)), "point")


def leak(shuffled: float, honest: pd.Series, what: str, since: str) -> str:
    """Say how much of a shuffled score is recognising `what`, where it is beyond the honest score's interval.

    Parameters
    ----------
    shuffled : float
    honest : pd.Series
        ``honest, ci_high``
    what, since : str
        what is recognised, and why it can be
    """
    if shuffled <= honest["ci_high"]:
        return f"the shuffled score is no better than with {what} kept whole, as far as the interval tells"
    gap = points(shuffled - honest["honest"])
    return f"{gap} of the shuffled score are recognising {what}, not the genre: {since}"


def scaling(raw: float, scaled: float) -> str:
    """Say what leaving the features unscaled costs."""
    if scaled - raw < LEAST:
        return f"scaling changes nothing to speak of ({raw:.2f} without, {scaled:.2f} with)"
    return f"the published features are not scaled, which costs {points(scaled - raw)} ({raw:.2f} against {scaled:.2f})"


def near(published: float, tested: np.ndarray) -> bool:
    """Tell whether a figure lies in what splits gave, as far as its rounding lets one see."""
    return tested.min() - ROUNDING <= published <= tested.max() + ROUNDING


def against(published: float, tested: np.ndarray) -> str:
    """Say whether a published figure lies in what splits of the same kind give; nothing where there is no figure."""
    if np.isnan(published):
        return "no figure to compare with"
    if len(tested) == 1:
        return f"{published:.3g} stands against {tested[0]:.3g}"
    where = "inside" if near(published, tested) else "outside"
    reach = f"{tested.min():.2f} to {tested.max():.2f}"
    return f"{published:.3g} lies {where} what {len(tested)} such splits give ({reach})"
