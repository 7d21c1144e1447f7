"""Logistic regressions, fitted for real: three genres of artists with two tracks each, of which features tell a little.
The truth of a dataset is the mean, over its repeats, of what each fitted model gets right of 3,000 tracks by artists
of their own: of *these models*. What all datasets give on average is that of *the procedure*. An interval promises the
first; it can't know how else the training artists might have come out.
"""

import numpy as np
import pandas as pd

from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.tally import count
from pipeline.splits import split_rows

GENRES, FEATURES = ("blues", "jazz", "rock"), 6
N_NEW = 1000
"""Artists a genre, one track each, that the truth is taken from."""


def measure(n: int, seed: int) -> pd.DataFrame:
    """Return how often the interval of accuracy holds what the fitted models get right of other artists' tracks."""
    rows = []
    for number, (artists, repeats) in enumerate([(10, 5), (30, 1), (30, 5)]):
        rng = np.random.default_rng([seed, number])
        low, high, truth = np.array([_evaluate(artists, repeats, rng) for _ in range(n)]).T
        shares = [np.mean((low <= true) & (true <= high)) for true in (truth, truth.mean())]
        rows.append((artists, repeats, n, *(f"{share:.3f}".lstrip("0") for share in shares)))
    return pd.DataFrame(rows, columns=["artists a genre", "repeats", "n", "these models", "the procedure"])


def _evaluate(artists: int, repeats: int, rng: np.random.Generator) -> tuple[float, float, float]:
    centre = np.eye(len(GENRES), FEATURES)
    samples, new = _draw(centre, artists, 2, rng), _draw(centre, N_NEW, 1, rng)
    answers, truth = [], []
    for repeat in range(repeats):
        train, test = split_rows("artist", samples.rows, samples.y, seed=0, repeat=repeat)
        estimator = fit("logistic_regression", samples.where(train), 0).estimator
        answers.append(predict(estimator, samples.under("artist"), test)["segment"].answers)
        truth.append(np.mean(estimator.predict(new.X) == new.y))
    accuracy = score(count(answers, len(GENRES))).iloc[0]
    return accuracy["ci_low"], accuracy["ci_high"], float(np.mean(truth))


def _draw(centre: np.ndarray, artists: int, tracks: int, rng: np.random.Generator) -> Samples:
    genre = np.repeat(np.arange(len(GENRES)), artists * tracks)
    artist = np.arange(len(genre)) // tracks
    style = rng.normal(0, 0.8, (artist.max() + 1, FEATURES))[artist]
    X = centre[genre] + style + rng.normal(0, 0.8, (len(genre), FEATURES))
    track = np.arange(len(genre))
    rows = pd.DataFrame({"track_id": [f"t{i}" for i in track], "track": track, "group": track, "artist": artist})
    names = tuple(f"f{i}" for i in range(FEATURES))
    return Samples("made", 30.0, names, GENRES, X, genre, rows)
