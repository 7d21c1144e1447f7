"""How good the chosen candidate is, less what being the highest of many adds.

Conventions
-----------
A *candidate* is what may become champion: a model on the rows of a feature set and window, with its parameters. The
test accuracy of each is fair, but the highest of many is too high: of eighteen that all guess, the luckiest is chosen.

So the choice is made again without a quarter of the groups (what intervals are over: tracks, or artists), each quarter
in turn, and what is chosen is scored on the quarter that had no say in it. That is done for up to `DRAWS` partitions,
stratified by genre. It is the idea of the bootstrap bias-corrected cross-validation of Tsamardinos, Greasidou and
Borboudakis (2018), on the same stored out-of-fold answers, so that nothing is fitted again. They choose by a bootstrap
sample, which tells as much as half of the groups do, and so a little worse than is done in the end; three quarters
choose better. `benchmarks/choice.md` has both.

The interval is that of a score (`interval`). Its variance has three parts: that of one candidate's answers, on average
over what was chosen; that of what these score; and that of the difference between what was announced, which is of all
of them, and the champion, which is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.evaluation.answered import AnsweredKey, AnsweredTracks
from pipeline.evaluation.coverage import coverages
from pipeline.evaluation.interval import Bounds, interval_of_variance, share_of_one
from pipeline.evaluation.neighbours import KSearch
from pipeline.evaluation.samples import Samples
from pipeline.random_streams import stream
from pipeline.splits import main_genres

CORRECTED = "corrected_accuracy"
"""The metric's name in ``scores``."""

PARTS = 4
DRAWS, FEWEST_DRAWS = 40, 8
MOST_DRAWN = 200_000
"""Groups dealt out, all partitions together: of very many groups fewer partitions tell as much."""


@dataclass(frozen=True)
class Family:
    """Candidates of which one is chosen first, by the accuracy of single rows, and alone goes on: k neighbours, by k.

    Of equal ones it is the last, as in `search_k`.

    Attributes
    ----------
    columns : list of int [shape=(m,)]
        which candidates
    right : np.ndarray [shape=(n_groups, m)]
        right answers to rows
    at_large : np.ndarray of bool [shape=(m,)], optional
        candidates that go on in any case, as they were compared by themselves too; else none
    """

    columns: list[int]
    right: np.ndarray
    at_large: np.ndarray | None = None


@dataclass(frozen=True)
class Tried:
    """All candidates that there were to choose from, and what they answered to each group.

    Attributes
    ----------
    right, n : np.ndarray [shape=(n_groups, n_candidates)]
        right answers for tracks, and answers, over all repeats
    genres : np.ndarray of int [shape=(n_groups,)]
    families : sequence of Family
    coverage : np.ndarray [shape=(n_candidates,)], optional
        the share of tracks that each answers, which its accuracy counts times; else all answer all
    """

    right: np.ndarray
    n: np.ndarray
    genres: np.ndarray
    families: Sequence[Family] = field(default_factory=tuple)
    coverage: np.ndarray | None = None


@dataclass(frozen=True)
class Corrected:
    """The accuracy to expect of what is chosen.

    Attributes
    ----------
    value : float
    bounds : (float, float)
        its 95 % interval; missing where groups are too few
    chosen : np.ndarray [shape=(n_candidates,)]
        how often each candidate was chosen, as a share of all choices
    """

    value: float
    bounds: Bounds
    chosen: np.ndarray

    @property
    def n_candidates(self) -> int:
        """How many there were to choose from."""
        return len(self.chosen)


