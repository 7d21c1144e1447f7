"""What intervals and tests hold where the truth is known; ``python -m benchmarks.coverage`` writes ``coverage.md``.

Datasets are drawn from a population of artists (`benchmarks/population.py`), and the project's own functions give
intervals of scores, and test two models that are equally good. A cell is one kind of dataset and evaluation. *Covered*
is the share of datasets whose 95 % interval holds the true score: it should be .93 or more. *False alarms* is the share
in which the test at 5 % tells the two models apart: it should be .06 or less. Cells that come near a line are drawn
anew, and more often: `n` says how often.
"""

import datetime
import inspect
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from scipy.sparse import csr_array
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from benchmarks import fitted, leak, population
from benchmarks.clips import describe_machine
from benchmarks.population import Cell, K, draw
from benchmarks.tables import markdown
from pipeline.evaluation.compare import SIGNIFICANCE, difference_interval, sign_flip_test
from pipeline.evaluation.interval import FEWEST_GROUPS, FEWEST_OF_A_GENRE, overall_interval
from pipeline.evaluation.score import intervals, metrics

PAGE = Path(__file__).with_name("coverage.md")
METRICS = ("accuracy", "balanced_accuracy", "macro_f1", "mcc", "kappa")
LEAST_COVERED, MOST_ALARMS = 0.93, 0.06
NEAR = 0.01
"""What lies within this of its line is drawn more often."""
AT_ONCE = 2_000_000
"""Answers drawn at once."""
OTHER_RIGHT = {"rare genres easy": (0.5, 0.6, 0.7, 0.85, 0.95), "rare genres hopeless": (0.9, 0.8, 0.6, 0.2, 0.05)}


def cells(tracks: Sequence[int] = (60, 120, 400, 1000)) -> list[Cell]:
    """Return all cells: policies, sizes, tracks an artist, shares of genres, repeats; a holdout is met once."""
    drawn = product(("track", "artist", "predefined"), tracks, (1, 2, 5), population.SHARES, (1, 5, 20))
    held = product(("holdout",), tracks, (1, 2, 5), population.SHARES, (1,))
    return [Cell(*options) for options in (*drawn, *held)]


def other_cells() -> list[Cell]:
    """Return cells of populations in which rare genres are much easier, or much harder."""
    return [
        Cell("artist", tracks, per_artist, "60/25/10/3/2", 5, right)
        for right in OTHER_RIGHT.values()
        for tracks in (120, 400, 1000)
        for per_artist in (1, 5)
    ]


