"""What the champion is announced by, where the truth is known; ``python -m benchmarks.choice`` writes ``choice.md``.

Candidates are drawn whose true accuracies lie `spread` points apart (standard deviation; 0: all guess alike), then
datasets of artists with one or five tracks, of which a quarter is tested in each of five repeats. A track is hard or
easy for all candidates, and so is an artist; both are to some degree hard for one candidate alone; in another repeat
an answer stays with a chance of .8. The highest scorer is chosen. What is announced should be its true accuracy:
*too high* says by how many points it is on average more, for the accuracy as chosen, for the bootstrap
bias-corrected one (Tsamardinos, Greasidou and Borboudakis 2018), and for ours (`pipeline/evaluation/choice.py`). The
last two score what they choose on artists that had no say in it; so what they get on average is the true accuracy of
what they choose, which is what the table takes, and what they really announced stands in brackets, with its standard
error. *Error* is the standard deviation of what was announced about the truth. *Covered* is how often the 95 %
interval holds it.
"""

import datetime
import inspect
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.evaluation.choice import Tried, correct

PAGE = Path(__file__).with_name("choice.md")
GENRES, REPEATS, TESTED, KEPT_ANSWER = 5, 5, 0.25, 0.8
OF_ARTIST, OF_ARTIST_FOR_ONE, OF_TRACK, OF_TRACK_FOR_ONE = 0.15, 0.05, 0.4, 0.4
"""Shares of the variance of how hard a track is for a candidate."""

BOOTSTRAPS = 100


@dataclass(frozen=True)
class Cell:
    """One kind of dataset and of candidates; accuracies are `middle` on average, and `spread` apart, in points."""

    tracks: int
    per_artist: int
    candidates: int
    middle: int
    spread: int


def cells(tracks: Sequence[int] = (60, 120, 400, 1000)) -> list[Cell]:
    """Return all cells."""
    tried = [(18, 10, 0), (18, 50, 0), (18, 50, 2), (40, 50, 5), (18, 50, 10), (100, 50, 7), (18, 85, 3)]
    return [Cell(n, per_artist, *of) for n, per_artist, of in product(tracks, (1, 5), tried)]


def draw(cell: Cell, rng: np.random.Generator) -> tuple[Tried, np.ndarray]:
    """Return what candidates answered to one dataset, by artist, and their true accuracies."""
    truth = np.clip(cell.middle + cell.spread * rng.standard_normal(cell.candidates), 2, 98) / 100
    artist = np.arange(cell.tracks) // cell.per_artist
    n_artists = artist[-1] + 1
    genre = np.arange(n_artists) % GENRES
    common = np.sqrt(OF_ARTIST) * rng.standard_normal(n_artists)[artist, None]
    common = common + np.sqrt(OF_ARTIST_FOR_ONE) * rng.standard_normal((n_artists, cell.candidates))[artist]
    common += np.sqrt(OF_TRACK) * rng.standard_normal((cell.tracks, 1))

    def answers() -> np.ndarray:
        return common + np.sqrt(OF_TRACK_FOR_ONE) * rng.standard_normal(common.shape) < norm.ppf(truth)

    first = answers()
    right, n = np.zeros((n_artists, cell.candidates)), np.zeros(n_artists)
    for _ in range(REPEATS):
        tested = np.zeros(n_artists, dtype=bool)
        for one in range(GENRES):
            members = rng.permutation(np.flatnonzero(genre == one))
            tested[members[: max(round(TESTED * len(members)), 1)]] = True
        given = np.where(rng.random(first.shape) < KEPT_ANSWER, first, answers())
        np.add.at(right, artist, given * tested[artist, None])
        n += np.bincount(artist, tested[artist])
    seen = n > 0
    return Tried(right[seen], np.repeat(n[seen, None], cell.candidates, axis=1), genre[seen]), truth


