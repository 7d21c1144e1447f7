"""What chances and sets of genres hold where the truth is known; ``python -m benchmarks.promise``.

*Made*: five genres, each a place; artists stand about it, and tracks about their artist. A model learns from a dataset
of so many tracks; its chances and sets are made as in stage 06, out of fold by artist. Then 2,000 tracks by new artists
are met. *Covered* is the share of them, genres weighing alike, whose set holds their genre, to be 90 %, or more where a
model is right more often; *error* the
expected calibration error of their chances, and of the votes before. A feature table with metadata of artists is
taken besides where it is named: a fifth of the artists is met after all others were learned from, five times; each
artist of a genre weighs the same.
"""

import datetime
import inspect
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.evaluation.calibrate import calibrate
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.out_of_fold import answer_out_of_fold, deal
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.tally import Answers, count
from pipeline.models import FittedModel
from pipeline.splits import artist_key, find_policy, join

PAGE = Path(__file__).with_name("promise.md")
MODELS = ("logistic_regression", "random_forest", "knn_3")
SIZES = ((75, 1), (100, 1), (200, 1), (200, 2), (400, 1), (400, 5), (1000, 1), (1000, 5))
"""Tracks, and tracks an artist."""
GENRES = tuple("abcde")
N_NEW = 2000
SHARES = ("covered", "error", "error of votes", "accuracy", "accuracy of votes")


def main(table: str = "", metadata: str = "", draws: int = 10) -> None:
    """Measure, print the tables and write the page."""
    with threadpool_limits(1):
        parts = [markdown(pd.DataFrame(list(_made(draws))))]
        if table:
            parts.append(markdown(pd.DataFrame(list(_real(read_table(table, metadata))))))
    told = f"{datetime.date.today().isoformat()}, {draws} draws; {describe_machine()}."
    text = "\n\n".join(["# The promise", inspect.getdoc(sys.modules[__name__]) or "", told, *parts])
    typer.echo(text)
    PAGE.write_text(text + "\n", encoding="utf-8")


def make_population(n_tracks: int, per_artist: int, rng: np.random.Generator, *, n_features: int = 8) -> Samples:
    """Return tracks of `GENRES`, as many of each."""
    places = np.random.default_rng(1).normal(0, 0.75, (len(GENRES), n_features))
    artist = np.arange(n_tracks) // per_artist
    y = artist % len(GENRES)
    X = (
        places[y]
        + rng.normal(0, 0.8, (artist.max() + 1, n_features))[artist]
        + rng.normal(0, 0.8, (n_tracks, n_features))
    )
    return _samples(X, y, artist, GENRES)


def promised(samples: Samples, model: str, new: Samples, seed: int) -> dict[str, Any]:
    """Make chances and sets of a dataset, and meet new tracks."""
    champion = FittedModel(model, "test-v1", 30.0, "artist", samples.features, samples.genres,
                           fit(model, samples, seed).estimator, len(samples), 0.5)  # fmt: skip
    answers = answer_out_of_fold(champion, samples, seed)
    chance, tables = calibrate(answers, samples.genres, find_policy("artist"), seed)
    if chance is None:
        raise ValueError(f"{len(np.unique(answers.units))} artists are too few")
    met = predict(champion.estimator, new, np.arange(len(new)))["track"]
    chances = chance.of(met.probabilities)
    sets = [chance.genre_set(row) for row in chances]
    held = np.array([samples.genres[y] in inside for y, inside in zip(met.actual, sets, strict=True)])
    known = np.isfinite(chance.thresholds)[met.actual]
    return {
        "method": str(tables["calibration"].query("chosen")["method"].iloc[0]),
        "covered": float(np.mean([_by_group(held, met.groups, (met.actual == g) & known)
                                  for g in np.unique(met.actual[known])])),
        "genres a set": float(np.mean([len(inside) for inside in sets])),
        "chances": chances,
        "votes": met.probabilities,
        "actual": met.actual,
        "accuracy": float((chances.argmax(axis=1) == met.actual).mean()),
        "accuracy of votes": float((met.probabilities.argmax(axis=1) == met.actual).mean()),
    }  # fmt: skip


def read_table(table: str, metadata: str) -> Samples:
    """Read a feature table of a row a track, and its artists."""
    rows, about = pd.read_csv(table), pd.read_csv(metadata)
    artists = about.assign(key=about["file"].map(lambda name: Path(name).stem)).set_index("key")["artist"]
    names = rows["filename"].map(lambda name: Path(name).stem)
    known = names.map(artists).map(artist_key).astype(object)
    y, genres = pd.factorize(rows["label"], sort=True)
    X = rows.drop(columns=["filename", "length", "label"]).to_numpy(dtype=float)
    same = pd.DataFrame(X).groupby(list(range(X.shape[1]))).ngroup()
    return _samples(X, y, join(same.to_numpy(), known.where(known.notna(), None).to_numpy()), tuple(genres))


def _samples(X: np.ndarray, y: np.ndarray, artist: np.ndarray, genres: tuple[str, ...]) -> Samples:
    track = np.arange(len(y))
    columns = {"track_id": [f"t{i}" for i in track], "start_s": 0.0, "holdout": False, "track": track, "group": track}
    rows = pd.DataFrame(columns | {"artist": artist, "artist_known": True, "predefined": "train"})
    return Samples("test-v1", 30.0, tuple(f"f{i}" for i in range(X.shape[1])), genres, X, y, rows, policy="artist")


def _made(draws: int) -> Iterator[dict[str, object]]:
    for (n_tracks, per_artist), model in tqdm(list(product(SIZES, MODELS)), unit="cell"):
        found = []
        for draw in range(draws):
            rng = np.random.default_rng([draw, n_tracks, per_artist])
            samples, new = make_population(n_tracks, per_artist, rng), make_population(N_NEW, 1, rng)
            found.append(promised(samples, model, new, draw))
        yield {"tracks": n_tracks, "an artist": per_artist, "model": model} | _told(found)


def _real(samples: Samples) -> Iterator[dict[str, object]]:
    folds = deal(samples.units, samples.y, 5, 0)
    for model in (*MODELS, "svm_rbf"):
        found = [promised(samples.where(folds != fold), model, samples.where(folds == fold), 0) for fold in range(5)]
        yield {"model": model} | _told(found, pooled=True)


def _told(found: list[dict[str, Any]], *, pooled: bool = False) -> dict[str, object]:
    """Return the means over draws; the errors of parts of one dataset are those of all of its tracks together."""
    frame = pd.DataFrame(found)
    numbers = frame.drop(columns=["method", "chances", "votes", "actual"]).mean()
    together = [found] if pooled else [[each] for each in found]
    for name, of in (("error", "chances"), ("error of votes", "votes")):
        numbers[name] = np.mean(
            [_error(*(np.concatenate([each[key] for each in part]) for key in (of, "actual"))) for part in together]
        )
    shares = {name: f"{numbers[name]:.1%}" for name in SHARES}
    return shares | {"genres a set": f"{numbers['genres a set']:.1f}", "method": frame["method"].mode().iloc[0]}


def _by_group(held: np.ndarray, groups: np.ndarray, of_genre: np.ndarray) -> float:
    return float(pd.Series(held[of_genre]).groupby(groups[of_genre]).mean().mean())


def _error(chances: np.ndarray, actual: np.ndarray) -> float:
    rows = np.arange(len(actual))
    counted = count([Answers(rows, rows, actual, chances.argmax(axis=1), chances.max(axis=1))], chances.shape[1])
    return float(np.abs(np.asarray(counted.gaps.sum(axis=0))).sum() / len(actual))


if __name__ == "__main__":
    typer.run(main)
