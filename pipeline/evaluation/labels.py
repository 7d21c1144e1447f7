"""Labels to listen to: those that no model believes which did not learn from the track.

Conventions
-----------
Several *judges* answer: models of three kinds, with several seeds of folds and models, twice over. Once the folds keep
tracks whole (with their duplicates), once whole artists, where artists are known. The first finds single wrong labels:
other tracks of the artist tell. The second finds artists all of whose labels are wrong, who would vouch for each other.
`benchmarks/labels.md` has what each finds of planted faults, and that confident learning (Northcutt, Jiang and Chuang
2021) finds no more than the plain rank of these answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from pipeline.catalogue import FEWEST_TRACKS
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.spread import spread
from pipeline.quality import Check, named
from pipeline.random_streams import seed_of, stream
from pipeline.splits import main_genres, sample_groups

JUDGES = ("random_forest", "logistic_regression", "svm_rbf")
SEEDS = 2
N_FOLDS, FEWEST_FOLDS = 5, 2
MOST_CELLS = 300_000
"""Rows times genres; of more, one seed does: seconds become minutes, and so many tracks steady a rank by themselves."""

MOST_LEARNED = 20_000
"""Rows that a judge learns from at most; of more, a sample of whole tracks. Of so many that fewer than `N_FOLDS` folds
leave as many to learn from there are fewer: each fold is a fit of every judge."""

FLOOR = 1e-3
"""What a judge that says "never" is taken to mean: its logarithm is averaged."""

COLUMNS = [
    "track_id", "genre", "sounds_like", "probability_of_genre", "probability_of_other", "rank", "rank_low", "rank_high",
    "issue",
]  # fmt: skip


def doubt_labels(samples: Samples, *, seed: int, jobs: int) -> pd.DataFrame:
    """Rank tracks by how little the judges believe their label.

    Parameters
    ----------
    samples : Samples
        without the holdout: whoever corrects what a model doubts would make the holdout easier for it
    seed : int
        of folds and models
    jobs : int
        threads

    Returns
    -------
    pd.DataFrame
        ``COLUMNS``, a row a track, the most doubtful first: ``rank`` by the probability of the label, the geometric
        mean over what folds keep whole of the mean over judges and seeds; ``rank_low`` and ``rank_high``, the first and
        the last rank that a single answer gives it; ``issue``: whether in every single answer another genre is more
        probable. Genres of fewer than three tracks are left out
    """
    judged = _judged(samples)
    if judged is None:
        empty = dict.fromkeys(COLUMNS[3:5], float) | dict.fromkeys(COLUMNS[5:8], int) | {"issue": bool}
        return pd.DataFrame(columns=COLUMNS).astype(empty)
    tracks = judged.rows.drop_duplicates("track").sort_values("track")
    labels = judged.y[tracks.index]
    believed = _ask(judged, tracks, labels, seed, jobs)
    probabilities = believed.probabilities
    own = np.arange(len(labels)), labels
    believed_own = probabilities[own]
    probabilities[own] = -1  # what is left are the others'
    genres = np.asarray(judged.genres, dtype=object)
    doubted = pd.DataFrame(
        {
            "track_id": tracks["track_id"].to_numpy(),
            "genre": genres[labels],
            "sounds_like": genres[probabilities.argmax(axis=1)],
            "probability_of_genre": believed_own,
            "probability_of_other": probabilities.max(axis=1),
            "rank_low": believed.rank_low,
            "rank_high": believed.rank_high,
            "issue": believed.never_first,
        }
    )
    by = ["probability_of_genre", "probability_of_other", "track_id"]
    ordered = doubted.sort_values(by, ascending=[True, False, True], ignore_index=True)
    return ordered.assign(rank=np.arange(1, len(ordered) + 1))[COLUMNS]


def check_labels(doubted: pd.DataFrame, tracks: pd.DataFrame) -> list[Check]:
    """Say which labels to listen to.

    Parameters
    ----------
    doubted : pd.DataFrame
        of `doubt_labels`
    tracks : pd.DataFrame
        all usable ones: ``genre``

    Returns
    -------
    list of Check
        ``suspicious_labels``
    """
    issues = doubted[doubted["issue"]]
    rare = sorted(set(tracks["genre"]) - set(doubted["genre"]))
    left_out = f". Not judged, for too few tracks: {named(rare, ', ')}" if rare else ""
    if issues.empty:
        found = f"no label among {len(doubted)} tracks outside the holdout is in doubt"
        return [Check("suspicious_labels", "ok", 0, f"{found}{left_out}")]
    named_issues = named([f"{row.track_id} ({row.genre}) sounds like {row.sounds_like}" for row in issues.itertuples()])
    found = f"of {len(doubted)} tracks outside the holdout, a list to listen to, not to delete: {named_issues}"
    return [Check("suspicious_labels", "warning", len(issues), f"{found}{left_out}")]


@dataclass(frozen=True)
class _Believed:
    """What all judges say of each track.

    Attributes
    ----------
    probabilities : np.ndarray [shape=(n, k)]
    rank_low, rank_high : np.ndarray of int [shape=(n,)]
        the first and the last rank of the label's probability among the tracks, over single answers
    never_first : np.ndarray of bool [shape=(n,)]
        no single answer gives the label the highest probability
    """

    probabilities: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    never_first: np.ndarray


def _judged(samples: Samples) -> Samples | None:
    """Return the rows of genres with enough tracks, numbered anew; None where fewer than two have."""
    groups = pd.Series(samples.rows["group"].to_numpy()).groupby(samples.y).nunique()
    kept = groups.index[groups >= FEWEST_TRACKS].to_numpy()
    if len(kept) < 2:
        return None
    return samples.where(np.isin(samples.y, kept)).known()


def _ask(samples: Samples, tracks: pd.DataFrame, labels: np.ndarray, seed: int, jobs: int) -> _Believed:
    n = len(tracks)
    low, high, never_first = np.full(n, n), np.ones(n, dtype=int), np.ones(n, dtype=bool)
    logs, n_kept = np.zeros((n, len(samples.genres))), np.zeros(n)
    for kept_whole in ("group", "artist"):
        counts = _countable(tracks, labels, kept_whole)
        if not counts.any():
            continue
        mean, n_answers = np.zeros(logs.shape), len(JUDGES) * _seeds(samples)
        for folds in _answers(samples, tracks, kept_whole, seed, jobs):
            of_label, largest = np.zeros(n), np.zeros(n)
            for places, probabilities in folds:
                of_label[places] = probabilities[np.arange(len(places)), labels[places]]
                largest[places] = probabilities.max(axis=1)
                mean[places] += probabilities / n_answers
            never_first &= ~counts | (of_label < largest)
            rank = of_label.argsort(kind="stable").argsort(kind="stable") + 1
            low, high = np.where(counts, np.minimum(low, rank), low), np.where(counts, np.maximum(high, rank), high)
        mean += FLOOR
        np.add(logs, np.log(mean, out=mean), out=logs, where=counts[:, None])
        n_kept[counts] += 1
    logs /= n_kept[:, None]
    pooled = np.exp(logs, out=logs)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return _Believed(pooled, low, high, never_first)


def _seeds(samples: Samples) -> int:
    return SEEDS if len(samples.y) * len(samples.genres) <= MOST_CELLS else 1


def _n_folds(samples: Samples) -> int:
    """Return the fewest folds, up to `N_FOLDS`, of which all but one have what a judge learns from."""
    n = len(samples)
    return N_FOLDS if n <= MOST_LEARNED else int(np.clip(np.ceil(n / (n - MOST_LEARNED)), FEWEST_FOLDS, N_FOLDS))


def _countable(tracks: pd.DataFrame, labels: np.ndarray, kept_whole: str) -> np.ndarray:
    """Tell which tracks are judged by folds that keep something whole: those whose genre is left to learn from.

    None by artists where these keep nothing together that a recording doesn't: the answers would be the same.
    """
    kept, recordings = (pd.factorize(tracks[name])[0] for name in (kept_whole, "group"))
    if kept_whole == "artist" and (not tracks["artist_known"].any() or np.array_equal(kept, recordings)):
        return np.zeros(len(tracks), dtype=bool)
    n_groups = pd.Series(kept).groupby(labels).transform("nunique").to_numpy()
    return n_groups >= FEWEST_TRACKS


def _answers(
    samples: Samples, tracks: pd.DataFrame, kept_whole: str, seed: int, jobs: int
) -> Iterator[Iterator[tuple[np.ndarray, np.ndarray]]]:
    """Yield, for each judge and seed, what it answers out of fold, a fold after the other.

    Of a fold, which of `tracks` [shape=(m,)] and their probabilities [shape=(m, k)]. All of a hundred genres at once
    would take as much memory again as the judges; so each is to be taken before the next.
    """
    place = pd.Series(np.arange(len(tracks)), index=tracks["track"])
    for number in range(_seeds(samples)):
        own = seed_of("labels", seed, number)
        n_folds = _n_folds(samples)
        folds = _folds(samples.rows[kept_whole].to_numpy(), samples.y, n_folds, own)
        given = [(judge, samples, fold == folds, own) for judge in JUDGES for fold in range(n_folds)]
        answers = spread(_answer, given, jobs)
        for _ in JUDGES:
            yield (
                (place.loc[numbers].to_numpy(), probabilities) for numbers, probabilities in islice(answers, n_folds)
            )
        next(answers, None)  # there is none left, and what has come to its end need not be cancelled


def _folds(groups: np.ndarray, genres: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Deal the groups of each genre out to the folds, and return the fold of each row; no group is torn."""
    codes, _ = pd.factorize(groups)
    of_group = main_genres(codes, genres)
    rng = stream("label folds", seed)
    folds = np.zeros(len(of_group), dtype=int)
    dealt = 0
    for genre in np.unique(of_group):
        members = rng.permutation(np.flatnonzero(of_group == genre))
        folds[members] = (dealt + np.arange(len(members))) % n_folds
        dealt += len(members)
    return folds[codes]


def _answer(judge: str, samples: Samples, tested: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the tested tracks, and their probabilities by a judge that learned from the rest."""
    test = np.flatnonzero(tested)
    if not len(test):
        return np.empty(0, dtype=int), np.empty((0, len(samples.genres)))
    rest = np.flatnonzero(~tested)
    groups = samples.rows["group"].to_numpy()[rest]
    learned = rest[sample_groups(groups, samples.y[rest], MOST_LEARNED, stream("judges' sample", seed))]
    answers = predict(fit(judge, samples, seed, learned).estimator, samples, test)["track"]
    return answers.rows, answers.probabilities
