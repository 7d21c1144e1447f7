"""Genre pairs as binary problems: which two genres are hard to tell apart, and how hard."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.candidates import Candidate
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.protocol import evaluate
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.spread import spread
from pipeline.evaluation.tally import Answers, count
from pipeline.evaluation.threads import on_one_core
from pipeline.splits import holdout_policy
from pipeline.tables import GENRE_PAIRS

PAIR_MODELS = ("logistic_regression", "knn_3", "random_forest")
PUBLISHED_PAIRS = "Pop/Folk, Hip-Hop/Rock, Instrumental/International, Electronic/Experimental"
N_PAIRS = 4

Pair = tuple[str, str]


def choose_pairs(pairs: str, genres: Sequence[str], confusion: pd.DataFrame) -> list[Pair]:
    """Return the pairs to look at.

    Parameters
    ----------
    pairs : str
        like ``Pop/Folk, Hip-Hop/Rock``; empty: the published pairs as far as the dataset has their genres, and up to
        four in all those that are confused most
    genres : sequence of str
        of the dataset; spelling is compared without case, spaces and hyphens
    confusion : pd.DataFrame
        ``actual, predicted, n, share_of_actual``, to find the hardest pairs in

    Raises
    ------
    InputError
        where a named pair is no pair of genres of the dataset
    """
    if pairs.strip():
        named = {part.strip(): split_pair(part, genres) for part in pairs.split(",") if part.strip()}
        unknown = [part for part, pair in named.items() if pair is None]
        if unknown:
            raise InputError(f"pairs: {unknown[0]!r} is not two genres with a / between; genres: {', '.join(genres)}")
        return [pair for pair in named.values() if pair]
    published = [split_pair(part, genres) for part in PUBLISHED_PAIRS.split(",")]
    chosen = [pair for pair in published if pair]
    told_apart = {frozenset(pair) for pair in chosen}
    hardest = [pair for pair in hardest_pairs(confusion) if frozenset(pair) not in told_apart]
    return (chosen + hardest)[:N_PAIRS]


def hardest_pairs(confusion: pd.DataFrame, n_pairs: int = N_PAIRS) -> list[Pair]:
    """Return the pairs of genres with the largest shares taken for each other, hardest first."""
    shares = confusion.pivot_table(  # summed, since a matrix has no row for a cell that is 0
        index="actual", columns="predicted", values="share_of_actual", aggfunc="sum", observed=True
    )
    genres = sorted(confusion["actual"].unique())
    shares = shares.reindex(index=genres, columns=genres).fillna(0.0)
    both = shares.to_numpy() + shares.to_numpy().T
    first, second = np.triu_indices_from(both, k=1)
    order = np.argsort(-both[first, second], kind="stable")[:n_pairs]
    return [(genres[first[i]], genres[second[i]]) for i in order]


def evaluate_pairs(
    samples: Sequence[Samples], pairs: Sequence[Pair], policy: str, *, repeats: int, seed: int, jobs: int
) -> pd.DataFrame:
    """Score each pair on the learning rows, at the level of segments; a pair of too few tracks gives no row.

    Returns
    -------
    pd.DataFrame
        ``genre_pairs`` as declared, subsets train and test
    """
    frames = []
    for pair in pairs:
        rows = [binary for chosen in samples if (binary := chosen.pair(*pair)).comparable(policy)]
        candidates = [Candidate(model, binary, policy) for binary in rows for model in PAIR_MODELS]
        if candidates:
            scores = evaluate(candidates, repeats=repeats, seed=seed, jobs=jobs).scores
            frames.append(_accuracies(scores[scores["level"] == "segment"], pair))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=GENRE_PAIRS.names)


@on_one_core
def hold_out_pairs(
    samples: Sequence[Samples], pairs: Sequence[Pair], policy: str, *, seed: int, jobs: int = 1
) -> pd.DataFrame:
    """Fit each pair on all learning rows and score it on the holdout; a pair the holdout lacks gives no row.

    `policy` is the one that the champion was chosen under.

    Returns
    -------
    pd.DataFrame
        ``genre_pairs`` as declared, subset holdout
    """
    frames = []
    counted_rows = [chosen.under(holdout_policy(policy)) for chosen in samples]
    given = [(whole, pair, model, seed) for pair in pairs for whole in counted_rows for model in PAIR_MODELS]
    for (whole, pair, model, _), answers in zip(given, spread(_hold_out_pair, given, jobs), strict=True):
        if answers is not None:
            names = {"model": model, "window_s": whole.window_s, "subset": "holdout"}
            frames.append(_accuracies(score(count([answers], 2), seed).assign(**names), pair))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=GENRE_PAIRS.names)


def _hold_out_pair(whole: Samples, pair: Pair, model: str, seed: int) -> Answers | None:
    held, learning = whole.holdout().pair(*pair), whole.learning().pair(*pair)
    if not len(held) or not learning.comparable():
        return None
    return predict(fit(model, learning, seed).estimator, held, np.arange(len(held)))["segment"].answers


def _accuracies(scores: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    kept = scores[scores["metric"] == "accuracy"].rename(columns={"value": "accuracy"})
    return kept.assign(pair="/".join(pair), genre_a=pair[0], genre_b=pair[1])[GENRE_PAIRS.names]


def split_pair(text: str, genres: Sequence[str]) -> Pair | None:
    """Return the two genres of ``A/B``, whose names may hold a slash themselves; None where it is no such pair."""
    spelled = {_plain(genre): genre for genre in genres} | {genre: genre for genre in genres}
    parts = text.split("/")
    for cut in range(1, len(parts)):
        halves = ["/".join(parts[:cut]).strip(), "/".join(parts[cut:]).strip()]
        first, second = (spelled.get(half) or spelled.get(_plain(half)) for half in halves)
        if first and second and first != second:
            return first, second
    return None


def _plain(genre: str) -> str:
    return re.sub(r"[\s_-]", "", genre).casefold()
