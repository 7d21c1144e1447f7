"""One Gaussian of MFCCs a clip of GTZAN: neighbours by symmetrised divergence, shuffled and with artists apart."""

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneOut

from pipeline.errors import InputError
from pipeline.evaluation import Samples
from pipeline.features.gaussian import MFCC_GAUSSIAN_V1
from pipeline.models import build
from pipeline.reproduce import gtzan
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import Splits, cross_validated
from pipeline.reproduce.published import read_published
from pipeline.splits import same_rows

ARRAYS = "tables/mfcc_gaussians.npz"
MODEL = "knn_kl"


def reproduce(bench: Bench) -> list[Reproduced]:
    """Reproduce the neighbours: each clip against all others, and the fault-filtered split."""
    samples = load(bench)
    published = read_published("gaussians").set_index("model")["value"]
    left_out = cross_validated(build(MODEL, bench.seed), samples, LeaveOneOut(), bench)
    whole = Splits(left_out.tested.mean(keepdims=True))
    return gtzan.beside_filtered("10 genres", {MODEL: whole}, published, samples, bench)


def load(bench: Bench) -> Samples:
    """Return the Gaussians as rows of ``mfcc-gaussian-v1``, each under the name of its clip.

    Raises
    ------
    InputError
        where the arrays are in another order than GTZAN's table
    """
    clips = pd.read_csv(bench.data / gtzan.TABLE)
    with np.load(bench.data / ARRAYS, allow_pickle=False) as arrays:
        mean, covariance, label = arrays["mean"], arrays["cov"], arrays["label"]
    check_order(mean, label, clips)
    upper = covariance[:, *np.triu_indices(mean.shape[1])]
    table = pd.DataFrame(np.hstack([mean, upper]), columns=MFCC_GAUSSIAN_V1.columns)
    path = bench.home / "mfcc_gaussians.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.assign(filename=clips["filename"], label=clips["label"]).to_csv(path, index=False)
    return bench.bring_table("gaussians", path, bench.data / gtzan.METADATA)


def check_order(mean: np.ndarray, label: np.ndarray, clips: pd.DataFrame) -> None:
    """Check that Gaussians, which name no clip, are in the order of a table that does.

    The genres must change at the same rows, and rows that repeat one another must be the same in both: GTZAN has
    fourteen such pairs, all over the table, which no other order would bring together.

    Parameters
    ----------
    mean : np.ndarray [shape=(n, 13)]
    label : np.ndarray [shape=(n,)]
    clips : pd.DataFrame [shape=(n, …)]
        ``filename, label`` and features

    Raises
    ------
    InputError
        where the two differ
    """
    features = clips.drop(columns=["filename", "label"]).to_numpy(dtype=np.float64)
    alike = len(mean) == len(clips) and all(
        np.array_equal(*(pd.factorize(codes)[0] for codes in both))
        for both in ((label, clips["label"]), (same_rows(mean), same_rows(features)))
    )
    if not alike:
        raise InputError(f"{ARRAYS} and {gtzan.TABLE} are not in one order, so nobody knows whose the Gaussians are")
