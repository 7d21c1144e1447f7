"""One Gaussian of MFCCs a clip of GTZAN: neighbours by symmetrised divergence, shuffled and with artists apart."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneOut

from pipeline.errors import InputError
from pipeline.evaluation import Samples
from pipeline.features import get_feature_set
from pipeline.features.gaussian import MFCC_GAUSSIAN_V1
from pipeline.models import build
from pipeline.reproduce import gtzan
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import cross_validated, honest_scores

ARRAYS = "tables/mfcc_gaussians.npz"
MODEL = "knn_kl_5"


def reproduce(bench: Bench) -> list[Reproduced]:
    """Reproduce the neighbours: each clip against all others, and the fault-filtered split."""
    return []


def load(bench: Bench) -> Samples:
    """Return the Gaussians as rows of ``mfcc-gaussian-v1``, each under the name of its clip.

    The arrays name no clip. They are in GTZAN's order, which their repetitions prove: see `check_order`.
    """
    clips = pd.read_csv(bench.data / gtzan.TABLE)
    with np.load(bench.data / ARRAYS, allow_pickle=False) as arrays:
        mean, covariance = arrays["mean"], arrays["cov"]
    check_order(mean, clips)
    upper = np.triu_indices(mean.shape[1])
    table = pd.DataFrame(np.hstack([mean, covariance[:, *upper]]), columns=MFCC_GAUSSIAN_V1.columns)
    path = bench.home / "mfcc_gaussians.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.assign(filename=clips["filename"], label=clips["label"]).to_csv(path, index=False)
    return bench.bring_table("gaussians", path, bench.data / gtzan.METADATA)
