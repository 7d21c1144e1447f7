"""30-second tracks against 3-second segments: the shape of the published table, on other music."""

import pandas as pd

from pipeline.evaluation import Samples
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import honest_scores
from pipeline.reproduce.published import read_published
from pipeline.reproduce.words import leak
from pipeline.sources.demo import write_demo

MUSIC = "gtzan-mini/genres"
METADATA = "tables/gtzan_metadata.csv"
FMA = "fma"
MODELS = ("logistic_regression", "knn_3", "random_forest")
WHOLE = "30 s"


def of_gtzan_mini(bench: Bench) -> list[Reproduced]:
    """Reproduce the table on a hundred clips of GTZAN."""
    return lay_out(bench.bring_music("gtzan-mini", bench.data / MUSIC, bench.data / METADATA), bench)


def of_fma(bench: Bench) -> list[Reproduced]:
    """Reproduce the table on the published music, eight genres of the Free Music Archive."""
    return lay_out(bring_fma(bench), bench)


def of_demo(bench: Bench) -> list[Reproduced]:
    """Reproduce the table on the synthetic demo corpus."""
    return lay_out(bring_demo(bench), bench)


def bring_fma(bench: Bench) -> list[Samples]:
    """Return the rows of a folder of music of the Free Music Archive."""
    return bench.bring_music("fma", bench.data / FMA)


def bring_demo(bench: Bench) -> list[Samples]:
    """Return the rows of the demo corpus, which is made if need be."""
    n_tracks = bench.settings.demo_tracks
    folder = bench.settings.home / "demo" / f"{n_tracks}-a-genre"
    write_demo(folder, tracks_per_genre=n_tracks, jobs=bench.jobs)
    return bench.bring_music("demo", folder, folder / "metadata.csv")


def lay_out(samples: list[Samples], bench: Bench) -> list[Reproduced]:
    """Score three models on the means, as published, with rows shuffled 75/25 and with tracks kept whole."""
    names, scored = [f"{window.window_s:g} s" for window in samples], []
    for name, window in zip(names, samples, strict=True):
        both = [honest_scores(window.means(), MODELS, policy, bench) for policy in ("random", "track")]
        scored.append(pd.concat(both, keys=("random", "track"), names=["policy"]).assign(rows=name))
    scores = pd.concat(scored).set_index("rows", append=True).reorder_levels(["policy", "rows", "model", "subset"])
    published = read_published("windows").set_index(["rows", "model", "subset"])["value"]
    return [
        Reproduced(
            rows,
            model,
            subset,
            same_way=scores.loc[("random", rows, model, subset), "honest"],
            **scores.loc[("track", rows, model, subset)],
            why=why((rows, model, subset), published, scores),
        )
        for rows, model, subset in published.index
        if rows in names
    ]


def why(row: tuple[str, str, str], published: pd.Series, ours: pd.DataFrame) -> str:
    """Say what a row of the table shows.

    Parameters
    ----------
    row : tuple of str
        rows, model, subset
    published : pd.Series
        accuracies by such a row
    ours : pd.DataFrame
        ``honest, ci_low, ci_high`` by policy and such a row
    """
    name, model, subset = row
    if subset == "train":
        fitted = ours.loc[("track", *row), "honest"]
        return f"{fitted:.2f} on the rows that it was fitted on: that tells of the model's memory only"
    if name == WHOLE:
        return "one row a track, so shuffled rows are whole tracks already; the level is the other music's"
    values, whole = ours["honest"], (WHOLE, model, subset)
    gap = leak(values["random"][row], ours.loc[("track", *row)], "the track", "its other segments are in training")
    if whole not in values["track"]:
        return gap
    gains = [of[row] - of[whole] for of in (published, values["random"], values["track"])]
    risen = "from 30 s to 3 s the published score moves {:+.0f} points, ours {:+.0f} shuffled and {:+.0f} honestly"
    return f"{gap}; {risen.format(*(100 * gain for gain in gains))}"
