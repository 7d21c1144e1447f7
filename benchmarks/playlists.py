"""Playlists: how fast tracks are found, whether reasons are true, and whether hidden tracks of playlists are found.

``python -m benchmarks.playlists --dataset NAME --playlists CSV``; the dataset is one that is catalogued, as by
``genrelab run --table CSV --dataset NAME --to extract``. Times are of one core, of 30 points
after one to warm up.
"""

import datetime
import inspect
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.tables import markdown, spread
from pipeline.playlist import Space, Wish, load_space, make_playlist
from pipeline.playlist import continuation as found
from pipeline.playlist.choose import nearest
from pipeline.playlist.gathered import read_playlists
from pipeline.playlist.learned import say_weights, weigh
from pipeline.playlist.truth import measure_truth
from pipeline.store import connect

PAGE = Path(__file__).with_name("playlists.md")
SIZES = ((100_000, 13), (100_000, 57), (100_000, 107))
POINTS, LENGTH, SEEDS = 30, 20, 40

ABOUT_REASONS = """
Of each track of {lists} lists of ten: how many ranks it moves among all tracks when the features that its reason names
are taken away, and when as many are that are drawn at random (the mean of twenty draws). A reason is true where the
first is at least twice the second.
"""
ABOUT_CONTINUATION = """
{notes} {weights}

Means over playlists; `others` leaves the artists of the seeds out, of what is ranked and of what is hidden.
*sound* is the plain distance, *sound, learned* has weights learned from other playlists, *same genre* draws from the
genre of most seeds. These labels come from the playlists themselves, so that baseline knows more than it should.
"""
ABOUT_OTHERS = """
What sound alone can't reach: who plays together with whom, in a million playlists, gives an R-precision of .22 (winners
of the RecSys Challenge 2018, by collaborative filtering), on another collection and with more hidden tracks. What
neighbours by sound reach elsewhere: sonara's own test on 210 tracks has a precision@10 of .212, and .231 with learned
weights; it counts labels, and no playlists.
"""


def main(dataset: str = "", playlists: str = "", repeats: int = 5) -> None:
    """Measure, print the tables and write the page."""
    told = f"{datetime.date.today().isoformat()}; {describe_machine()}."
    parts = [f"# Playlists\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n"]
    with threadpool_limits(1):
        parts += ["## Exact search", markdown(pd.DataFrame([_time(*size) for size in SIZES]))]
        truths = {"made": _truth(_made(5_000, 13), "made")}
        if dataset:
            space = load_space(connect(), dataset)
            truths["playlists' tracks"] = _truth(space, dataset)
        parts += ["## Reasons", ABOUT_REASONS.strip().format(lists=SEEDS), markdown(_tell(truths))]
        if dataset:
            parts += _continuation(space, Path(playlists), repeats)
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def _made(n: int, p: int) -> Space:
    """Return tracks of twenty genres that differ in a third of the features, each artist with five of them."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(20, p)) * (rng.random((20, p)) < 1 / 3) * 1.5
    values = centres[rng.integers(20, size=n)] + rng.normal(size=(n, p))
    names = [f"track {i}" for i in range(n)]
    about = {"track_id": names, "title": names, "artist": [f"artist {i // 5}" for i in range(n)], "recording": names}
    return Space.of(pd.DataFrame(about | {"genre": "any", "path": None}), [f"f{i}" for i in range(p)], values)


def _time(n: int, p: int) -> dict[str, object]:
    space = _made(n, p)
    everything = np.ones(n, dtype=bool)
    search, whole = [], []
    for i in range(POINTS + 1):
        point = space.z[i] + 0.1
        start = time.perf_counter()
        nearest(space.squared_distances(point), everything, LENGTH)
        search.append(time.perf_counter() - start)
        start = time.perf_counter()
        make_playlist(space, Wish(like=(f"track {i}",), length=LENGTH, adventure=0.3))
        whole.append(time.perf_counter() - start)
    return {
        "tracks": f"{n:,}",
        "features": p,
        "search, ms (median; range)": spread(1000 * np.array(search[1:]), 0),
        "whole playlist, ms": spread(1000 * np.array(whole[1:]), 0),
        "values, MB": f"{space.z.nbytes / 1e6:.0f}",
    }


def _truth(space: Space, name: str) -> pd.DataFrame:
    rows = np.random.default_rng(0).choice(len(space), SEEDS, replace=False)
    ids = space.tracks["track_id"].iloc[rows]
    return measure_truth(space, [make_playlist(space, Wish(like=(seed,), length=10)) for seed in ids])


def _tell(truths: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = [
        {
            "tracks of": name,
            "reasons": len(truth),
            "features named": f"{truth['n_features'].mean():.1f}",
            "ranks without them": f"{truth['named'].mean():.0f}",
            "without random ones": f"{truth['random'].mean():.0f}",
            "ratio": f"{truth['named'].mean() / truth['random'].mean():.1f}",
            "twice as far, one by one": f"{(truth['named'] >= 2 * truth['random']).mean():.0%}",
        }
        for name, truth in truths.items()
    ]
    return pd.DataFrame(rows)


def _continuation(space: Space, playlists: Path, repeats: int) -> list[str]:
    gathered = read_playlists(playlists, space)
    result = found.continue_playlists(space, gathered.rows, repeats=repeats)
    notes = "; ".join(gathered.notes) + "."
    about = ABOUT_CONTINUATION.strip().format(notes=notes, weights=say_weights(weigh(space, gathered.rows)))
    shown = result.means[["method", "artists", *found.METRICS, "diversity", "artist_coverage", "n"]].round(4)
    differences = result.differences.assign(
        metric=result.differences["metric"].map(found.METRICS),
        **{
            "difference, 95 %": [
                f"{row.difference:+.4f} ({row.ci_low:+.4f} to {row.ci_high:+.4f})"
                for row in result.differences.itertuples()
            ],
            "above 0": np.where(result.differences["ci_low"] > 0, "yes", "not shown"),
        },
    )[["method", "than", "artists", "metric", "difference, 95 %", "above 0"]]
    return ["## Continuation", about, markdown(shown), markdown(differences), ABOUT_OTHERS]


if __name__ == "__main__":
    typer.run(main)
