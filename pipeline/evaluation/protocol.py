"""Fit and predict under a split policy, over several seeds; count what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from tqdm import tqdm

from pipeline.errors import InputError
from pipeline.evaluation.answered import AnsweredTracks, answered_tracks
from pipeline.evaluation.candidates import Candidate, TestedKey
from pipeline.evaluation.coverage import accuracy_on, common_tracks, coverage_rows
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.gap import AnsweredRows, gap_rows, rows_by_track
from pipeline.evaluation.limits import within_sample
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.spread import spread
from pipeline.evaluation.tally import Answers, class_report, confusion_rows, count
from pipeline.models import find_entry
from pipeline.printable import bar
from pipeline.random_streams import seed_of
from pipeline.splits import find_policy, split_rows, stand_ins
from pipeline.tables import DIMENSIONS


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


def evaluate(candidates: Sequence[Candidate], *, repeats: int, seed: int, jobs: int, progress: str = "") -> Evaluation:
    """Evaluate candidates: 75/25 splits over `repeats` seeds, at the level of segments and of tracks.

    Where two policies draw the same splits of a candidate's rows (`stand_ins`), it is fitted for both at once.

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
    own = _stand_ins(candidates)
    distinct = {each.key: each for each in own.values()}
    last_use = {stand_in.key: key for key, stand_in in own.items()}
    given = ((candidate, seed, repeat) for candidate in distinct.values() for repeat in range(repeats))
    fits = spread(_fit_and_predict, given, jobs)
    scores, reports, confusions, tested, answered = [], [], [], {}, {}
    by_track: dict[TestedKey, AnsweredRows] = {}
    common = {
        name: common_tracks([c.samples for c in candidates if c.policy == name], name) for name in _policies(candidates)
    }
    on_common: dict[TestedKey, dict[str, tuple[float, int]]] = {}
    outcomes: dict[TestedKey, _Outcome] = {}
    with bar(progress, "fit", repeats * len(distinct)) as shown:
        for candidate in candidates:
            stand_in = own[candidate.key]
            if stand_in.key not in outcomes:
                shown.set_postfix_str(stand_in.name, refresh=False)
                outcomes[stand_in.key] = _count(stand_in, [_met(next(fits), shown) for _ in range(repeats)], seed)
            outcome = outcomes[stand_in.key]
            if last_use[stand_in.key] == candidate.key:
                del outcomes[stand_in.key]
            pooled = outcome.answers
            tested[candidate.key] = _tested_tracks(candidate.samples, pooled["test", "track"])
            if not find_entry(candidate.model).baseline:
                answered[candidate.key] = answered_tracks(candidate.samples, pooled["test", "track"])
            by_track[candidate.key] = rows_by_track(candidate.samples, candidate.policy, pooled["test", "segment"])
            if (tracks := common[candidate.policy]) is not None:
                on_common[candidate.key] = _on(tracks, candidate, pooled)
            for (subset, level), found in outcome.scores.items():
                names = dict(zip(DIMENSIONS, (*candidate.key, subset, level), strict=True))
                scores.append(found.assign(**names, repeats=repeats))
                if subset == "test":
                    reports.append(outcome.class_reports[level].assign(**names))
                    confusions.append(outcome.confusions[level].assign(**names))
    next(fits, None)  # there is none left, and what has come to its end need not be cancelled
    if on_common:
        scores.append(coverage_rows(on_common, {each.key: each.samples for each in candidates}, repeats))
    gaps = gap_rows(by_track)
    if len(gaps):
        of_rows = {"subset": "test", "level": "segment"}
        accuracy = pd.concat(scores)[lambda table: table["metric"] == "accuracy"]
        named = accuracy[[*DIMENSIONS, "n"]]
        scores.append(gaps.assign(**of_rows, repeats=repeats).merge(named, on=list(DIMENSIONS)))
    return Evaluation(_tidy(scores), _tidy(reports), _tidy(confusions), tested, answered)


