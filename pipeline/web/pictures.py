"""The notebooks' figures as PNG, each drawn once a run."""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from matplotlib.figure import Figure
from pymongo.database import Database

from pipeline.evaluation import of_champion, read_scores, read_table
from pipeline.features.means import base_set
from pipeline.models import FittedModel
from pipeline.report.figures import draw_comparison, draw_confusion, draw_importances, draw_k_search, draw_pairs
from pipeline.splits import COMPARED, find_policy

MOST_KEPT = 20


@dataclass(frozen=True)
class Picture:
    """A figure: what it shows in words, the result table it is drawn from, and how."""

    title: str
    text: str
    table: str
    draw: Callable[[Database, FittedModel], Figure | None]


def _comparison(database: Database, champion: FittedModel) -> Figure | None:
    scores = read_scores(database, champion.run_id, feature_set=base_set(champion.feature_set))
    return draw_comparison(scores) if len(scores) else None


def _confusion(database: Database, champion: FittedModel) -> Figure | None:
    rows = of_champion(read_table(database, champion.run_id, "confusion", subset="holdout"), champion)
    return draw_confusion(rows, f"{champion.name} on the holdout") if len(rows) else None


def _k_search(database: Database, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_k_search, read_table(database, champion.run_id, "k_search"))


def _importances(database: Database, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_importances, read_table(database, champion.run_id, "feature_importance"))


def _pairs(database: Database, champion: FittedModel) -> Figure | None:
    return _where_there_are(draw_pairs, read_table(database, champion.run_id, "genre_pairs", subset="test"))


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
        "Lines of train and test accuracy of k nearest neighbours over k, a panel a window length; "
        f"{', '.join(f'{policy.line} {policy.phrase}' for policy in map(find_policy, COMPARED))}.",
        "k_search",
        _k_search,
    ),
    "importances": Picture(
        "Which features matter",
        "Bars of the fifteen most important features by impurity and by permutation, a row of panels a window length.",
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

    def __init__(self, database: Database):
        self._database = database
        self._lock = threading.Lock()
        self._kept = lru_cache(MOST_KEPT)(self._draw)
        self._champion: FittedModel | None = None

    def drawable(self, champion: FittedModel) -> set[str]:
        """Return the names of the pictures that the run has rows for."""
        tables = set(self._database["results"].distinct("table", {"run_id": champion.run_id}))
        return {name for name, picture in PICTURES.items() if picture.table in tables}

    def png(self, name: str, champion: FittedModel) -> bytes | None:
        """Return a picture of `PICTURES`, or None where the run has nothing to draw."""
        with self._lock:
            if champion is not self._champion:  # loaded anew: another run, or the same once more
                self._kept.cache_clear()
                self._champion = champion
            return self._kept(name)

    def _draw(self, name: str) -> bytes | None:
        figure = PICTURES[name].draw(self._database, self._champion)
        if figure is None:
            return None
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110)
        return file.getvalue()
