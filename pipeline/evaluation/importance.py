"""Which features matter to the forest: by impurity, and by permutation on rows it was not fitted on."""

import numpy as np
import pandas as pd
from joblib import parallel_config
from sklearn.inspection import permutation_importance

from pipeline.evaluation.protocol import fit
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.threads import on_one_core
from pipeline.splits import split_rows

FOREST = "random_forest"
N_PERMUTATIONS = 5
MOST_ROWS = 2000
"""Permutation looks at no more test rows than this."""


@on_one_core
def rank_features(samples: Samples, policy: str, *, seed: int, jobs: int) -> pd.DataFrame:
    """Rank the features by both methods (Breiman 2001) on one train/test split.

    Returns
    -------
    pd.DataFrame
        ``model, window_s, feature, method, importance, sd, rank``; impurity: mean and deviation over the trees,
        permutation: loss of test accuracy, mean and deviation over the permutations; rank 1 matters most
    """
    train, test = split_rows(policy, samples.rows, samples.y, seed=seed)
    pipeline = fit(FOREST, samples.where(train), seed).estimator
    forest = pipeline[-1]
    by_tree = np.array([tree.feature_importances_ for tree in forest.estimators_])
    with parallel_config("threading", n_jobs=jobs):
        permuted = permutation_importance(
            pipeline,
            samples.X[test],
            samples.y[test],
            n_repeats=N_PERMUTATIONS,
            max_samples=min(MOST_ROWS, len(test)),
            random_state=seed,
        )
    methods = {
        "impurity": (forest.feature_importances_, by_tree.std(axis=0)),
        "permutation": (permuted.importances_mean, permuted.importances_std),
    }
    frames = [
        pd.DataFrame(
            {
                "model": FOREST,
                "window_s": samples.window_s,
                "feature": samples.features,
                "method": method,
                "importance": importance,
                "sd": sd,
                "rank": pd.Series(-importance).rank(method="first").astype(int),
            }
        ).sort_values("rank")
        for method, (importance, sd) in methods.items()
    ]
    return pd.concat(frames, ignore_index=True)
