"""Proof: are the tracks that somebody else put into a playlist found from its other tracks?

Conventions
-----------
Playlists are split into folds; what is learned, weights and popularity, comes from the others (Schedl and others
2018, Current challenges in music recommender systems, doi:10.1007/s13735-018-0154-2, has the protocol and its limits).
Of each playlist ten tracks are hidden, or half of a short one, drawn at random; the others are the seeds. All tracks of
the dataset but the seeds are ranked. A track may be in playlists of both sides: of sound nothing is learned from it by
name. Figures of a playlist are means over several such draws.

- *recall@10*: hits in the first ten, of ten or of all that are hidden, where these are fewer.
- *NDCG@10* (Järvelin and Kekäläinen 2002): the same, with hits counting less the later they come.
- *R-precision*: hits among as many as are hidden, as in the RecSys Challenge 2018.
- *hit rate*: whether the first ten have a hit at all.
- *diversity*: mean distance of each two of the first ten, in standard deviations.
- *artist coverage*: of all artists, the share that is in any first ten.

Differences are of the same playlists: their interval is a bootstrap over playlists (BCa, Efron 1987), as drawn from
such playlists. Playlists that share tracks, or a maker, are not quite independent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from pipeline.errors import InputError
from pipeline.playlist.choose import nearest
from pipeline.playlist.learned import FEWEST_PLAYLISTS, weigh
from pipeline.playlist.space import Space
from pipeline.random_streams import stream

N_FOLDS, N_REPEATS, HIDDEN, FEWEST_TRACKS = 5, 5, 10, 10
AT = 10
METRICS = {
    "recall_at_10": "recall@10", "ndcg_at_10": "NDCG@10", "r_precision": "R-precision", "hit_rate": "hit rate",
}  # fmt: skip
PLAIN, LEARNED, RANDOM, POPULAR, GENRE = "sound", "sound, learned", "random", "popularity", "same genre"
BASELINES = (RANDOM, POPULAR, GENRE)
N_RESAMPLES = 2000

Ranker = Callable[[np.ndarray], np.ndarray]
"""Rows of seeds -> of each track a value that is lower the better it fits."""


@dataclass(frozen=True)
class Continued:
    """What was found.

    Attributes
    ----------
    playlists : pd.DataFrame
        a row a playlist and method: ``playlist, method, artists`` (all, or none of the seeds' artists), and `METRICS`
    means : pd.DataFrame
        a row a method and ``artists``: the mean of each, ``diversity``, ``artist_coverage``, ``n``
    differences : pd.DataFrame
        a row a method, baseline and metric: ``difference, ci_low, ci_high``
    """

    playlists: pd.DataFrame
    means: pd.DataFrame
    differences: pd.DataFrame


def continue_playlists(
    space: Space, playlists: Sequence[np.ndarray], seed: int = 0, repeats: int = N_REPEATS
) -> Continued:
    """Hide some tracks of each playlist, again and again, and look for them: by sound, and by what needs no sound.

    Parameters
    ----------
    space : Space
    playlists : sequence of np.ndarray of int
        rows of the space; those of fewer than `FEWEST_TRACKS` are left out
    seed : int
    repeats : int
        how often other tracks are hidden

    Raises
    ------
    InputError
        where too few are left
    """
    used = [np.asarray(rows) for rows in playlists if len(rows) >= FEWEST_TRACKS]
    if len(used) < 2 * FEWEST_PLAYLISTS:
        raise InputError(
            f"{len(used)} playlists have {FEWEST_TRACKS} tracks or more of dataset {space.dataset!r}: "
            f"a test takes {2 * FEWEST_PLAYLISTS}"
        )
    folds = stream("folds of playlists", seed).permutation(len(used)) % N_FOLDS
    rows, lists = [], []
    for fold in range(N_FOLDS):
        learned_from = [used[i] for i in np.flatnonzero(folds != fold)]
        rankers = _rankers(space, learned_from, seed)
        for i in np.flatnonzero(folds == fold):
            for repeat in range(repeats):
                hidden, seeds = _hide(used[i], seed, int(i), repeat)
                for method, ranker in rankers.items():
                    values = ranker(seeds)
                    for artists in ("all", "others"):
                        row, first = _judge(space, values, seeds, hidden, artists)
                        if row:
                            rows.append({"playlist": int(i), "method": method, "artists": artists, **row})
                            lists.append((method, artists, first))
    table = pd.DataFrame(rows).groupby(["artists", "method", "playlist"], sort=False).mean().reset_index()
    return Continued(table, _means(space, table, lists), _differences(table, seed))


def say_continued(found: Continued) -> list[str]:
    """Say whether each way by sound is above each baseline."""
    said = []
    for (method, artists), rows in found.differences.groupby(["method", "artists"], sort=False):
        where = "" if artists == "all" else ", artists of the seeds left out"
        for metric in METRICS:
            of_metric = rows[rows["metric"] == metric]
            value = found.means.set_index(["method", "artists"]).loc[(method, artists), metric]
            above = "; ".join(_say_above(row) for row in of_metric.itertuples())
            said.append(f"{METRICS[metric]} of {method}{where}: {value:.3f}; against {above}.")
    return said


def _say_above(row) -> str:
    chance = "" if row.ci_low > 0 else ", which may be chance"
    return f"{row.than} {row.difference:+z.3f} ({row.ci_low:+z.3f} to {row.ci_high:+z.3f}){chance}"


def _rankers(space: Space, learned_from: Sequence[np.ndarray], seed: int) -> Mapping[str, Ranker]:
    learned = weigh(space, learned_from, seed)
    rng = stream("ties of playlists", seed)
    popularity = np.bincount(np.concatenate(learned_from), minlength=len(space))
    genres = pd.factorize(space.tracks["genre"])[0]

    def by_sound(of: Space) -> Ranker:
        return lambda seeds: of.squared_distances(of.z[seeds].mean(axis=0))

    def any_order() -> np.ndarray:
        return rng.random(len(space))

    return {
        PLAIN: by_sound(space),
        LEARNED: by_sound(learned),
        RANDOM: lambda seeds: any_order(),
        POPULAR: lambda seeds: any_order() - popularity,
        GENRE: lambda seeds: any_order() + (genres != np.bincount(genres[seeds]).argmax()),
    }


def _hide(rows: np.ndarray, seed: int, *numbers: int) -> tuple[np.ndarray, np.ndarray]:
    n_hidden = min(HIDDEN, len(rows) // 2)
    order = stream("hidden tracks", seed, *numbers).permutation(rows)
    return order[:n_hidden], order[n_hidden:]


def _judge(
    space: Space, values: np.ndarray, seeds: np.ndarray, hidden: np.ndarray, artists: str
) -> tuple[dict[str, float], np.ndarray]:
    allowed = space.firsts == np.arange(len(space))
    allowed[space.firsts[seeds]] = False
    if artists == "others":
        theirs = space.artists[seeds]
        allowed &= ~np.isin(space.artists, theirs[theirs >= 0])
        hidden = hidden[allowed[hidden]]
        if not len(hidden):
            return {}, hidden
    ranked = nearest(values, allowed, max(AT, len(hidden)))
    hits = np.isin(ranked, hidden)
    most = min(AT, len(hidden))
    discount = 1 / np.log2(np.arange(2, AT + 2))
    first = hits[:AT]
    return {
        "recall_at_10": first.sum() / most,
        "ndcg_at_10": float(first @ discount[: len(first)] / discount[:most].sum()),
        "r_precision": hits[: len(hidden)].sum() / len(hidden),
        "hit_rate": float(first.any()),
    }, ranked[:AT]


def _means(space: Space, table: pd.DataFrame, lists: list[tuple[str, str, np.ndarray]]) -> pd.DataFrame:
    grouped = table.groupby(["method", "artists"], sort=False)
    means = grouped[list(METRICS)].mean()
    means["n"] = grouped.size()
    n_artists = len(np.unique(space.artists[space.artists >= 0]))
    for key in means.index:
        own = [first for method, artists, first in lists if (method, artists) == key]
        shown = np.unique(space.artists[np.concatenate(own)])
        means.loc[key, "diversity"] = np.mean([_spread(space, first) for first in own])
        means.loc[key, "artist_coverage"] = (shown >= 0).sum() / max(n_artists, 1)
    return means.reset_index()


def _spread(space: Space, rows: np.ndarray) -> float:
    points = space.z[rows] * np.sqrt(space.weights)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    return float(apart[np.triu_indices(len(rows), 1)].mean()) if len(rows) > 1 else 0.0


def _differences(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    names, compared = [], []
    for artists, of_kind in table.groupby("artists", sort=False):
        wide = of_kind.pivot(index="playlist", columns="method", values=list(METRICS))
        for method, others in ((PLAIN, BASELINES), (LEARNED, (*BASELINES, PLAIN))):
            names += [(method, than, artists, metric) for than in others for metric in METRICS]
            compared += [wide[metric, method] - wide[metric, than] for than in others for metric in METRICS]
    differences = pd.DataFrame(names, columns=["method", "than", "artists", "metric"])
    bounds = [_interval(rows.to_numpy(dtype=float), seed) for rows in compared]
    return differences.assign(
        difference=[rows.mean() for rows in compared],
        ci_low=[low for low, _ in bounds],
        ci_high=[high for _, high in bounds],
        n=[len(rows) for rows in compared],
    )


def _interval(differences: np.ndarray, seed: int) -> tuple[float, float]:
    if len(differences) < 2 or np.ptp(differences) == 0:
        return np.nan, np.nan
    rng = stream("bootstrap of playlists", seed)
    drawn = bootstrap((differences,), np.mean, n_resamples=N_RESAMPLES, method="BCa", vectorized=True, rng=rng)
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)
