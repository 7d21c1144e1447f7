"""The answer in words."""

import math
from collections.abc import Sequence

from pipeline.evaluation.interval import TOO_FEW
from pipeline.listen.answer import Answer

CLEAR, CLOSE = 0.5, 0.1
"""A vote from `CLEAR` on is a majority; two votes nearer than `CLOSE` are a tie to speak of."""

MOST_NAMED = 8
"""Genres that a sentence names."""


def describe(answer: Answer) -> str:
    """Say in one sentence which genre it is and how sure the model is."""
    (first, most), *others = answer.ranking
    second, less = others[0] if others else ("", 0.0)
    if answer.calibrated:
        return _describe_chance(answer, first, most, second, less)
    if answer.is_novel:
        return f"The nearest guess is {first}, with {percent(most)} of the vote."
    if others and most - less < CLOSE:
        return f"Between {first} and {second}: {percent(most)} of the vote against {percent(less)}."
    if most >= CLEAR:
        return f"This sounds like {first}, with {percent(most)} of the vote."
    return f"Most like {first}, but not surely: it has {percent(most)} of the vote, {second} {percent(less)}."


def _describe_chance(answer: Answer, first: str, most: float, second: str, less: float) -> str:
    """Say the same of chances; of music unlike any that they were measured on, none is named."""
    if answer.is_novel:
        return f"The nearest guess is {first}."
    if second and most - less < CLOSE:
        return f"Between {first} and {second}: a chance of {percent(most)} against {percent(less)}."
    if most >= CLEAR:
        return f"This sounds like {first}: the chance that this is right is {_sure(most)}."
    return f"Most like {first}, but not surely: a chance of {percent(most)}, {second} {percent(less)}."


def say_set(answer: Answer) -> list[str]:
    """Say which genres are promised to hold the right one, and what is not promised; nothing where none are."""
    if not answer.genre_set:
        return []
    said = [f"{name_set(answer.genre_set)}."]
    said[0] = said[0][:1].upper() + said[0][1:]
    if answer.unpromised:
        said.append(f"Nothing is promised of {_listed(answer.unpromised, 'and')}: the run knows too few of them.")
    return said


def say_noticed(share: float) -> str:
    """Say how much music of unknown genres is noticed; nothing where nobody knows."""
    return "" if math.isnan(share) else f"Of genres it never heard it notices {percent(share)}."


def name_set(genres: Sequence[str]) -> str:
    """Return a set of genres in words: ``rock or metal``."""
    return _listed(genres, "or")


def _listed(names: Sequence[str], last: str) -> str:
    shown = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        shown.append(f"{len(names) - MOST_NAMED} more")
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else shown[0]


def interval(low: float | None, high: float | None) -> str:
    """Name a 95 % interval of a share, or say why there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return TOO_FEW
    return f"95 % interval {percent(low)} to {percent(high)}"


def _sure(chance: float) -> str:
    """Return a chance as a percentage; one that only rounding makes certain is no certainty."""
    return f"over {percent(0.99)}" if 0.995 <= chance < 1 else percent(chance)


def percent(share: float | None) -> str:
    """Return a share as a whole percentage, a missing one as a dash."""
    return "–" if share is None or math.isnan(share) else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """Return a value of any size in three digits, and in words' notation where that is readable."""
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{round(value, digits):,.{digits}f}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa} × 10^{int(exponent)}"
