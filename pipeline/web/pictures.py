"""The notebooks' figures as PNG, each drawn once a run."""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from matplotlib.figure import Figure

from pipeline.evaluation import of_champion
from pipeline.features.means import base_set
from pipeline.listen.judge import Judge
from pipeline.models import FittedModel, display_name
from pipeline.report.figures import draw_comparison, draw_confusion, draw_importances, draw_k_search, draw_pairs
from pipeline.splits import COMPARED, find_policy
from pipeline.store import Run

MOST_KEPT = 20


@dataclass(frozen=True)
class Picture:
    """A figure: what it shows in words, the result table it is drawn from, and how."""

    title: str
    text: str
    table: str
    draw: Callable[[Run, FittedModel], Figure | None]


def _comparison(run: Run, champion: FittedModel) -> Figure | None:
    scores = run.scores(feature_set=run.main_feature_set or base_set(champion.feature_set))
    return draw_comparison(scores) if len(scores) else None


def _confusion(run: Run, champion: FittedModel) -> Figure | None:
    rows = of_champion(run.table("confusion", subset="holdout"), champion)
    return draw_confusion(rows, f"{display_name(champion.name)} on the holdout") if len(rows) else None


def _k_search(run: Run, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_k_search, run.table("k_search"))


def _importances(run: Run, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_importances, run.table("feature_importance"))


def _pairs(run: Run, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_pairs, run.table("genre_pairs", subset="test"))


def _where_there_are(draw: Callable[[pd.DataFrame], Figure], rows: pd.DataFrame) -> Figure | None:
    return draw(rows) if len(rows) else None


PICTURES = {
    "comparison": Picture(
        "Train against test, shuffled rows against whole tracks",
        "Bars of train and test accuracy of each model, a panel a window length and split policy, with 95 % intervals. "
        "The table of all comparisons has the same numbers.",
        "class_report",
        _comparison,
    ),
    "confusion": Picture(
        "Which genres the champion takes for which, on the holdout",
        "Confusion matrix: a row an actual genre, a column a predicted one, each cell the share of the actual genre. "
        "The tracks behind it are listed under Unseen records.",
        "confusion",
        _confusion,
    ),
    "k_search": Picture(
        "How many neighbours should vote",
        "Lines of train and test accuracy of k nearest neighbours over k, a panel a window length, "
        "with bands from the lowest to the highest of the splits; "
        f"{', '.join(f'{policy.line} {policy.phrase}' for policy in map(find_policy, COMPARED))}.",
        "k_search",
        _k_search,
    ),
    "importances": Picture(
        "Which features matter",
        "Bars of the fifteen most important features, with whiskers of a standard deviation, a panel a model, window "
        "length and method.",
        "feature_importance",
        _importances,
    ),
    "pairs": Picture(
        "Two genres at a time",
        "Points with 95 % intervals: test accuracy of each model on pairs of genres, where 0.5 is a coin.",
        "genre_pairs",
        _pairs,
    ),
}


class Pictures:
    """Draws and keeps pictures. Matplotlib's state is global, so one is drawn at a time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._kept = lru_cache(MOST_KEPT)(self._draw)
        self._judge: Judge | None = None

    def drawable(self, run: Run) -> set[str]:
        """Return the names of the pictures that the run has rows for."""
        tables = run.tables()
        return {name for name, picture in PICTURES.items() if picture.table in tables}

    def png(self, name: str, judge: Judge) -> bytes | None:
        """Return a picture of `PICTURES`, or None where the run has nothing to draw."""
        with self._lock:
            if judge is not self._judge:  # loaded anew: another run, or the same once more
                self._kept.cache_clear()
                self._judge = judge
            return self._kept(name)

    def _draw(self, name: str) -> bytes | None:
        assert self._judge is not None  # nosec B101 # the caller has set it
        figure = PICTURES[name].draw(self._judge.run, self._judge.champion)
        if figure is None:
            return None
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110)
        return file.getvalue()
