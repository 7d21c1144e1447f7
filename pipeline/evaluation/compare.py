"""Candidates compared in pairs on the same test tracks: differences, intervals, tests.

Two questions, a test each. The sign-flip test is about these fitted models: would they differ on other tracks like
those tested? Nadeau and Bengio's (2003) corrected resampled t-test is about the procedure: would models differ that the
same two ways make from other tracks, too? It knows of other training tracks only what a few overlapping ones show, so
it finds less. What is "better" is decided by the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np
import pandas as pd
from scipy.fft import irfft, next_fast_len
from scipy.special import ndtr, stdtr

from pipeline.evaluation.candidates import TestedKey
from pipeline.evaluation.interval import paired_interval, share_of_one
from pipeline.models import baselines
from pipeline.splits import TEST_SHARE, find_policy
from pipeline.tables import MODEL_COMPARISONS

SIGNIFICANCE = 0.05
_FINEST = 1e-12
"""A smaller p-value drowns in the rounding of the Fourier transform."""
_MANY, _MOST_STEPS = 1_000, 2**18
"""Rounding then moves the sum of so many differences by a thousandth of its spread, at most."""


@dataclass(frozen=True)
class _Pair:
    """Two candidates on the tracks that both were tested on.

    Attributes
    ----------
    differences : np.ndarray [shape=(n_groups,)]
        right answers of a minus right answers of b, summed over a group's tracks and repeats; whole numbers but for
        guessers
    sizes : np.ndarray of int [shape=(n_groups,)]
        answers of each, of that group
    by_repeat : np.ndarray [shape=(n_repeats,)]
        accuracy of a minus that of b
    n_tracks : int
    accuracy_a, accuracy_b : float
    """

    differences: np.ndarray
    sizes: np.ndarray
    by_repeat: np.ndarray
    n_tracks: int
    accuracy_a: float
    accuracy_b: float


def compare(tested: Mapping[TestedKey, pd.DataFrame]) -> pd.DataFrame:
    """Compare candidates in pairs, at the level of whole tracks, on tracks that both were tested on in the same repeat.

    A track's answers are summed over the repeats that tested it, and over its group: what intervals are over under the
    policy, the track with its duplicates or more. The test flips the signs of the groups' differences, all ways that
    there are. With one answer a group it is McNemar's (1947) in its exact form; that pairs come in clusters is what
    Durkalski et al. (2003) extend it for. p-values are adjusted by Holm (1979) within a family:

    - `models`: all pairs of models on one feature set, window and split policy;
    - `windows`: each model on two windows, all models of one feature set and split policy;
    - `feature_sets`: each model on two feature sets, all models of one window and split policy.

    Windows are compared only where tracks are kept whole: under a policy that splits rows, no track of one window is
    paired with one of another. Baselines are compared with models only.

    Parameters
    ----------
    tested : mapping
        of an `Evaluation`

    Returns
    -------
    pd.DataFrame
        ``model_comparisons`` as declared; the interval is over groups, for one comparison, not adjusted;
        ``better`` is ``a``, ``b``, or missing where the adjusted p-value is not below 0.05
    """
    frames = []
    for comparison, family in _families(tested):
        pairs = [(a, b, pair) for a, b in family if (pair := _pair(tested[a], tested[b])) is not None]
        if pairs:
            frames.append(_tested_family(comparison, pairs))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=MODEL_COMPARISONS.names)


def _families(tested: Mapping[TestedKey, pd.DataFrame]) -> Iterator[tuple[str, list[tuple[TestedKey, TestedKey]]]]:
    """Yield the pairs that are adjusted together; of two windows the longer comes first."""
    models = [key for key in tested if key[0] not in baselines()]
    whole_tracks = [key for key in models if find_policy(key[3]).honest]
    for _, keys in _by(tested, lambda key: key[1:]):
        yield "models", list(combinations(keys, 2))
    for _, keys in _by(whole_tracks, lambda key: (key[1], key[3])):
        ordered = sorted(keys, key=lambda key: -key[2])
        yield "windows", [(a, b) for a, b in combinations(ordered, 2) if a[0] == b[0]]
    for _, keys in _by(models, lambda key: key[2:]):
        yield "feature_sets", [(a, b) for a, b in combinations(keys, 2) if a[0] == b[0]]


def _by(keys, of_family) -> Iterator:
    """Group keys, each group and the groups in the order they came in."""
    order = list(dict.fromkeys(map(of_family, keys)))
    return groupby(sorted(keys, key=lambda key: order.index(of_family(key))), key=of_family)


def _pair(tested_a: pd.DataFrame, tested_b: pd.DataFrame) -> _Pair | None:
    """Return two candidates' answers to the same tracks in the same repeats; None where there are none."""
    names = ["repeat", "track_id"]
    if len(tested_a) == len(tested_b) and tested_a[names].equals(tested_b[names]):
        both, other = tested_a, tested_b["correct"]
    else:
        both = tested_a.merge(tested_b, on=names, suffixes=("", "_b"))
        other = both["correct_b"]
    if both.empty:
        return None
    codes, groups = pd.factorize(both["group"])
    a, b = both["correct"].to_numpy(dtype=float), other.to_numpy(dtype=float)
    repeats = pd.factorize(both["repeat"])[0]
    return _Pair(
        differences=np.bincount(codes, a - b, len(groups)),
        sizes=np.bincount(codes, minlength=len(groups)),
        by_repeat=np.bincount(repeats, a - b) / np.bincount(repeats),
        n_tracks=both["track_id"].nunique(),
        accuracy_a=a.mean(),
        accuracy_b=b.mean(),
    )


