"""A track's vote by the mean of its rows' probabilities against their geometric mean; ``python -m benchmarks.vote``.

The geometric mean is the project's vote, `pipeline/evaluation/vote.py`. Models learn from three quarters of the tracks
and vote on the others, several times over. *Made*: eight genres of 50 tracks of ten rows, each
the sum of what genre, track and row add. A table of six-second rows with ``file_name`` and ``genre_y`` is taken besides
where it is named. Differences are of right tracks in points, with their standard error over the splits.
"""

import datetime
import inspect
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.evaluation.vote import pool
from pipeline.models import build
from pipeline.splits import train_test_split

MODELS = ("logistic_regression", "knn_3", "random_forest", "svm_rbf", "gradient_boosting")
PAGE = Path(__file__).with_name("vote.md")


def main(table: str = "", splits: int = 8) -> None:
    """Compare the two votes, print the table and write the page."""
    sources = {"made": _make(np.random.default_rng(0))} | ({"six seconds": _read(table)} if table else {})
    with threadpool_limits(1):
        rows = [
            (name, model, *_compare(*source, model, splits)) for name, source in sources.items() for model in MODELS
        ]
    columns = ["rows", "model", "mean", "geometric mean", "mean is better by, points"]
    told = f"{datetime.date.today().isoformat()}, {splits} splits; {describe_machine()}."
    laid_out = markdown(pd.DataFrame(rows, columns=columns))
    text = f"# The vote\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n\n{laid_out}"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def average(probabilities: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """Return the mean of the probabilities of each track's rows."""
    summed = np.column_stack([np.bincount(tracks, of_genre) for of_genre in probabilities.T])
    return summed / np.bincount(tracks)[:, None]


def _compare(X: np.ndarray, y: np.ndarray, track: np.ndarray, model: str, splits: int) -> tuple[str, str, str]:
    right = []
    for repeat in range(splits):
        train, test = train_test_split(track, y, 0, repeat)
        probabilities = build(model, 0).fit(X[train], y[train]).predict_proba(X[test])
        _, first, code = np.unique(track[test], return_index=True, return_inverse=True)
        votes = (average(probabilities, code), pool(probabilities, code))
        right.append([np.mean(vote.argmax(axis=1) == y[test][first]) for vote in votes])
    mean, log = 100 * np.array(right).T
    error = (mean - log).std(ddof=1) / np.sqrt(splits)
    return f"{mean.mean():.1f} %", f"{log.mean():.1f} %", f"{(mean - log).mean():+.2f} ± {error:.2f}"


def _make(rng: np.random.Generator, genres: int = 8, tracks: int = 400, rows: int = 10, features: int = 12):
    genre = np.arange(tracks) % genres
    centre = rng.normal(0, 0.7, (genres, features))[genre] + rng.normal(0, 0.8, (tracks, features))
    of_track = np.repeat(np.arange(tracks), rows)
    return centre[of_track] + rng.normal(0, 1, (len(of_track), features)), genre[of_track], of_track


def _read(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = pd.read_csv(path)
    track = pd.factorize(table["file_name"].str.replace(r"_segment_\d+.*", "", regex=True))[0]
    return table.select_dtypes("number").to_numpy(float), pd.factorize(table["genre_y"], sort=True)[0], track


if __name__ == "__main__":
    typer.run(main)