@dataclass(frozen=True)
class _Outcome:
    """What a candidate answered in all repeats, and what that counts to.

    Attributes
    ----------
    answers : mapping of list of Answers
        by subset and level, of each repeat
    scores : mapping of pd.DataFrame
        by subset and level
    class_reports, confusions : mapping of pd.DataFrame
        of the test subset, by level
    """

    answers: Mapping[tuple[str, str], list[Answers]]
    scores: Mapping[tuple[str, str], pd.DataFrame]
    class_reports: Mapping[str, pd.DataFrame]
    confusions: Mapping[str, pd.DataFrame]


def _count(candidate: Candidate, repeats: list[list[tuple[str, str, Answers]]], seed: int) -> _Outcome:
    pooled, genres = _pool(repeats), candidate.samples.genres
    if ("test", "track") not in pooled:
        raise InputError(
            f"{candidate.model} has no {candidate.samples.window_s:g}-second rows to be tested on under split "
            f"policy {candidate.policy!r}: 01_catalogue tells what the policy needs, and what is missing"
        )
    own = {key: _counted_as(key, pooled) for key in pooled}
    counted = {key: count(pooled[key], len(genres)) for key in set(own.values())}
    scored = {key: score(of, seed) for key, of in counted.items()}
    confusions = {level: counted[of].confusion for (subset, level), of in own.items() if subset == "test"}
    return _Outcome(
        pooled,
        {key: scored[of] for key, of in own.items()},
        {level: class_report(confusion, genres) for level, confusion in confusions.items()},
        {level: confusion_rows(confusion, genres) for level, confusion in confusions.items()},
    )


def _counted_as(key: tuple[str, str], pooled: Mapping[tuple[str, str], list[Answers]]) -> tuple[str, str]:
    """Return by which subset and level the answers of these are counted: of tracks of one row each, as tracks."""
    of_tracks = key[0], "track"
    is_one_each = all(len(a.rows) == len(b.rows) for a, b in zip(pooled[key], pooled[of_tracks], strict=True))
    return of_tracks if is_one_each else key


def _stand_ins(candidates: Sequence[Candidate]) -> dict[TestedKey, Candidate]:
    """Return for each candidate the one whose fits and answers are its own too; mostly itself."""
    alike: dict[tuple, dict[str, Candidate]] = {}
    for each in candidates:
        rows = each.samples.feature_set, each.samples.window_s, id(each.samples.rows)
        alike.setdefault((each.model, each.search, *rows), {})[each.policy] = each
    found: dict[TestedKey, Candidate] = {}
    for of_policy in alike.values():
        rows = next(iter(of_policy.values())).samples.rows
        found |= {of_policy[name].key: of_policy[of] for name, of in stand_ins(list(of_policy), rows).items()}
    return {each.key: found[each.key] for each in candidates}


def _fit_and_predict(candidate: Candidate, seed: int, repeat: int) -> list[tuple[str, str, Answers]]:
    samples = candidate.samples.under(candidate.policy)
    train, test = split_rows(candidate.policy, samples.rows, samples.y, seed=seed, repeat=repeat)
    seed_of_model = seed if find_policy(candidate.policy).drawn else seed_of("repeat", seed, repeat)
    train, test = within_sample(candidate.model, candidate.policy, samples, train, test, seed_of_model)
    fitted = fit(candidate.model, samples, seed_of_model, train, search=candidate.search, policy=candidate.policy)
    guesses = find_entry(candidate.model).guesses
    return [
        (subset, level, predictions.answers)
        for subset, rows in (("train", fitted.learned), ("test", test))
        if len(rows)
        for level, predictions in predict(fitted.estimator, samples, rows, guesses=guesses).items()
    ]


def _met(result: list, shown: tqdm) -> list:
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
    return {level: accuracy for level, accuracy in found.items() if accuracy is not None}


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
