"""A population of artists whose truth is known, and datasets drawn from it.

Five genres. An artist has a share of tracks that a model gets right, beta-distributed about the genre's, with an
intraclass correlation of .1 to .4, and a genre of its own that half of its mistakes go to. A track is right or wrong by
its artist's share; in another repeat, with another model, it keeps its answer with a chance of .8, else is drawn anew.

What an interval has to cover is the score that expected counts have: for policies that keep artists whole, over all
artists of the population; under ``track``, where the artists on both sides are the same, over all tracks by the
artists of the dataset. Genres count in the shares that the test sides have them in.
"""

from dataclasses import dataclass

import numpy as np

K = 5
SHARES = {"balanced": (0.2,) * K, "60/25/10/3/2": (0.6, 0.25, 0.1, 0.03, 0.02)}
RIGHT = np.array([0.75, 0.65, 0.6, 0.5, 0.4])
ALIKE = np.array([0.1, 0.2, 0.3, 0.4, 0.25])
KEPT_ANSWER = 0.8
TESTED = {"track": 0.25, "artist": 0.25, "predefined": 0.3, "holdout": 0.1}
"""Share of each genre that is tested at a time."""

_MISTAKES = np.where(np.eye(K, dtype=bool), 0.0, np.arange(K, 0, -1.0))
MISTAKES = _MISTAKES / _MISTAKES.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Cell:
    """One kind of dataset and evaluation; `right` are the genres' shares of right answers."""

    policy: str
    tracks: int
    per_artist: int
    shares: str
    repeats: int
    right: tuple[float, ...] = tuple(RIGHT)


@dataclass(frozen=True)
class Drawn:
    """Datasets drawn from a cell, evaluated with two models that are equally good.

    Attributes
    ----------
    sums : np.ndarray [shape=(n_datasets, n_units, 3 * K)]
        by genre: hits, rows that are of it, rows predicted as it; a unit that was never tested has none
    others : np.ndarray [shape=(n_datasets, n_units)]
        right answers of the second model to the same rows
    truth : np.ndarray [shape=(n_datasets, 3 * K)]
        expected sums, up to a factor
    """

    sums: np.ndarray
    others: np.ndarray
    truth: np.ndarray


def draw(cell: Cell, n_datasets: int, rng: np.random.Generator) -> Drawn:
    """Draw datasets of one cell, and the answers to what is tested of them."""
    sizes = np.maximum(np.rint(np.array(SHARES[cell.shares]) * cell.tracks).astype(int), 1)
    genre = np.repeat(np.arange(K), sizes)
    n_artists = -(-sizes // cell.per_artist)
    artist = np.concatenate([np.arange(n) // cell.per_artist for n in sizes])
    artist += np.repeat(np.cumsum(n_artists) - n_artists, sizes)
    of_artist = np.repeat(np.arange(K), n_artists)
    by_track = cell.policy == "track"
    unit, of_unit = (np.arange(len(genre)), genre) if by_track else (artist, of_artist)
    share = _shares_right(np.array(cell.right)[of_artist], ALIKE[of_artist], n_datasets, rng)
    drawn_anew = _shares_right(np.array(cell.right)[of_artist], ALIKE[of_artist], n_datasets, rng)
    of_other = share if by_track else np.where(rng.random(share.shape) < 0.5, share, drawn_anew)
    favourite = _choose(MISTAKES[of_artist], (n_datasets, len(of_artist)), rng)
    tested = _choose_tested(cell, of_unit, n_datasets, rng)[..., unit]
    right, other = (_answers(cell, each[:, artist], rng) for each in (share, of_other))
    at_random = _choose(MISTAKES[genre], right.shape, rng)
    to_favourite = rng.random(right.shape) < 0.5
    predicted = np.where(right, genre, np.where(to_favourite, favourite[:, None, artist], at_random))
    starts = np.flatnonzero(np.diff(unit, prepend=-1))

    def by_unit(what: np.ndarray) -> np.ndarray:
        return np.add.reduceat((what & tested).sum(axis=1), starts, axis=1)

    one_hot = np.eye(K)[of_unit]
    hits, n = by_unit(right)[..., None] * one_hot, by_unit(np.ones_like(right))[..., None] * one_hot
    guessed = np.stack([by_unit(predicted == j) for j in range(K)], axis=-1)
    return Drawn(
        sums=np.concatenate([hits, n, guessed], axis=-1),
        others=by_unit(other),
        truth=_truth(cell, n.sum(axis=1), share, favourite, artist, genre),
    )


def _shares_right(mean: np.ndarray, alike: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    size = (1 - alike) / alike
    return rng.beta(mean * size, (1 - mean) * size, (n, len(mean)))


def _choose(chances: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Choose a genre for each cell of `shape`, whose last axis is that of the rows of `chances`."""
    drawn, chosen = rng.random(shape), np.zeros(shape, dtype=np.int8)
    for reached in chances.cumsum(axis=1).T[:-1]:
        chosen += drawn > reached
    return chosen


def _choose_tested(cell: Cell, of_unit: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Tell which units are tested [shape=(n, repeats, n_units)]: a share of each genre, one unit at least."""
    drawn_anew = cell.policy in ("track", "artist")
    tested = np.zeros((n, cell.repeats if drawn_anew else 1, len(of_unit)), dtype=bool)
    for genre in range(K):
        members = np.flatnonzero(of_unit == genre)
        least = 0 if cell.policy == "holdout" or len(members) == 1 else 1
        some = max(round(TESTED[cell.policy] * len(members)), least)
        order = rng.random((*tested.shape[:2], len(members))).argsort(axis=-1)
        tested[..., members] = order < some
    return np.broadcast_to(tested, (n, cell.repeats, len(of_unit)))


def _answers(cell: Cell, share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tell which tracks are right in which repeat [shape=(n, repeats, n_tracks)]."""
    first = (rng.random(share.shape) < share)[:, None]
    shape = (len(share), cell.repeats, share.shape[1])
    return np.where(rng.random(shape) < KEPT_ANSWER, first, rng.random(shape) < share[:, None])


def _truth(
    cell: Cell, n: np.ndarray, share: np.ndarray, favourite: np.ndarray, artist: np.ndarray, genre: np.ndarray
) -> np.ndarray:
    """Return the expected sums [shape=(n_datasets, 3 * K)] where each genre has as many rows as `n` says."""
    if cell.policy != "track":
        right = np.array(cell.right)
        confusion = np.broadcast_to(np.diag(right) + (1 - right)[:, None] * MISTAKES, (len(n), K, K))
    else:
        right = share[:, artist]
        mistakes = 0.5 * (MISTAKES[genre] + np.eye(K)[favourite[:, artist]])
        expected = right[..., None] * np.eye(K)[genre] + (1 - right)[..., None] * mistakes
        starts = np.flatnonzero(np.diff(genre, prepend=-1))
        confusion = np.add.reduceat(expected, starts, axis=1) / np.bincount(genre)[:, None]
    counts = confusion * n[..., None]
    hits = np.diagonal(counts, axis1=1, axis2=2)
    return np.concatenate([hits, n, counts.sum(axis=1)], axis=-1)
