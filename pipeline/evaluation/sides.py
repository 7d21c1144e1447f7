"""Checks of the two sides of the split that results are read under: what ties them, and what sets them apart."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from pipeline.evaluation.samples import Samples
from pipeline.quality import Check, as_table, named
from pipeline.splits import find_policy, split_rows

UNLIKE = 0.001
"""How often sides that were drawn alike may be called unlike."""


def check_sides(samples: Samples, policy: str, *, n_held: int, seed: int) -> pd.DataFrame:
    """Check the first split under a policy.

    Parameters
    ----------
    samples : Samples
        without the holdout
    policy : str
    n_held : int
        tracks of the holdout
    seed : int

    Returns
    -------
    pd.DataFrame
        rows of ``data_quality``: ``test_side``, ``repeats_of_tested``, ``artists_on_both_sides``, ``unlike_sides``
    """
    chosen = samples.under(policy)
    train, test = split_rows(policy, chosen.rows, chosen.y, seed=seed)
    about = chosen.rows.assign(genre=chosen.y)
    learned, tested = (about.iloc[side].drop_duplicates("track") for side in (train, test))
    phrase = find_policy(policy).phrase
    of_sides = [_artists(learned, tested, phrase), _unlike(learned, tested, chosen.genres)]
    return as_table([_test_side(tested, policy, n_held), *_repeating(chosen.rows, policy), *of_sides])


def _test_side(tested: pd.DataFrame, policy: str, n_held: int) -> Check:
    sides = f"{len(tested)} tracks on the test side of the first split, {n_held} in the holdout"
    words = sides if n_held else f"{sides}. {find_policy(policy).no_holdout}".rstrip(".")
    return Check.warning_if(not n_held, "test_side", len(tested), words)


def _repeating(rows: pd.DataFrame, policy: str) -> Iterator[Check]:
    chosen = find_policy(policy)
    left_out = rows.loc[chosen.repeating(rows), "track_id"].astype(str).unique()
    if len(left_out):
        words = f"{chosen.say_repeating(rows)}: {named(sorted(left_out), ', ')}"
        yield Check("repeats_of_tested", "warning", len(left_out), words)


def _artists(learned: pd.DataFrame, tested: pd.DataFrame, phrase: str) -> Check:
    known = tested[tested["artist_known"]]
    if known.empty:
        return Check("artists_on_both_sides", "ok", 0, "no artist of a test track is known, so that nobody can tell")
    n = int(known["artist"].isin(learned.loc[learned["artist_known"], "artist"]).sum())
    share = f"{n} of {len(known)} test tracks whose artist is known are by one who is learned from as well, {phrase}"
    why = "; a part of the score may be recognising artists (--split artist does without)" if n else ""
    return Check.counted("artists_on_both_sides", n, share + why)


def _unlike(learned: pd.DataFrame, tested: pd.DataFrame, genres: tuple[str, ...]) -> Check:
    counts = np.array([np.bincount(side["genre"], minlength=len(genres)) for side in (learned, tested)])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    there = counts.sum(axis=0) > 0
    one_sided = there & (counts == 0).any(axis=0)
    differ = chi2_contingency(counts[:, there]).pvalue < UNLIKE if there.sum() > 1 else False
    if not one_sided.any() and not differ:
        return Check("unlike_sides", "ok", 0, "training and test side have the genres in about the same shares")
    off = one_sided | (differ & there & (np.abs(shares[0] - shares[1]) > 0.5 * shares.mean(axis=0)))
    differing = [f"{genres[i]} {shares[0][i]:.1%} against {shares[1][i]:.1%}" for i in np.flatnonzero(off)]
    words = (
        f"shares of genres on the training and on the test side differ: {named(differing) or 'a little in many genres'}"
    )
    return Check.warning_if(True, "unlike_sides", int(off.sum()), words)
