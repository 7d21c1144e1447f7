"""Six-second segments: how much of a shuffled score is recognising the clip."""

import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation import Samples
from pipeline.models import build
from pipeline.random_streams import seed_of
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import honest_scores, shuffled_folds
from pipeline.reproduce.published import read_published
from pipeline.reproduce.words import against, leak

TABLE = "tables/six_second_segments.csv"
MODELS = ("knn_3", "random_forest", "svm_rbf")
N_FOLDS = 4


def reproduce(bench: Bench) -> list[Reproduced]:
    """Reproduce the three models: four folds of shuffled rows, and clips kept whole."""
    samples = bench.bring_table("six-seconds", bench.data / TABLE)
    published = read_published("six_seconds").set_index("model")["value"]
    honest = honest_scores(samples, MODELS, "track", bench)
    nearest = share_of_own_clip(samples, bench.seed)
    rows = []
    for model in MODELS:
        same, ours = shuffled_folds(build(model, bench.seed), samples, N_FOLDS, bench), honest.loc[(model, "test")]
        why = leak(same.tested.mean(), ours, "the clip", "its other segments are in training")
        if model.startswith("knn"):
            why += f"; the nearest training row of {nearest:.0%} of the tested ones is of the same clip"
        why += "; " + against(published[model], same.tested)
        rows.append(Reproduced("10 genres, 6 s", model, **same.as_same_way(), **ours, why=why))
    return rows


def share_of_own_clip(samples: Samples, seed: int) -> float:
    """Return for how many rows, shuffled into folds, the nearest row of the other folds is of the same track."""
    tracks, same = samples.rows["track"].to_numpy(), np.zeros(len(samples), dtype=bool)
    for train, test in StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed_of("neighbours' folds", seed)).split(
        samples.X, samples.y
    ):
        nearest = make_pipeline(StandardScaler(), KNeighborsClassifier(1)).fit(samples.X[train], tracks[train])
        same[test] = nearest.predict(samples.X[test]) == tracks[test]
    return float(same.mean())
