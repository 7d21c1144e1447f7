"""Labels to listen to: those that a model doubts which did not learn from the track."""

from collections.abc import Set
from dataclasses import replace

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.model_selection import StratifiedKFold

from pipeline.evaluation.protocol import Predictions, fit, predict
from pipeline.evaluation.samples import FEWEST_TRACKS, Samples
from pipeline.evaluation.threads import run_in_threads
from pipeline.quality import Check, named
from pipeline.random_streams import seed_of
from pipeline.splits import main_genres, predefined_side

JUDGE = "random_forest"
N_FOLDS = 5
MOST_SUSPICIOUS = 100
COLUMNS = ["track_id", "genre", "sounds_like", "probability_of_genre", "probability_of_other", "issue"]


def doubt_labels(samples: Samples, *, seed: int, jobs: int) -> pd.DataFrame:
    """Rank tracks by how little a model believes their label, and tell where confident learning finds it wrong.

    A random forest, always the same, answers for each track from folds that leave the track and its duplicates out.
    What is ranked by is cleanlab's label quality score, the probability that the forest gives the label; what is called
    an issue is found by confident learning, prune by noise rate (Northcutt, Jiang and Chuang 2021). Measured with 50
    labels of the public GTZAN table changed at random, 42 of them are among the first 100, and 42 are issues.

    Artists are not kept apart from themselves. That is for scores, which ask for other artists; here it would call most
    of what an artist with a sound of his own ever played into question (of those 50 it finds 38). The price: where all
    of an artist's tracks have the wrong label, nobody doubts it.

    Parameters
    ----------
    samples : Samples
        without the holdout: whoever corrects what a model doubts would make the holdout easier for it
    seed : int
        of folds and forests
    jobs : int
        threads

    Returns
    -------
    pd.DataFrame
        ``COLUMNS``, a row a track, the most doubtful first; genres of fewer than three tracks are left out
    """
    judged = _judged(samples)
    if judged is None:
        return pd.DataFrame(columns=COLUMNS).astype({"issue": bool})
    answers = _out_of_fold(judged, seed, jobs)
    labels, probabilities = answers.actual, answers.probabilities
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1
    genres = np.asarray(judged.genres, dtype=object)
    doubted = pd.DataFrame(
        {
            "track_id": judged.rows.drop_duplicates("track")
            .set_index("track")["track_id"]
            .loc[answers.rows]
            .to_numpy(),
            "genre": genres[labels],
            "sounds_like": genres[others.argmax(axis=1)],
            "probability_of_genre": get_label_quality_scores(labels, probabilities),
            "probability_of_other": others.max(axis=1),
            "issue": find_label_issues(labels, probabilities, n_jobs=1),
        },
        columns=COLUMNS,
    )
    by = ["probability_of_genre", "probability_of_other", "track_id"]
    return doubted.sort_values(by, ascending=[True, False, True], ignore_index=True)


def check_labels(doubted: pd.DataFrame, tracks: pd.DataFrame, copies: Set[str] = frozenset()) -> list[Check]:
    """Say which labels to listen to, and how a predefined split agrees.

    Parameters
    ----------
    doubted : pd.DataFrame
        of `doubt_labels`
    tracks : pd.DataFrame
        all usable ones: ``track_id``, ``genre``, ``predefined_split``
    copies : set of str
        tracks that are near or exact duplicates of another one

    Returns
    -------
    list of Check
        ``suspicious_labels``; and ``excluded_among_suspicious`` where a predefined split leaves tracks out
    """
    checks = [_suspicious(doubted, tracks)]
    used = tracks["predefined_split"].map(predefined_side) != ""
    excluded = set(tracks["track_id"][~used])
    if used.any() and excluded and len(doubted):
        checks.append(_excluded(doubted["track_id"], excluded, copies))
    return checks


def _judged(samples: Samples) -> Samples | None:
    """Return the rows of genres with enough tracks, numbered anew; None where fewer than two have."""
    groups = pd.Series(samples.rows["group"].to_numpy()).groupby(samples.y).nunique()
    kept = groups.index[groups >= FEWEST_TRACKS].to_numpy()
    if len(kept) < 2:
        return None
    chosen = samples.where(np.isin(samples.y, kept))
    return replace(chosen, genres=tuple(samples.genres[i] for i in kept), y=np.searchsorted(kept, chosen.y))


def _out_of_fold(samples: Samples, seed: int, jobs: int) -> Predictions:
    groups = samples.rows["group"].to_numpy()
    n_folds = min(N_FOLDS, pd.Series(groups).groupby(samples.y).nunique().min())
    codes, _ = pd.factorize(groups)
    genres = main_genres(codes, samples.y)  # of groups: scikit-learn's folds of rows in groups take minutes of many
    drawn = StratifiedKFold(n_folds, shuffle=True, random_state=seed_of("label folds", seed)).split(genres, genres)
    tests = (np.isin(codes, chosen) for _, chosen in drawn)
    folds = ((np.flatnonzero(~test), np.flatnonzero(test)) for test in tests)
    answers = run_in_threads(_answer, ((samples, train, test, seed) for train, test in folds), jobs)
    rows, groups, actual, probabilities = (np.concatenate(parts) for parts in zip(*answers, strict=True))
    return Predictions(rows, groups, actual, probabilities)


def _answer(samples: Samples, train: np.ndarray, test: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    answers = predict(fit(JUDGE, samples.where(train), seed).estimator, samples, test)["track"]
    return answers.rows, answers.groups, answers.actual, answers.probabilities


def _suspicious(doubted: pd.DataFrame, tracks: pd.DataFrame) -> Check:
    issues = doubted[doubted["issue"]]
    rare = sorted(set(tracks["genre"]) - set(doubted["genre"]))
    left_out = f". Not judged, for too few tracks: {named(rare, ', ')}" if rare else ""
    if issues.empty:
        found = f"no label among {len(doubted)} tracks outside the holdout is in doubt"
        return Check("suspicious_labels", "ok", 0, f"{found}{left_out}")
    named_issues = named([f"{row.track_id} ({row.genre}) sounds like {row.sounds_like}" for row in issues.itertuples()])
    found = f"of {len(doubted)} tracks outside the holdout, a list to listen to, not to delete: {named_issues}"
    return Check("suspicious_labels", "warning", len(issues), f"{found}{left_out}")


def _excluded(ranked: pd.Series, excluded: set[str], copies: Set[str]) -> Check:
    here = excluded & set(ranked)
    first = ranked.iloc[: min(MOST_SUSPICIOUS, len(ranked) // 2)]
    n_among, by_chance = int(first.isin(here).sum()), len(first) * len(here) / len(ranked)
    held = len(excluded) - len(here)
    words = (
        f"{n_among} of the {len(here)} tracks that the predefined split leaves out are among the {len(first)} most "
        f"suspicious labels; by chance {by_chance:.0f} would be"
    )
    n_copies = len(here & copies)
    if n_copies:
        words += f". {n_copies} of the {len(here)} are copies of another track, which says nothing of their labels"
    if held:
        words += f". {held} more are held out or not judged"
    return Check("excluded_among_suspicious", "ok", n_among, words)