def gather(
    answered: Mapping[AnsweredKey, AnsweredTracks], searched: Sequence[KSearch], samples: Sequence[Samples], policy: str
) -> Tried:
    """Return all candidates that there were to choose from under a policy.

    Parameters
    ----------
    answered : mapping
        of candidates that were tested however the choice went
    searched : sequence of KSearch
        under the policy, with answers; a k that is among `answered` is one candidate with that
    samples : sequence of Samples
        all windows, without the holdout; tracks that are in none any more are left out
    policy : str
    """
    tracks = pd.concat(
        [each.rows[["track_id"]].assign(unit=each.units, genre=each.y) for each in (s.under(policy) for s in samples)]
    ).drop_duplicates("track_id")
    index, codes = pd.Index(tracks["track_id"]), pd.factorize(tracks["unit"])[0]

    def by_group(each: AnsweredTracks) -> tuple[np.ndarray, np.ndarray]:
        place = index.get_indexer(each.track_ids)
        group, known = codes[place], place >= 0
        right, n = (np.bincount(group[known], of[known], codes.max() + 1) for of in (each.right, each.n))
        return right, n

    shares = coverages(samples, policy)
    in_order = sorted(answered, key=_in_ranking)
    columns, covered = [by_group(answered[key]) for key in in_order], [shares.get(key[1:3], 1.0) for key in in_order]
    families = []
    for search in searched:
        window = (samples[0].feature_set, float(search.found["window_s"].iloc[0]))
        members = []
        for k, of_k in search.of_tracks.items():
            if (key := (f"knn_{k}", *window, policy)) in answered:
                members.append(in_order.index(key))
                continue
            members.append(len(columns))
            columns.append(by_group(of_k))
            covered.append(shares[window])
        rows = np.column_stack([by_group(of_k)[0] for of_k in search.of_rows.values()])
        families.append((members, rows, np.array(members) < len(in_order)))
    right, n = (np.column_stack(each) for each in zip(*columns, strict=True))
    tested = n.any(axis=1)
    genres = main_genres(codes, tracks["genre"].to_numpy())[tested]
    return Tried(
        right[tested],
        n[tested],
        genres,
        [Family(of, rows[tested], at_large) for of, rows, at_large in families],
        np.array(covered),
    )


def _in_ranking(key: AnsweredKey) -> tuple:
    """Return what sorts candidates as `ranking` does those that are equal: by name, then the longer window."""
    model, feature_set, window_s, _ = key
    return model, feature_set, -window_s


def correct(tried: Tried, seed: int) -> Corrected:
    """Return the accuracy of tracks to expect of the candidate that scores highest."""
    n_groups, n_candidates = tried.right.shape
    scores = _rates(tried.right.sum(axis=0), tried.n.sum(axis=0))
    [champion] = _choose_without(tried, np.zeros((1, n_groups)))
    rng, every = stream("choice", seed), np.arange(n_groups)
    right, n, squares = np.zeros(n_groups), np.zeros(n_groups), np.zeros(n_groups)
    chosen: list[int] = []
    draws = max(FEWEST_DRAWS, min(DRAWS, MOST_DRAWN // n_groups))
    for _ in range(draws):
        part = _partition(tried.genres, rng)
        choice = _choose_without(tried, (part == np.arange(PARTS)[:, None]).astype(float))
        mine = choice[part]
        right += tried.right[every, mine] / draws
        n += tried.n[every, mine] / draws
        squares += (tried.right[every, mine] - scores[mine] * tried.n[every, mine]) ** 2 / draws
        chosen.extend(choice)
    total = max(n.sum(), 1)
    value = float(right.sum() / total)
    apart = right - value * n - (tried.right[:, champion] - scores[champion] * tried.n[:, champion])
    sampled = n_groups / max(n_groups - 1, 1) * (squares + apart**2).sum() / total**2
    bounds = interval_of_variance(value, sampled + float(np.var(scores[chosen])), share_of_one(n))
    return Corrected(value, bounds, np.bincount(chosen, minlength=n_candidates) / len(chosen))


def _partition(genres: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal groups out to parts, each genre's in turn [shape=(n_groups,), dtype=int]."""
    shuffled = rng.permutation(len(genres))
    order = shuffled[np.argsort(genres[shuffled], kind="stable")]
    part = np.empty(len(genres), dtype=int)
    part[order] = np.arange(len(genres)) % PARTS
    return part


def _choose_without(tried: Tried, left_out: np.ndarray) -> np.ndarray:
    """Return which candidate scores highest without each part [shape=(n_parts,)]; of equal ones the first.

    Parameters
    ----------
    left_out : np.ndarray [shape=(n_parts, n_groups)]
        1 where a group is of the part
    """
    kept = 1 - left_out
    scores = _rates(kept @ tried.right, kept @ tried.n) * (1 if tried.coverage is None else tried.coverage)
    for family in tried.families:
        last = len(family.columns) - 1
        best = last - (kept @ family.right)[:, ::-1].argmax(axis=1)
        loses = np.ones((len(kept), len(family.columns)), dtype=bool)
        loses[np.arange(len(kept)), best] = False
        if family.at_large is not None:
            loses[:, family.at_large] = False
        scores[:, family.columns] = np.where(loses, -1, scores[:, family.columns])
    return scores.argmax(axis=1)


def _rates(right: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.where(n > 0, right / np.maximum(n, 1), -1)
