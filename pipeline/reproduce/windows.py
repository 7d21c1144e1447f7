"""30-second tracks against 3-second segments: the shape of the published table, on other music."""

from pipeline.evaluation import Samples
from pipeline.reproduce.bench import WINDOWS_S, Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import honest_scores
from pipeline.reproduce.words import leak
from pipeline.sources.demo import write_demo

MUSIC = "gtzan-mini/genres"
METADATA = "tables/gtzan_metadata.csv"
MODELS = ("logistic_regression", "knn_3", "random_forest")


def of_gtzan_mini(bench: Bench) -> list[Reproduced]:
    """Reproduce the table on a hundred clips of GTZAN."""
    return lay_out(bench.bring_music("gtzan-mini", bench.data / MUSIC, bench.data / METADATA), bench)


def of_demo(bench: Bench) -> list[Reproduced]:
    """Reproduce the table on the synthetic demo corpus."""
    return lay_out(bring_demo(bench), bench)


def bring_demo(bench: Bench) -> list[Samples]:
    """Return the rows of the demo corpus, which is made if need be."""
    n_tracks = bench.settings.demo_tracks
    folder = bench.settings.home / "demo" / f"{n_tracks}-a-genre"
    write_demo(folder, tracks_per_genre=n_tracks, jobs=bench.jobs)
    return bench.bring_music("demo", folder, folder / "metadata.csv")


def lay_out(samples: list[Samples], bench: Bench) -> list[Reproduced]:
    """Score three models on the means, as published, with rows shuffled 75/25 and with tracks kept whole."""
    rows = []
    for window in samples:
        means = window.means_only()
        shuffled, whole = (honest_scores(means, MODELS, policy, bench) for policy in ("random", "track"))
        for model in MODELS:
            for subset in ("train", "test"):
                same, ours = shuffled.loc[(model, subset)], whole.loc[(model, subset)]
                rows.append(
                    Reproduced(f"{window.window_s:g} s", model, subset,
                               same_way=same["honest"], same_low=same["ci_low"], same_high=same["ci_high"], **ours,
                               why=why(window.window_s, model, subset, same["honest"], ours["honest"]))
                )  # fmt: skip
    return rows


def why(window_s: float, model: str, subset: str, shuffled: float, honest: float) -> str:
    """Say what a row of the table shows."""
    if subset == "train":
        return f"on the rows that it was fitted on {model} says {honest:.2f}, which tells of its memory only"
    if window_s == WINDOWS_S[0]:
        return "one row a track: shuffled rows are whole tracks already, so both ways agree but for the draw"
    return leak(shuffled, honest, "the track", "its other segments are in training")
