"""An order that flows: small steps of tempo and loudness from each track to the next."""

import numpy as np

from pipeline.errors import InputError
from pipeline.playlist.space import Space

TEMPO = ("tempo", "estimated_tempo_bpm")
LOUDNESS = ("loudness", "estimated_loudness_lufs", "rms_mean")


def flow(space: Space, chosen: list[int]) -> list[int]:
    """Return tracks in an order of small steps, the first of them first.

    A step is the difference of tempo and that of loudness, in standard deviations, added. From each track the nearest
    that is left comes next; then stretches are turned round as long as that shortens the way (2-opt, Croes 1958).

    Raises
    ------
    InputError
        where neither is among the features
    """
    columns = [next((space.features.index(name) for name in names if name in space.features), None)
               for names in (TEMPO, LOUDNESS)]  # fmt: skip
    used = [column for column in columns if column is not None]
    if not used:
        raise InputError(
            f"--order flow needs a feature of tempo or loudness, and {space.feature_set!r} has none: --order similar"
        )
    values = space.z[np.ix_(chosen, used)].astype(float)
    steps = np.abs(values[:, None] - values[None]).sum(axis=2)
    return [chosen[place] for place in _shorten(_greedy(steps), steps)]


def _greedy(steps: np.ndarray) -> list[int]:
    order, left = [0], set(range(1, len(steps)))
    while left:
        here = order[-1]
        order.append(min(left, key=lambda place: (steps[here, place], place)))
        left.remove(order[-1])
    return order


def _shorten(order: list[int], steps: np.ndarray) -> list[int]:
    shorter = True
    while shorter:
        shorter = False
        for i in range(1, len(order) - 1):
            for j in range(i + 1, len(order)):
                before = steps[order[i - 1], order[i]] + (steps[order[j], order[j + 1]] if j + 1 < len(order) else 0)
                after = steps[order[i - 1], order[j]] + (steps[order[i], order[j + 1]] if j + 1 < len(order) else 0)
                if after < before - 1e-9:
                    order[i : j + 1] = order[i : j + 1][::-1]
                    shorter = True
    return order
