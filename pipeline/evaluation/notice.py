"""What `Unlike` notices, measured on the run's own tracks: false alarms, and genres that it never heard."""

import numpy as np
import pandas as pd

from pipeline.evaluation.out_of_fold import deal
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.track_means import some_tracks
from pipeline.features import find_feature_set
from pipeline.features.means import base_set
from pipeline.models import FittedModel, Unlike
from pipeline.models.unlike import level_free
from pipeline.random_streams import stream
from pipeline.splits import holdout_policy
from pipeline.tables import UNLIKE

FALSE_ALARMS = 0.05
"""The share of tracks like the training music that is called unlike it."""
N_FOLDS = 5
FEWEST_TRACKS = 20
"""Of fewer, one in twenty is none."""
MOST_TRACKS = 2000
"""That are looked at; of more a sample of whole groups."""
MOST_GENRES = 20
"""That are left out, one after the other; of more those of most tracks."""
KNOWN, LEFT_OUT = "known", "left_out"


def measure_unlike(champion: FittedModel, samples: Samples, seed: int) -> tuple[Unlike | None, pd.DataFrame]:
    """Fit what tells unlike music on the tracks outside the holdout, and measure it.

    The limit is what one in twenty tracks exceeds, each beside others that its artist (or group) is not among. Then
    each genre is left out in turn: nothing is learned from it, and the limit is found anew.

    Returns
    -------
    unlike : Unlike or None
        None where tracks are fewer than `FEWEST_TRACKS`
    rows : pd.DataFrame
        rows of ``unlike``: ``kind``, ``genre``, ``noticed``, ``n``
    """
    learning = samples.learning().under(holdout_policy(champion.split))
    values, y, units = some_tracks(learning, MOST_TRACKS, stream("novelty", seed))
    known_set = find_feature_set(base_set(learning.feature_set))
    kept = level_free(learning.features, known_set.level if known_set else frozenset())
    away = _crossed(values, y, units, kept, seed)
    if len(away) < FEWEST_TRACKS:
        return None, pd.DataFrame()
    limit = _limit(away)
    rows = [(KNOWN, None, float((away > limit).mean()), len(away))]
    counts = pd.Series(y).value_counts()
    for genre in counts.index[:MOST_GENRES]:
        others = y != genre
        rest = _crossed(values[others], y[others], units[others], kept, seed)
        if len(rest) >= FEWEST_TRACKS:
            found = Unlike.fit(values[others], y[others], kept).distances(values[~others])
            rows.append((LEFT_OUT, learning.genres[genre], float((found > _limit(rest)).mean()), len(found)))
    table = pd.DataFrame(rows, columns=UNLIKE.names)
    left_out = table[table["kind"] == LEFT_OUT]
    fitted = Unlike.fit(values, y, kept)
    measured = {"limit": limit, "false_alarms": rows[0][2]}
    measured["noticed"] = float(left_out["noticed"].mean()) if len(left_out) else np.nan
    return Unlike(**{**vars(fitted), **measured}), table


def say_unlike(unlike: Unlike | None) -> str:
    """Say what is called unlike the training music, and how often that is noticed."""
    if unlike is None:
        return "Too few tracks to tell what is unlike them."
    said = (
        f"A song is called unlike the training music where it lies so far from every genre as only {FALSE_ALARMS:.0%} "
        "of the tracks do when nothing else of their group is learned from."
    )
    if np.isnan(unlike.noticed):
        return said
    return f"{said} Of genres it never heard it notices {unlike.noticed:.0%}: each was left out in turn."


def _crossed(values: np.ndarray, y: np.ndarray, units: np.ndarray, kept: np.ndarray, seed: int) -> np.ndarray:
    """Return the distance of each track from genres that its group is not among; none of a genre's only group."""
    folds, away = deal(units, y, N_FOLDS, seed), []
    for fold in range(folds.max(initial=-1) + 1):
        learned = folds != fold
        away.append(Unlike.fit(values[learned], y[learned], kept).distances(values[~learned]))
    return np.concatenate(away) if away else np.empty(0)


def _limit(away: np.ndarray) -> float:
    return float(np.quantile(away, 1 - FALSE_ALARMS))
