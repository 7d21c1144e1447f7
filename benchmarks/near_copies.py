"""Near copies by features; ``python -m benchmarks.near_copies`` writes ``near_copies.md``.

Made tracks of 57 features lie evenly around each other in so many dimensions, bent where these are fewer than the
features. Of 300 tracks each a copy is added at a told part of the way to its tenth neighbour, in a random direction. A
copy is found where its pair is among those of `find_near_duplicates`; below the threshold each should be. A wrong pair
has no copy in it: there is one in twenty datasets by chance.

In the second table many tracks have a copy, as where a collection holds two encodings of each song: all that are near
should be found whatever their share is. All are then compared with all, so time grows with the square.
"""

import datetime
import inspect
import resource
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.extract.near_features import NEIGHBOURS, find_near_duplicates

PAGE = Path(__file__).with_name("near_copies.md")
FEATURES, COPIES = 57, 300
PARTS = (0.01, 0.03, 0.1, 0.3)
"""Of the way to the tenth neighbour."""

DIMENSIONS = (5, 10, 20, FEATURES)
MANY, SHARES, PART_OF_MANY = (1_000, 20_000), (0.3, 0.6, 1.0), 0.02
"""Sizes at which many tracks have a copy, how many have, and how near it is, as a part as above."""


def main(sizes: str = "10000,100000,1000000") -> None:
    """Measure at these sizes [tracks] and write the page."""
    with threadpool_limits(1):
        found = pd.DataFrame([row for size in sizes.split(",") for row in measure(int(size))])
        many = pd.DataFrame([row for size in MANY for row in measure_many(size)])
    about = f"{datetime.date.today().isoformat()}; {describe_machine()}. One thread."
    page = f"# Near copies\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{about}\n\n{markdown(found)}\n{markdown(many)}"
    typer.echo(page)
    PAGE.write_text(page, encoding="utf-8")


def measure(n_tracks: int) -> Iterator[dict[str, Any]]:
    """Yield what is found of the copies in so many tracks, of each dimension."""
    for dimension in DIMENSIONS:
        tracks, parts = make(n_tracks, dimension, np.random.default_rng([n_tracks, dimension]))
        begun = time.process_time()
        near = find_near_duplicates(tracks)
        seconds = time.process_time() - begun
        pairs = set(zip(near.pairs["track_a"], near.pairs["track_b"], strict=True))
        planted = [(f"o{i:07d}", f"o{i:07d}-copy") for i in range(len(parts))]
        was_found = np.array([pair in pairs for pair in planted])
        row = {"tracks": f"{n_tracks:,}", "dimensions": dimension, "threshold": f"{near.threshold:.3f}"}
        row |= {f"found at {part:g}": _share(was_found[parts == part].mean(), part < near.threshold) for part in PARTS}
        row |= {"wrong pairs": len(pairs.difference(planted)), "CPU": f"{seconds:.1f} s"}
        yield row | {"memory so far": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB"}


def measure_many(n_tracks: int) -> Iterator[dict[str, Any]]:
    """Yield what is found among so many tracks where a share of them has a copy."""
    for dimension, share in product(DIMENSIONS, SHARES):
        rng = np.random.default_rng([n_tracks, dimension, round(100 * share)])
        X = _spread(n_tracks, dimension, rng)
        tenth = _tenth(X, X[:1000]).mean()
        copied = X[: round(share * n_tracks)]
        copies = copied + _steps(copied.shape, PART_OF_MANY * tenth, rng)
        names = [f"o{i:07d}" for i in range(n_tracks)] + [f"o{i:07d}-copy" for i in range(len(copies))]
        begun = time.process_time()
        near = find_near_duplicates(pd.DataFrame(np.vstack([X, copies]), index=names))
        seconds = time.process_time() - begun
        right = (near.pairs["track_a"] + "-copy" == near.pairs["track_b"]).sum()
        row = {"tracks": f"{n_tracks:,}", "with a copy": f"{share:.0%}", "dimensions": dimension}
        found = _share(right / len(copies), near.threshold > PART_OF_MANY)
        row |= {"threshold": f"{near.threshold:.3f}", "found": found}
        yield row | {"wrong pairs": len(near.pairs) - right, "CPU": f"{seconds:.1f} s"}


def make(n_tracks: int, dimension: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Return made tracks, the first with their copies at the end, and how near these are [shape=(n_copies,)]."""
    X = _spread(n_tracks, dimension, rng)
    parts = np.repeat(PARTS, COPIES)
    chosen = X[: len(parts)]
    copies = chosen + _steps(chosen.shape, parts[:, None] * _tenth(X, chosen), rng)
    names = [f"o{i:07d}" for i in range(n_tracks)] + [f"o{i:07d}-copy" for i in range(len(parts))]
    return pd.DataFrame(np.vstack([X, copies]), index=names), parts


def _spread(n_tracks: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    X = rng.standard_normal((n_tracks, dimension))
    if dimension < FEATURES:
        X = np.tanh(X @ rng.standard_normal((dimension, FEATURES)) / np.sqrt(dimension))
    return X / X.std(axis=0)


def _tenth(X: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return how far away the tenth neighbour of each chosen row is [shape=(n, 1)]."""
    return NearestNeighbors(n_neighbors=NEIGHBOURS + 1, algorithm="brute").fit(X).kneighbors(chosen)[0][:, -1:]


def _steps(shape: tuple[int, ...], lengths: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    directions = rng.standard_normal(shape)
    return directions * lengths / np.linalg.norm(directions, axis=1, keepdims=True)


def _share(found: float, is_near: bool) -> str:
    return f"{found:.3f}" if is_near else f"{found:.3f} (not near)"


if __name__ == "__main__":
    typer.run(main)