def _tested_family(comparison: str, pairs: list[tuple[TestedKey, TestedKey, _Pair]]) -> pd.DataFrame:
    rows = []
    for a, b, pair in pairs:
        low, high = difference_interval(pair.differences, pair.sizes)
        difference = float(pair.differences.sum() / pair.sizes.sum())
        rows.append(
            {
                "comparison": comparison,
                "split_policy": a[3],
                **dict(zip(("model_a", "feature_set_a", "window_a_s"), a[:3], strict=True)),
                **dict(zip(("model_b", "feature_set_b", "window_b_s"), b[:3], strict=True)),
                "n": pair.n_tracks,
                "accuracy_a": pair.accuracy_a,
                "accuracy_b": pair.accuracy_b,
                "difference": difference,
                "ci_low": low,
                "ci_high": high,
                "p_value": sign_flip_test(pair.differences),
                "p_procedure": resampled_t_test(pair.by_repeat) if find_policy(a[3]).drawn else np.nan,
            }
        )
    family = pd.DataFrame(rows)
    adjusted = holm(family["p_value"].to_numpy())
    winner = np.where(family["difference"] > 0, "a", "b").astype(object)
    family = family.assign(p_adjusted=adjusted, better=pd.Series(winner).where(adjusted < SIGNIFICANCE, None))
    return family[MODEL_COMPARISONS.names]


def paired_difference(tested_a: pd.DataFrame, tested_b: pd.DataFrame) -> tuple[float, float, float]:
    """Return accuracy of a minus that of b on the tracks that both were tested on, and its 95 % interval.

    Parameters
    ----------
    tested_a, tested_b : pd.DataFrame
        ``repeat``, ``track_id``, ``group``, ``correct``; at least one track is tested by both in the same repeat
    """
    pair = _pair(tested_a, tested_b)
    if pair is None:
        raise ValueError("no track was tested by both in the same repeat")
    difference = float(pair.differences.sum() / pair.sizes.sum())
    return difference, *difference_interval(pair.differences, pair.sizes)


def sign_flip_test(differences: np.ndarray) -> float:
    """Return the two-sided p-value of the sum of `differences`, each as likely to have had the other sign.

    Exact, without drawing: the sum's distribution over all 2^n signs is read off its characteristic function by one
    inverse Fourier transform, as the differences are whole numbers. Those of a guesser are taken in hundredths, or as
    finely as `_MOST_STEPS` allow; of more than `_MANY` groups their sum follows the normal distribution.

    Parameters
    ----------
    differences : np.ndarray [shape=(n,)]
    """
    whole = np.rint(differences).astype(int)
    if not np.allclose(whole, differences):
        if np.count_nonzero(differences) > _MANY:
            return float(np.clip(2 * ndtr(-abs(differences.sum()) / np.linalg.norm(differences)), _FINEST, 1))
        whole = np.rint(differences * min(100, _MOST_STEPS / np.abs(differences).sum())).astype(int)
    differences = whole
    sizes, numbers = np.unique(np.abs(differences[differences != 0]), return_counts=True)
    total, observed = int(sizes @ numbers), abs(int(differences.sum()))
    if observed == 0:
        return 1.0
    # The sum is 2 s - total, where s adds up those that are positive: s is between 0 and total.
    n = next_fast_len(total + 1, real=True)
    angles = 2 * np.pi / n * np.arange(n // 2 + 1)
    spectrum = np.ones(len(angles), dtype=complex)
    for size, m in zip(sizes, numbers, strict=True):
        spectrum *= ((1 + np.exp(-1j * angles * size)) / 2) ** m
    as_large = irfft(spectrum, n)[(total + observed) // 2 : total + 1].sum()
    return float(np.clip(2 * as_large, _FINEST, 1))


def resampled_t_test(differences: np.ndarray) -> float:
    """Return the two-sided p-value of Nadeau and Bengio's (2003) corrected resampled t-test.

    Repeated splits train on overlapping tracks, so their differences vary less than those of models made from tracks of
    their own: the variance of the mean is raised by the size of the test side over that of the training side.

    Parameters
    ----------
    differences : np.ndarray [shape=(n_repeats,)]
        of the accuracies in each repeat, a split of its own

    Returns
    -------
    float
        missing where a single repeat, or several that differ in nothing but are not 0, don't show how they vary
    """
    n = len(differences)
    mean, variance = differences.mean(), differences.var(ddof=1) if n > 1 else 0.0
    if np.allclose(differences, 0):
        return 1.0 if n > 1 else np.nan
    if n < 2 or np.sqrt(variance) < _FINEST:
        return np.nan
    t = abs(mean) / np.sqrt(variance * (1 / n + TEST_SHARE / (1 - TEST_SHARE)))
    return float(2 * stdtr(n - 1, -t))


def difference_interval(differences: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of ``differences.sum() / sizes.sum()``; `paired_interval` says how.

    Parameters
    ----------
    differences, sizes : np.ndarray [shape=(n_groups,)]
    """
    difference = differences.sum() / sizes.sum()
    influence = (differences - difference * sizes) / sizes.sum()
    return paired_interval(float(difference), influence, share_of_one(sizes))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values for their number (Holm 1979): below 0.05, at most one family in twenty has a false one."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted
