"""What sets genres apart, where the truth is known; ``python -m benchmarks.contrasts`` writes ``contrasts.md``.

Artists of each genre have features that go together (a correlation of .5), and tracks stand about their artist (an
intraclass correlation of .4). *Nothing*: genres differ in none of 20 features; told is the share of datasets in which
any of all genres times features has a false-discovery rate below .05, which should be .05 at most. *Something*: genre 0
has one standard deviation more of five features, genre 1 two less of three others; *false* is the share of discoveries
that are none, which should be .05 at most too, *found* the share of these eight that are discovered, and *covered* how
often the 95 % interval of Cliff's delta holds its true value, over all genres and features (`contrast.py`).

*Overlap*: two of six genres that are `apart` standard deviations from each other, in one of so many features, share so
much in truth, and so much is told on average (`overlap.py`).
"""

import datetime
import inspect
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown
from pipeline.evaluation import Samples, contrast_genres, overlap_genres

PAGE = Path(__file__).with_name("contrasts.md")
N_FEATURES, OF_ARTIST, TOGETHER = 20, 0.4, 0.5
CELLS = ((4, 5, 4), (4, 10, 1), (4, 10, 5), (10, 10, 1), (10, 30, 3), (3, 5, 1), (10, 5, 1))
"""Genres, artists of a genre, tracks of an artist."""
MORE, LESS = (0, slice(0, 5), 1.0), (1, slice(5, 8), -2.0)


def draw(
    rng: np.random.Generator, n_genres: int, n_artists: int, n_tracks: int, shift: np.ndarray, of_artist: float
) -> Samples:
    """Return tracks whose features have the means `shift` [shape=(n_genres, p)], and variance 1."""
    artist = np.repeat(np.arange(n_genres * n_artists), n_tracks)
    y, n, p = artist // n_artists, len(artist), shift.shape[1]

    def noise(size: int) -> np.ndarray:
        common = rng.standard_normal((size, 1))
        return np.sqrt(TOGETHER) * common + np.sqrt(1 - TOGETHER) * rng.standard_normal((size, p))

    about = np.sqrt(of_artist) * noise(artist[-1] + 1)[artist]
    X = shift[y] + about + np.sqrt(1 - of_artist) * noise(n)
    rows = pd.DataFrame({"track": np.arange(n), "group": np.arange(n), "artist": artist, "predefined": ""})
    names, genres = tuple(f"f{i}" for i in range(p)), tuple(f"{i}" for i in range(n_genres))
    return Samples("made", 30.0, names, genres, X, y, rows, policy="artist")


def true_deltas(shift: np.ndarray) -> np.ndarray:
    """Return each genre's Cliff's delta against all others together, of normal features [shape=(n_genres, p)]."""
    apart = shift[:, None] - shift[None]
    return (2 * ndtr(apart / np.sqrt(2)) - 1).sum(axis=1) / (len(shift) - 1)


def contrast_rows(n_datasets: int, rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """Yield a row a cell: how often something is told where there is nothing, and what holds where there is."""
    for cell in CELLS:
        nothing = np.zeros((cell[0], N_FEATURES))
        something = nothing.copy()
        for genre, features, by in (MORE, LESS):
            something[genre, features] = by
        deltas = true_deltas(something)
        told, false, discovered, covered = [], [], [], []
        for _ in range(n_datasets):
            found = contrast_genres(draw(rng, *cell, nothing, OF_ARTIST))
            told.append((found["q_value"] < 0.05).any())
            found = contrast_genres(draw(rng, *cell, something, OF_ARTIST))
            places = found["genre"].astype(int), found["feature"].str[1:].astype(int)
            truth, meant = deltas[places], something[places] != 0
            discoveries = (found["q_value"] < 0.05).to_numpy()
            false.append((discoveries & (np.abs(truth) < 1e-9)).sum() / max(discoveries.sum(), 1))
            discovered.append((discoveries & meant).sum() / meant.sum())
            bounds = found[["ci_low", "ci_high"]].to_numpy()
            covered.append(((bounds[:, 0] <= truth) & (truth <= bounds[:, 1]))[~np.isnan(bounds[:, 0])].mean())
        yield dict(zip(("genres", "artists", "tracks"), cell, strict=True)) | {
            "nothing: told": np.mean(told), "something: false": np.mean(false), "something: found": np.mean(discovered),
            "covered": np.nanmean(covered), "n": n_datasets,
        }  # fmt: skip


def overlap_rows(n_datasets: int, rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """Yield a row a size, number of features and distance: what two genres share, and what is told."""
    for n_tracks in (10, 30, 100):
        for n_features in (3, 20, 57):
            for apart in (0.0, 1.0, 3.0):
                shift = np.zeros((6, n_features))
                shift[1, 0] = apart
                told = [overlap_genres(draw_alone(rng, n_tracks, shift)).iloc[0]["overlap"] for _ in range(n_datasets)]
                yield {
                    "tracks a genre": n_tracks, "features": n_features, "apart": apart, "shared": 2 * ndtr(-apart / 2),
                    "told": np.mean(told), "n": n_datasets,
                }  # fmt: skip


def draw_alone(rng: np.random.Generator, n_tracks: int, shift: np.ndarray) -> Samples:
    """Return tracks by as many artists, whose features don't go together."""
    drawn = draw(rng, len(shift), n_tracks, 1, shift, 0.0)
    drawn.X[:] = shift[drawn.y] + rng.standard_normal(drawn.X.shape)
    return drawn


def main(datasets: int = 300, seed: int = 0) -> None:
    """Measure all cells, print the tables and write the page."""
    rng = np.random.default_rng(seed)
    with threadpool_limits(1):
        contrasts = pd.DataFrame(contrast_rows(datasets, rng)).round(3)
        overlaps = pd.DataFrame(overlap_rows(max(datasets // 10, 1), rng)).round(2)
    about = inspect.cleandoc(__doc__ or "")
    made = f"{datetime.date.today()}; {describe_machine()}"
    parts = ("# What sets genres apart", about, made, markdown(contrasts), "## Overlap", markdown(overlaps))
    text = "\n\n".join(parts) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
