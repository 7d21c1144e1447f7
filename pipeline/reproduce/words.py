"""The sentences on why figures differ; each is said only where the computed figures bear it out."""

import numpy as np

LEAST = 0.02
"""Two accuracies that are nearer than this are called equal."""

ROUNDING = 0.005


def points(difference: float) -> str:
    """Return a difference of accuracies in words, without its sign."""
    return f"{abs(100 * difference):.0f} points"


def leak(shuffled: float, honest: float, what: str, since: str) -> str:
    """Say how much of a shuffled score is recognising `what`."""
    if shuffled - honest < LEAST:
        return f"shuffled rows claim no more than {what} kept whole does: there is no leak to see"
    return f"{points(shuffled - honest)} of the shuffled score are recognising {what}, not the genre: {since}"


def scaling(raw: float, scaled: float) -> str:
    """Say what leaving the features unscaled costs."""
    if scaled - raw < LEAST:
        return f"scaling changes nothing to speak of ({raw:.2f} without, {scaled:.2f} with)"
    return f"the published features are not scaled, which costs {points(scaled - raw)} ({raw:.2f} against {scaled:.2f})"


def near(published: float, tested: np.ndarray) -> bool:
    """Tell whether a figure lies in what splits gave, as far as its rounding lets one see."""
    return tested.min() - ROUNDING <= published <= tested.max() + ROUNDING


def against(published: float, tested: np.ndarray) -> str:
    """Say whether a published figure lies in what splits of the same kind give."""
    where = "inside" if near(published, tested) else "outside"
    reach = f"{tested.min():.2f} to {tested.max():.2f}"
    return f"{published:.3g} lies {where} what {len(tested)} such splits give ({reach})"
