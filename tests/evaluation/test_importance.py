import dataclasses

import numpy as np

from pipeline.evaluation import rank_features


def test_the_feature_that_decides_ranks_first_by_both_methods_and_noise_last(samples):
    X = samples.X.copy()
    X[:, 2] = samples.y * 10.0 + np.random.default_rng(0).normal(size=len(samples))
    ranked = rank_features(dataclasses.replace(samples, X=X), "track", seed=0, jobs=1)
    assert set(ranked["method"]) == {"impurity", "permutation"}
    assert len(ranked) == 2 * len(samples.features)
    for _, rows in ranked.groupby("method"):
        assert rows.set_index("rank").loc[1, "feature"] == samples.features[2]
        assert sorted(rows["rank"]) == list(range(1, len(samples.features) + 1))
