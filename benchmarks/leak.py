"""Tracks of ten rows, two an artist. With rows shuffled a model gets 0 or 4 points more of them right than with tracks,
or artists, kept whole; a quarter is tested in each of five repeats. *Named* is the share of datasets whose interval
lies above 0: where nothing leaks it should be .025.
"""

import numpy as np
import pandas as pd

from pipeline.evaluation.gap import AnsweredRows, measure_gap
from pipeline.evaluation.samples import Samples

ROWS, REPEATS, RIGHT, ALIKE = 10, 5, 0.6, 0.4


def measure(n: int, seed: int) -> pd.DataFrame:
    """Return how often the interval of the gap holds it, and is above 0, a row a kind of dataset."""
    rows = []
    for number, (policy, tracks, gap) in enumerate(
        (policy, tracks, gap) for policy in ("track", "artist") for tracks in (120, 400, 1000) for gap in (0.0, 0.04)
    ):
        rng = np.random.default_rng([seed, number])
        samples = _samples(tracks)
        low, high = np.array([_interval(policy, samples, gap, rng) for _ in range(n)]).T
        inside, width = (low <= gap) & (gap <= high), (high - low).mean()
        shown = (f"{value:.3f}".lstrip("0") for value in (inside.mean(), (low > 0).mean(), width))
        rows.append((policy, tracks, f"{100 * gap:.0f} points", *shown))
    return pd.DataFrame(rows, columns=["policy", "tracks", "gap", "covered", "named", "width"])


def _interval(policy: str, samples: Samples, gap: float, rng: np.random.Generator) -> tuple[float, float]:
    tracks = int(samples.rows["track"].max()) + 1
    size = (1 - ALIKE) / ALIKE
    of_artist = rng.beta(RIGHT * size, (1 - RIGHT) * size, tracks // 2)[np.arange(tracks) // 2]
    share = of_artist if policy == "artist" else rng.beta(RIGHT * size, (1 - RIGHT) * size, tracks)
    leaked = share + gap * (1 - share) / (1 - RIGHT)
    whole = np.arange(tracks) // (2 if policy == "artist" else 1)
    groups = rng.random((REPEATS, whole.max() + 1)).argsort(axis=1).argsort(axis=1) < (whole.max() + 1) // 4
    n_kept = ROWS * groups[:, whole].sum(axis=0)
    n_shuffled = rng.multinomial(REPEATS * ROWS * tracks // 4, np.full(tracks, 1 / tracks))
    shuffled = AnsweredRows(samples, rng.binomial(n_shuffled, leaked), n_shuffled)
    found = measure_gap(shuffled, AnsweredRows(samples, rng.binomial(n_kept, share), n_kept), policy)
    return found.ci_low, found.ci_high


def _samples(tracks: int) -> Samples:
    track = np.repeat(np.arange(tracks), ROWS)
    rows = pd.DataFrame({"track": track, "group": track, "artist": track // 2, "content": np.arange(len(track))})
    return Samples("made", 3.0, (), ("one",), np.zeros((len(track), 0)), np.zeros(len(track), int), rows)