def measure(cell: Cell, n: int, rng: np.random.Generator) -> dict:
    """Return what intervals and tests hold in `n` datasets of a cell.

    Returns
    -------
    dict
        the cell; ``n``; ``units``, the median number that was tested; by metric, and for ``difference``, the share
        ``covered`` of the datasets that have an interval, ``told``, the share that have one, and ``width``, its mean;
        ``alarms``
    """
    held = {name: [] for name in (*METRICS, "difference")}
    units, alarms, left = [], 0, n
    while left:
        some = min(left, max(AT_ONCE // (cell.tracks * cell.repeats), 1))
        drawn = draw(cell, some, rng)
        truths = metrics(drawn.truth, K)
        for i, sums in enumerate(drawn.sums):
            tested = sums.any(axis=1)
            sums, other = sums[tested], drawn.others[i][tested]
            units.append(len(sums))
            if not len(sums):  # so few artists that none is held out
                continue
            for name, bounds in intervals(csr_array(sums), K).items():
                held[name].append((*bounds, truths[name][i]))
            differences = sums[:, :K].sum(axis=1) - other
            held["difference"].append((*difference_interval(differences, sums[:, K : 2 * K].sum(axis=1)), 0.0))
            alarms += sign_flip_test(differences) < SIGNIFICANCE
        left -= some
    row = {**asdict(cell), "n": n, "units": int(np.median(units)), "alarms": alarms / n}
    for name, found in held.items():
        low, high, truth = np.array(found, dtype=float).reshape(-1, 3).T
        told = np.isfinite(low)
        inside = (low <= truth + 1e-12) & (truth <= high + 1e-12)
        row |= {
            (name, "told"): told.sum() / n,
            (name, "covered"): inside[told].mean() if told.any() else np.nan,
            (name, "width"): (high - low)[told].mean() if told.any() else np.nan,
        }
    return row


def measure_all(chosen: Sequence[Cell], n: int, more: int, seed: int = 0) -> pd.DataFrame:
    """Measure cells, those near a line by `more` datasets of their own."""
    return pd.DataFrame([measure_well(cell, n, more, (seed, number)) for number, cell in enumerate(chosen)])


def measure_well(cell: Cell, n: int, more: int, seed: tuple[int, int]) -> dict:
    """Measure a cell, and where that comes near a line, by `more` datasets of their own instead."""
    row = measure(cell, n, np.random.default_rng([*seed, 0]))
    near = worst(row) < LEAST_COVERED + NEAR or row["alarms"] > MOST_ALARMS - NEAR
    return measure(cell, more, np.random.default_rng([*seed, 1])) if near and more > n else row


def worst(row: dict | pd.Series) -> float:
    """Return the least share covered of any metric that has intervals."""
    return np.nanmin([row[name, "covered"] for name in (*METRICS, "difference")] + [1.0])


def small_holdouts(numbers: Sequence[int] = (6, 12, 20, 40)) -> pd.DataFrame:
    """Return what the interval of one answer a track covers, computed without drawing, over all accuracies."""
    rows = []
    for n in numbers:
        bounds = []
        for right in range(n + 1):
            answers = np.repeat([1.0, 0.0], [right, n - right])
            bounds.append(overall_interval(right / n, (right - answers) / (n - 1), 1 / n))
        low, high = np.array(bounds).T
        truths = np.linspace(0.2, 0.98, 157)[:, None]
        inside = (low <= truths) & (truths <= high)
        covered = (binom.pmf(np.arange(n + 1), n, truths) * inside).sum(axis=1)
        both = [f"{low[right]:.2f} to {high[right]:.2f}" for right in (n // 2, n - 1, n)]
        rows.append(
            (n, _share(covered.mean()), _share(covered.min()), f"{np.mean(covered < LEAST_COVERED):.0%}", *both)
        )
    names = ["tracks", "covered, mean", "least", "accuracies below .93", "half right", "all but one", "all right"]
    return pd.DataFrame(rows, columns=names)


def laid_out(found: pd.DataFrame) -> pd.DataFrame:
    """Return measured cells as a person reads them."""
    columns = {
        "tracks": found["tracks"],
        "an artist": found["per_artist"],
        "genres": found["shares"],
        "repeats": found["repeats"],
        "tested": found["units"],
    }
    for name, title in zip((*METRICS, "difference"), (*METRICS[:3], "MCC", "kappa", "difference"), strict=True):
        columns[title.replace("_", " ")] = [_covered(row, name) for _, row in found.iterrows()]
    return pd.DataFrame({**columns, "false alarms": found["alarms"].map(_share), "n": found["n"]})


def _covered(row: pd.Series, name: str) -> str:
    if not row[name, "told"]:
        return "too few"
    told = "" if row[name, "told"] > 0.995 else f" ({row[name, 'told']:.0%} told)"
    return f"{_share(row[name, 'covered'])} ± {row[name, 'width'] / 2:.2f}{told}"


def _share(value: float) -> str:
    return f"{value:.3f}".lstrip("0")


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return, by policy, the worst of its cells."""
    rows = []
    for policy, of_policy in found.groupby("policy", sort=False):
        columns = {"policy": policy, "cells": len(of_policy)}
        for name in (*METRICS, "difference"):
            told = of_policy[of_policy[name, "told"] > 0] if len(of_policy) else of_policy
            least = told[(name, "covered")].min()
            columns[f"{name}, least covered"] = f"{_share(least)} of {len(told)} told"
        columns["most false alarms"] = _share(of_policy["alarms"].max())
        rows.append(columns)
    return pd.DataFrame(rows)


def _parts(n: int, more: int, seed: int) -> Iterator[str]:
    started = time.process_time()
    found = measure_all(cells(), n, more, seed)
    yield f"## The worst cells\n\n{markdown(summary(found))}"
    yield (
        "## Where the line lies\n\n"
        f"No interval is told of fewer than {FEWEST_GROUPS} groups; of balanced accuracy and macro-F1 none where a "
        f"genre has fewer than {FEWEST_OF_A_GENRE}. Groups of unlike sizes count as fewer (Kish). *Too few* is that "
        "line: there the exports have empty cells, and sentences say so.\n"
    )
    yield f"## The population\n\n{inspect.getdoc(population)}\n"
    for policy, of_policy in found.groupby("policy", sort=False):
        yield (
            f"## {policy}\n\n*Tested*: tracks or artists, the median. Share covered ± half the mean width.\n\n"
            f"{markdown(laid_out(of_policy))}"
        )
    others = measure_all(other_cells(), n, more, seed + 1)
    named = [next(name for name, right in OTHER_RIGHT.items() if right == of_row) for of_row in others["right"]]
    table = laid_out(others)
    table.insert(0, "population", named)
    yield f"## Other populations, under artist\n\n{markdown(table)}"
    yield (
        "## Small holdouts\n\nOne answer a track, computed for 157 true accuracies from .2 to .98. Bounds never fall "
        f"when one more is right.\n\n{markdown(small_holdouts())}"
    )
    yield f"## The leak gap\n\n{inspect.getdoc(leak)}\n\n{markdown(leak.measure(n, seed))}"
    yield f"## With real fits\n\n{inspect.getdoc(fitted)}\n\n{markdown(fitted.measure(max(n // 6, 2), seed))}"
    yield f"All of it took {(time.process_time() - started) / 60:.0f} minutes of one core.\n"


def main(datasets: int = 400, more: int = 2000, seed: int = 0) -> None:
    """Measure everything, print the tables and write the page."""
    text = [
        f"# Coverage\n\n{inspect.getdoc(sys.modules[__name__])}\n\n"
        f"{datetime.date.today().isoformat()}, {datasets} datasets a cell, {more} of those near a line; "
        f"{describe_machine()}.\n"
    ]
    with threadpool_limits(1):
        for part in _parts(datasets, more, seed):
            typer.echo(part)
            text.append(part)
    PAGE.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