def bootstrap_corrected(tried: Tried, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Return the accuracy of what a bootstrap sample chooses on the groups outside it, on average over samples.

    With it come the candidates that were chosen.
    """
    weights = np.zeros((BOOTSTRAPS, len(tried.genres)))
    for genre in np.unique(tried.genres):
        members = np.flatnonzero(tried.genres == genre)
        weights[:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), BOOTSTRAPS)
    chosen = (weights @ tried.right / np.maximum(weights @ tried.n, 1)).argmax(axis=1)
    left = (weights == 0).T
    right, n = (np.where(left, of[:, chosen], 0).sum(axis=0) for of in (tried.right, tried.n))
    return float(np.mean(right[n > 0] / n[n > 0])), chosen


def measure(cell: Cell, n: int, rng: np.random.Generator) -> dict:
    """Return how far what is announced lies from the truth in `n` datasets of a cell, and what its interval holds."""
    errors, expected, held, widths, tested = [], [], [], [], []
    for number in range(n):
        tried, truth = draw(cell, rng)
        scores = tried.right.sum(axis=0) / tried.n.sum(axis=0)
        champion = int(scores.argmax())
        found = correct(tried, number)
        bootstrapped, chosen = bootstrap_corrected(tried, rng)
        errors.append(np.array([scores[champion], bootstrapped, found.value]) - truth[champion])
        expected.append(np.array([scores[champion], truth[chosen].mean(), found.chosen @ truth]) - truth[champion])
        low, high = found.bounds
        held.append(low <= truth[champion] <= high)
        widths.append(high - low)
        tested.append(len(tried.genres))
    bias, spread = 100 * np.mean(expected, axis=0), 100 * np.std(errors, axis=0)
    names = ("as chosen", "bootstrap", "ours")
    return {
        "tracks": cell.tracks,
        "an artist": cell.per_artist,
        "candidates": cell.candidates,
        "accuracy": f"{cell.middle} ± {cell.spread}",
        "groups tested": int(np.median(tested)),
        **{f"too high, {name}": each for name, each in zip(names, bias, strict=True)},
        "announced": 100 * np.mean(errors, axis=0)[2],
        "standard error": spread[2] / np.sqrt(n),
        **{f"error, {name}": each for name, each in zip(names, spread, strict=True)},
        "covered": np.mean(held),
        "width": 100 * np.mean(widths),
        "n": n,
    }


def measure_all(chosen: Sequence[Cell], n: int, seed: int = 0) -> pd.DataFrame:
    """Measure cells: small datasets `n` times, larger ones less often, since they say more each."""
    often = [max(int(n * min(120 / cell.tracks, 1)), 1) for cell in chosen]
    return pd.DataFrame(
        [
            measure(cell, times, np.random.default_rng([seed, number]))
            for number, (cell, times) in enumerate(zip(chosen, often, strict=True))
        ]
    )


def laid_out(found: pd.DataFrame) -> pd.DataFrame:
    """Return measured cells as a person reads them."""
    shown = found.drop(columns=["announced", "standard error"]).copy()
    for name in (name for name in found if name.startswith("too high")):
        shown[name] = found[name].map("{:+.1f}".format)
    shown["too high, ours"] += " (" + found["announced"].map("{:+.1f}".format) + " ± "
    shown["too high, ours"] += found["standard error"].map("{:.1f}".format) + ")"
    for name in (name for name in found if name.startswith("error") or name == "width"):
        shown[name] = found[name].map("{:.1f}".format)
    return shown.assign(covered=found["covered"].map(lambda share: f"{share:.3f}".lstrip("0")))


def main(datasets: int = 1000, seed: int = 0) -> None:
    """Measure all cells, print the table and write the page."""
    started = time.process_time()
    with threadpool_limits(1):
        found = measure_all(cells(), datasets, seed)
    told = f"{datetime.date.today().isoformat()}, {datasets} datasets of up to 120 tracks; {describe_machine()}."
    worst = found["too high, ours"].abs().max()
    summary = (
        f"Ours is off by {worst:.1f} points at most, the bootstrap by {found['too high, bootstrap'].abs().max():.1f}, "
        f"the accuracy as chosen by {found['too high, as chosen'].max():.1f}. Least covered: "
        f"{found['covered'].min():.3f}; on average {found['covered'].mean():.3f}."
    )
    took = f"All of it took {(time.process_time() - started) / 60:.0f} minutes of one core.\n"
    table = markdown(laid_out(found))
    text = "\n\n".join(["# The choice", inspect.getdoc(sys.modules[__name__]) or "", told, summary, table, took])
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
