"""Where a model is worse, where the truth is known; ``python -m benchmarks.subgroups`` writes ``subgroups.md``.

Artists have shares of tracks that a model gets right, beta-distributed about .65 with an intraclass correlation of .2,
and geometrically many tracks each. Subgroups are of unlike sizes, the first being the smallest. *Nothing*: no subgroup
differs. *Large*: nor does it, but artists of the first one have five times as many tracks. *Across*: nor does it, but
half of an artist's tracks are of any subgroup, as with decades. *Hard genres*: the first one's tracks are mostly of a
genre of which .45 are right wherever it is from, so it is worse, but not beyond its genres. *Worse*: the model gets 20
points less of the first one, whatever the genre.

*Told* is the share of datasets in which a model is said to be worse on any subgroup; where none differs it should be
.05 at most, and in the others the first one alone is counted. *Of others* is how often another one is said to be worse
although it is not. *Gap told* is how often the test finds a gap. *Covered* is how often 95 % intervals hold the truth:
of accuracy, of the difference from the rest, of the difference from the same genres elsewhere, and of the gap
(`pipeline/evaluation/subgroups.py`).

Where a subgroup has a dozen artists, 20 points are found in one dataset of five: that nothing is told does not mean
that nothing is there.
"""

import datetime
import inspect
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.evaluation import compare_subgroups

PAGE = Path(__file__).with_name("subgroups.md")
SIZES = ((3, 60, 4), (4, 200, 1), (8, 240, 3), (8, 1000, 2), (20, 600, 3))
"""Subgroups, artists, tracks of an artist on average."""
KINDS = ("nothing", "large", "across", "hard genres", "worse")
N_GENRES, RIGHT, HARD, LESS, ALIKE = 4, 0.65, 0.45, 0.2, 0.2


def draw(rng: np.random.Generator, kind: str, k: int, n_artists: int, mean_tracks: float) -> tuple:
    """Return answers to tracks as `compare_subgroups` takes them, and the true accuracy of each subgroup and genre.

    Returns
    -------
    answered : pd.DataFrame
    rates : np.ndarray [shape=(k, N_GENRES)]
    shares : np.ndarray [shape=(k, N_GENRES)]
        of all tracks
    """
    weights = np.linspace(1, 2, k)
    subgroup = rng.choice(k, n_artists, p=weights / weights.sum())
    larger = np.where((subgroup == 0) & (kind == "large"), 5.0, 1.0)
    sizes = rng.geometric(1 / (mean_tracks * larger))
    mix = np.full((k, N_GENRES), 1 / N_GENRES)
    rates = np.full((k, N_GENRES), RIGHT)
    if kind == "hard genres":
        mix[0] = [0.7, 0.1, 0.1, 0.1]
        rates[:, 0] = HARD
    if kind == "worse":
        rates[0] -= LESS
    genre = np.array([rng.choice(N_GENRES, p=mix[each]) for each in subgroup])
    about = rates[subgroup, genre]
    skill = rng.beta(about * (1 / ALIKE - 1), (1 - about) * (1 / ALIKE - 1))
    artist = np.repeat(np.arange(n_artists), sizes)
    of_track = subgroup[artist]
    if kind == "across":
        moved = rng.random(len(artist)) < 0.5
        of_track = np.where(moved, rng.choice(k, len(artist), p=weights / weights.sum()), of_track)
    answered = pd.DataFrame(
        {
            "genre": genre[artist].astype(str),
            "unit": artist,
            "right": (rng.random(len(artist)) < skill[artist]).astype(float),
            "country": np.char.add("c", np.char.zfill(of_track.astype(str), 2)),
        }
    )
    tracks = weights * np.where((np.arange(k) == 0) & (kind == "large"), 5.0, 1.0)
    return answered, rates, mix * (tracks / tracks.sum())[:, None]


def measure(rng: np.random.Generator, kind: str, k: int, n_artists: int, mean_tracks: float, n: int) -> dict:
    """Return how often what is told is right, over `n` datasets."""
    told, of_others, gap_told, covered = [], [], [], []
    for _ in range(n):
        answered, rates, shares = draw(rng, kind, k, n_artists, mean_tracks)
        found, gaps = compare_subgroups(answered, ["country"])
        found = found[found["subgroup"].str.match(r"c\d")]
        code = found["subgroup"].str[1:].astype(int).to_numpy()
        hits, totals = (rates * shares).sum(axis=1), shares.sum(axis=1)
        truth = hits / totals
        apart = truth - (hits.sum() - hits) / (totals.sum() - totals)
        elsewhere = ((rates * shares).sum(axis=0) - rates * shares) / (shares.sum(axis=0) - shares)
        beyond = truth - (shares / totals[:, None] * elsewhere).sum(axis=1)
        gap = np.ptp(truth[code]) if len(code) else np.nan
        is_worse = found["is_worse"].to_numpy(bool)
        differs = kind in ("hard genres", "worse")
        told.append(is_worse[code == 0].any() if differs else is_worse.any())
        of_others.append((is_worse & (apart[code] > -1e-9)).any())
        gap_told.append((gaps["p_adjusted"] < 0.05).any())
        covered.append(
            [
                _holds(found, "ci", truth[code]), _holds(found, "difference", apart[code]),
                _holds(found, "beyond_genres", beyond[code]), _holds(gaps, "ci", np.full(len(gaps), gap)),
            ]
        )  # fmt: skip
    names = ("covered: accuracy", "difference", "beyond genres", "gap")
    return {
        "kind": kind, "subgroups": k, "artists": n_artists, "tracks": mean_tracks, "told": np.mean(told),
        "of others": np.mean(of_others), "gap told": np.mean(gap_told),
        **dict(zip(names, np.nanmean(covered, axis=0), strict=True)), "n": n,
    }  # fmt: skip


def _holds(rows: pd.DataFrame, name: str, truth: np.ndarray) -> float:
    low, high = (rows[f"{name}_{end}"].to_numpy(float) for end in ("low", "high"))
    known = ~np.isnan(low)
    return float(((low <= truth + 1e-9) & (truth <= high + 1e-9))[known].mean()) if known.any() else np.nan


def rows(n_datasets: int, rng: np.random.Generator) -> Iterator[dict]:
    """Yield a row a kind and size."""
    for kind in KINDS:
        for size in SIZES:
            yield measure(rng, kind, *size, n_datasets)


def main(datasets: int = 300, seed: int = 0) -> None:
    """Measure all cells, print the table and write the page."""
    with threadpool_limits(1):
        found = pd.DataFrame(rows(datasets, np.random.default_rng(seed))).round(3)
    about = inspect.cleandoc(__doc__ or "")
    made = f"{datetime.date.today()}; {describe_machine()}"
    text = "\n\n".join(("# Where a model is worse", about, made, markdown(found))) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
