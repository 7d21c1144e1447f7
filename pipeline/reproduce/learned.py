"""Tags of a network that learned from other music, on GTZAN's fault-filtered split, alone and with the 57 features."""

import pandas as pd

from pipeline.evaluation import Samples
from pipeline.features import get_feature_set
from pipeline.reproduce import gtzan
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import honest_scores
from pipeline.reproduce.words import points

TAGS = "tables/musicnn_tags_gtzan.csv"
MODELS = ("svm_rbf", "logistic_regression", "random_forest", "knn_5")
TAGS_ALONE, WITH_SPECTRAL = "50 tags", "50 tags and 57 features"
WHY_TOO_GOOD = (
    "the network learned from the Million Song Dataset, which may hold the same recordings and artists, and seven of "
    "the ten genres are among its tags by name"
)


def reproduce(bench: Bench) -> list[Reproduced]:
    """Reproduce models on tags on the fault-filtered split, and with artists whole on all clips that have tags."""
    of_rows = {TAGS_ALONE: _load_tags(bench), WITH_SPECTRAL: _load_joined(bench)}
    tags = set(get_feature_set("musicnn-msd-v1").columns)
    joined = of_rows[WITH_SPECTRAL]
    handcrafted = _tested(joined.only([name for name in joined.features if name not in tags]), "predefined", bench)
    return [
        reproduced
        for rows, samples in of_rows.items()
        for reproduced in _beside(rows, samples, handcrafted["honest"], bench)
    ]


def _beside(rows: str, samples: Samples, handcrafted: pd.Series, bench: Bench) -> list[Reproduced]:
    filtered, by_artist = (_tested(samples, policy, bench) for policy in ("predefined", "artist"))
    reproduced = []
    for model in MODELS:
        ours, before = filtered.loc[model], handcrafted[model]
        more = f"{points(ours['honest'] - before)} {'more' if ours['honest'] > before else 'less'}"
        why = f"{more} than the 57 handcrafted features on the same split ({before:.2f}); {WHY_TOO_GOOD}"
        same = {"same_way": ours["honest"], "same_low": ours["ci_low"], "same_high": ours["ci_high"]}
        reproduced.append(Reproduced(rows, model, **same, **by_artist.loc[model], why=why))
    return reproduced


def _tested(samples: Samples, policy: str, bench: Bench) -> pd.DataFrame:
    return honest_scores(samples, MODELS, policy, bench).xs("test", level="subset")


def _load_tags(bench: Bench) -> Samples:
    return bench.bring_table("tags", bench.data / TAGS, bench.data / gtzan.METADATA)


def _load_joined(bench: Bench) -> Samples:
    """Return the clips that have tags, with the features of the public table beside them."""
    tags = pd.read_csv(bench.data / TAGS).drop(columns="label")
    table = pd.read_csv(bench.data / gtzan.TABLE).merge(tags, on="filename", validate="1:1")
    path = bench.home / "tags_and_features.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return bench.bring_table("tags-and-features", path, bench.data / gtzan.METADATA)
