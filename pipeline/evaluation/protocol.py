"""Fit and predict under a split policy, over several seeds; count what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from pipeline.errors import InputError
from pipeline.evaluation.answered import AnsweredTracks, answered_tracks
from pipeline.evaluation.coverage import accuracy_on, common_tracks, coverage_rows
from pipeline.evaluation.gap import AnsweredRows, gap_rows, rows_by_track
from pipeline.evaluation.limits import rows_to_learn_from, within_sample
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.search import fit_searched
from pipeline.evaluation.tally import Answers, class_report, confusion_rows, count
from pipeline.evaluation.threads import run_in_threads
from pipeline.evaluation.vote import pool
from pipeline.features import sets_of_kind
from pipeline.models import ZooEntry, find_entry
from pipeline.printable import bar
from pipeline.random_streams import seed_of
from pipeline.splits import USUAL, find_policy, split_rows
from pipeline.tables import DIMENSIONS

TestedKey = tuple[str, str, float, str]


@dataclass(frozen=True)
class Candidate:
    """One model on one set of rows under one split policy, searched for its parameters with some effort."""

    model: str
    samples: Samples = field(repr=False)
    policy: str
    search: str = "none"

    @property
    def name(self) -> str:
        """What tells it from the others, in words."""
        return f"{self.model} on {self.samples.window_s:g}-second rows of {self.samples.feature_set}, {self.policy}"

    @property
    def key(self) -> TestedKey:
        """The first of ``DIMENSIONS``: model, feature set, window [s] and split policy."""
        return self.model, self.samples.feature_set, self.samples.window_s, self.policy


@dataclass(frozen=True)
class Evaluation:
    """Tidy results of candidates; each table's rows are named by ``DIMENSIONS``.

    Attributes
    ----------
    scores, class_report, confusion : pd.DataFrame
        scores with the leak gap of each honest policy that was evaluated with the one it is compared with, `gap`
    tested : mapping
        for each candidate (model, feature set, window [s], split policy) the whole tracks it was tested on:
        ``repeat``, ``track_id``, ``group``, ``correct`` (of a guesser the probability that it is)
    answered : mapping
        by the same keys, of all but baselines, the same summed over repeats
    """

    scores: pd.DataFrame
    class_report: pd.DataFrame
    confusion: pd.DataFrame
    tested: Mapping[TestedKey, pd.DataFrame] = field(default_factory=dict)
    answered: Mapping[TestedKey, AnsweredTracks] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "Evaluation":
        """Return that of no candidate."""
        return cls(*(pd.DataFrame(columns=[*DIMENSIONS, "metric"]) for _ in range(3)))


@dataclass(frozen=True)
class Fitted:
    """A fitted estimator, the parameters that a search found for it, and the rows that it learned from, by number."""

    estimator: Pipeline
    parameters: dict[str, Any]
    learned: np.ndarray


@dataclass(frozen=True)
class Predictions:
    """Predicted rows of one subset at one level.

    Attributes
    ----------
    rows, groups : np.ndarray [shape=(n,), dtype=int]
        which row (at level ``track``: which track), and the group that intervals draw it with
    actual : np.ndarray [shape=(n,), dtype=int]
    probabilities : np.ndarray [shape=(n, k)]
    guesses : bool
        whether answers are drawn by these probabilities
    """

    rows: np.ndarray
    groups: np.ndarray
    actual: np.ndarray
    probabilities: np.ndarray
    guesses: bool = False

    @property
    def predicted(self) -> np.ndarray:
        """The most probable genre of each row."""
        return self.probabilities.argmax(axis=1)

    @property
    def answers(self) -> Answers:
        """The same without the probabilities of the other genres, to be kept and counted.

        Of guesses, all that could be drawn, each counting as much as its probability: what scores would be on average.
        """
        drawn = self.probabilities if self.guesses else None
        return Answers(self.rows, self.groups, self.actual, self.predicted, self.probabilities.max(axis=1), drawn)


def evaluate(candidates: Sequence[Candidate], *, repeats: int, seed: int, jobs: int, progress: str = "") -> Evaluation:
    """Evaluate candidates: 75/25 splits over `repeats` seeds, at the level of segments and of tracks.

    Parameters
    ----------
    candidates : sequence of Candidate
    repeats : int
    seed : int
        of splits and models; each repeat splits anew
    jobs : int
        threads
    progress : str
        what a bar is called that counts the fits, and names the candidate that is next; empty: there is none

    Returns
    -------
    Evaluation
        confusions and reports of the test subset only

    Raises
    ------
    InputError
        where `repeats` or `seed` are out of range, a model or policy is unknown, or a policy leaves no row to test on
    """
    if repeats < 1 or seed < 0:
        raise InputError(f"repeats {repeats} must be at least 1, and seed {seed} at least 0")
    given = ((candidate, seed, repeat) for candidate in candidates for repeat in range(repeats))
    fits = run_in_threads(_fit_and_predict, given, jobs)
    scores, reports, confusions, tested, answered = [], [], [], {}, {}
    by_track: dict[TestedKey, AnsweredRows] = {}
    common = {
        name: common_tracks([c.samples for c in candidates if c.policy == name], name) for name in _policies(candidates)
    }
    on_common: dict[TestedKey, dict[str, tuple[float, int]]] = {}
    total = repeats * len(candidates)
    with bar(progress, "fit", total) as shown:
        for candidate in candidates:
            shown.set_postfix_str(candidate.name, refresh=False)
            pooled = _pool([_counted(next(fits), shown) for _ in range(repeats)])
            if ("test", "track") not in pooled:
                raise InputError(
                    f"{candidate.model} has no {candidate.samples.window_s:g}-second rows to be tested on under split "
                    f"policy {candidate.policy!r}: 01_catalogue tells what the policy needs, and what is missing"
                )
            tested[candidate.key] = _tested_tracks(candidate.samples, pooled["test", "track"])
            if not find_entry(candidate.model).baseline:
                answered[candidate.key] = answered_tracks(candidate.samples, pooled["test", "track"])
            by_track[candidate.key] = rows_by_track(candidate.samples, candidate.policy, pooled["test", "segment"])
            if (tracks := common[candidate.policy]) is not None:
                on_common[candidate.key] = _on(tracks, candidate, pooled)
            for (subset, level), answers in pooled.items():
                names = dict(zip(DIMENSIONS, (*candidate.key, subset, level), strict=True))
                counted = count(answers, len(candidate.samples.genres))
                scores.append(score(counted, seed).assign(**names, repeats=repeats))
                if subset == "test":
                    confusion = counted.confusion()
                    reports.append(class_report(confusion, candidate.samples.genres).assign(**names))
                    confusions.append(confusion_rows(confusion, candidate.samples.genres).assign(**names))
    if on_common:
        scores.append(coverage_rows(on_common, {each.key: each.samples for each in candidates}, repeats))
    gaps = gap_rows(by_track)
    if len(gaps):
        of_rows = {"subset": "test", "level": "segment"}
        accuracy = pd.concat(scores)[lambda table: table["metric"] == "accuracy"]
        named = accuracy[[*DIMENSIONS, "n"]]
        scores.append(gaps.assign(**of_rows, repeats=repeats).merge(named, on=list(DIMENSIONS)))
    return Evaluation(_tidy(scores), _tidy(reports), _tidy(confusions), tested, answered)


def fit(
    model: str,
    samples: Samples,
    seed: int,
    *,
    search: str = "none",
    policy: str = USUAL,
    parameters: Mapping[str, Any] | None = None,
) -> Fitted:
    """Fit a model on all rows of `samples`, or as many tracks as it can bear; a search keeps whole what `policy` keeps.

    `parameters` are those that an earlier search found, where nothing is to be searched.

    A model of sequences sets some rows aside to know when to stop: whole tracks, or whole artists, under any policy.
    """
    learned = rows_to_learn_from(model, samples, seed)
    samples = samples if len(learned) == len(samples) else samples.where(learned)
    groups = find_policy(policy).groups(samples.rows)
    aside = samples.units if samples.kind == "frames" else None
    how: dict[str, Any] = {"aside": aside, "effort": search, "seed": seed, "parameters": parameters}
    found = fit_searched(model, samples.X, samples.y, groups, **how)
    return Fitted(*found, learned)


def predict(
    estimator: Pipeline,
    samples: Samples,
    rows: np.ndarray,
    *,
    guesses: bool = False,
    genres: Sequence[str] | None = None,
) -> dict[str, Predictions]:
    """Predict rows, at the level of segments and, by their pooled vote, of tracks.

    Parameters
    ----------
    estimator : fitted Pipeline
    samples : Samples
    rows : np.ndarray of int
        which rows of `samples`
    guesses : bool
        as its `ZooEntry` has it
    genres : sequence of str, optional
        what its classes mean; else those of `samples`

    Returns
    -------
    dict
        ``segment`` and ``track``
    """
    probabilities = np.zeros((len(rows), len(samples.genres)))
    names = np.arange(len(samples.genres)) if genres is None else np.array([samples.genres.index(g) for g in genres])
    probabilities[:, names[estimator.classes_]] = estimator.predict_proba(samples.X[rows])
    groups = samples.units[rows]
    tracks, first, code = np.unique(samples.rows["track"].to_numpy()[rows], return_index=True, return_inverse=True)
    return {
        "segment": Predictions(rows, groups, samples.y[rows], probabilities, guesses),
        "track": Predictions(tracks, groups[first], samples.y[rows[first]], pool(probabilities, code), guesses),
    }


def _fit_and_predict(candidate: Candidate, seed: int, repeat: int) -> list[tuple[str, str, Answers]]:
    samples = candidate.samples.under(candidate.policy)
    train, test = split_rows(candidate.policy, samples.rows, samples.y, seed=seed, repeat=repeat)
    seed_of_model = seed if find_policy(candidate.policy).drawn else seed_of("repeat", seed, repeat)
    train, test = within_sample(candidate.model, candidate.policy, samples, train, test, seed_of_model)
    fitted = fit(candidate.model, samples.where(train), seed_of_model, search=candidate.search, policy=candidate.policy)
    guesses = find_entry(candidate.model).guesses
    return [
        (subset, level, predictions.answers)
        for subset, rows in (("train", train[fitted.learned]), ("test", test))
        if len(rows)
        for level, predictions in predict(fitted.estimator, samples, rows, guesses=guesses).items()
    ]


def _counted(result: list, shown: tqdm) -> list:
    shown.update()
    return result


def _policies(candidates: Sequence[Candidate]) -> list[str]:
    return list(dict.fromkeys(candidate.policy for candidate in candidates))


def _on(
    tracks: np.ndarray, candidate: Candidate, pooled: Mapping[tuple[str, str], list[Answers]]
) -> dict[str, tuple[float, int]]:
    """Return the test accuracy on these tracks, and their number, by level."""
    of_row = candidate.samples.under(candidate.policy).rows["track"].to_numpy()
    of_track = np.arange(int(of_row.max()) + 1)
    found = {
        level: accuracy_on(tracks, of_rows, pooled["test", level])
        for level, of_rows in (("segment", of_row), ("track", of_track))
    }
    return {level: told for level, told in found.items() if told is not None}


def _pool(repeats: list[list[tuple[str, str, Answers]]]) -> dict[tuple[str, str], list[Answers]]:
    gathered: dict[tuple[str, str], list[Answers]] = {}
    for outcome in repeats:
        for subset, level, answers in outcome:
            gathered.setdefault((subset, level), []).append(answers)
    return gathered


def _tested_tracks(samples: Samples, repeats: list[Answers]) -> pd.DataFrame:
    names = samples.rows.drop_duplicates("track").set_index("track")["track_id"]
    frames = []
    for repeat, answers in enumerate(repeats):
        tracks, first, code = np.unique(answers.rows, return_index=True, return_inverse=True)
        right = np.bincount(code, answers.right)
        columns = {"track_id": names.loc[tracks].to_numpy(), "group": answers.groups[first], "correct": right}
        frames.append(pd.DataFrame({"repeat": repeat, **columns}))
    return pd.concat(frames, ignore_index=True)


def _tidy(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(frames, ignore_index=True)
    return frame[[*DIMENSIONS, *(name for name in frame.columns if name not in DIMENSIONS)]]


def plan(
    samples: Sequence[Samples], models: Sequence[str], policies: Sequence[str], search: str = "none"
) -> list[Candidate]:
    """Return every model on every window that it takes under every policy.

    A model of vectors is tried on all features and, where they are told apart, on means only. A baseline looks
    at no feature, so it comes once. What can't be tried is left out: `roll_call` tells why.
    """
    return [
        Candidate(model, variant, policy, search)
        for chosen in samples
        for policy in policies
        for model in models
        for variant in _variants(model, chosen)
    ]


def roll_call(samples: Sequence[Samples], models: Sequence[str]) -> pd.DataFrame:
    """Tell which models are compared, and why the others are not.

    Returns
    -------
    pd.DataFrame
        ``model``, ``about`` (where it comes from), ``takes``, ``searched`` (parameters), ``state``
    """
    rows = []
    for name in models:
        entry = find_entry(name)
        parameters = ", ".join(parameter.split("__")[-1] for parameter in entry.space)
        rows.append((name, entry.about, _say_taken(entry.kind), parameters or "nothing", _state(entry, samples)))
    return pd.DataFrame(rows, columns=["model", "about", "takes", "searched", "state"])


def _state(entry: ZooEntry, samples: Sequence[Samples]) -> str:
    if entry.missing:
        return f"left out: {entry.missing}"
    return (
        "compared"
        if any(entry.takes(chosen.kind) for chosen in samples)
        else f"left out: needs {_say_taken(entry.kind)}, see --features"
    )


def _say_taken(kind: str) -> str:
    """Say what models of a kind take."""
    return "any features" if kind == "vectors" else " or ".join(sets_of_kind(kind))


def _variants(model: str, samples: Samples) -> list[Samples]:
    """Return the rows that a model takes: these, and these without their variances, or none."""
    entry = find_entry(model)
    if entry.missing or not entry.takes(samples.kind):
        return []
    means = samples.means_only() if entry.kind == "vectors" and not entry.baseline else None
    return [samples] if means is None else [samples, means]
