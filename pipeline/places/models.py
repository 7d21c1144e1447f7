"""Models that answer with a place: what each believes, and the place that it tells.

=================  =====================================================================================================
``mean_place``     baseline: the mean of all places, whatever the music
``median_place``   baseline: the place from which all are the nearest, whatever the music
``knn``            the mean of the nearest neighbours' unit vectors, the nearer the more
``knn_median``     the place with the least expected error, by the same neighbours
``forest``         extremely randomised trees (Geurts, Ernst and Wehenkel 2006) that regress the unit vector
``forest_median``  the place with the least expected error, by the weights that the trees give to tracks (Lin and Jeon
                   2006; Meinshausen 2006)
``country``        logistic regression by country; the centre, which is the mean of the places, of the likeliest
``country_median`` the place with the least expected error, by the chances of all countries
``mixture``        the same by the mean of what neighbours, trees and countries believe
=================  =====================================================================================================

How many neighbours, and how strongly the regression is held back, is chosen within the tracks that are learned from, by
the mean error of the median in folds that keep whole what the outer ones do.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.globe.sphere import distance_km, mean_of, median_of
from pipeline.random_streams import seed_of

MODEL_NAMES = {
    "mean_place": "mean of all places",
    "median_place": "place nearest to all",
    "knn": "k-NN, mean",
    "knn_median": "k-NN, least expected error",
    "forest": "forest, mean",
    "forest_median": "forest, least expected error",
    "country": "likeliest country",
    "country_median": "countries, least expected error",
    "mixture": "mixture of the three",
}
MODELS = tuple(MODEL_NAMES)
BASELINES = ("mean_place", "median_place")

NEIGHBOURS = (3, 5, 10, 20)
HELD_BACK = (0.03, 0.1, 0.3, 1.0)
"""scikit-learn's C: the less, the more strongly."""
N_TREES, SHARE_OF_FEATURES = 200, 1 / 3
"""A third of the features at each cut, as is usual of regression (Breiman 2001)."""
INNER_FOLDS = 3

Answers = Mapping[str, np.ndarray]
"""By model: places [shape=(n, 3)]."""


class Learned:
    """What is learned from: features, places, and where they are known all countries.

    Parameters
    ----------
    X : np.ndarray [shape=(n, p)]
    places : np.ndarray [shape=(n, 3)]
    countries : np.ndarray [shape=(n,)] or None
    groups : np.ndarray [shape=(n,)]
        what is kept whole
    """

    def __init__(self, X: np.ndarray, places: np.ndarray, countries: np.ndarray | None, groups: np.ndarray) -> None:
        self.X, self.places, self.countries, self.groups = X, places, countries, groups

    def where(self, rows: np.ndarray) -> "Learned":
        """Return some rows of it."""
        countries = None if self.countries is None else self.countries[rows]
        return Learned(self.X[rows], self.places[rows], countries, self.groups[rows])


Believe = Callable[[Learned, np.ndarray], np.ndarray]
"""What is learned from, features of others [shape=(n, p)] -> weights of what is learned from [shape=(n, m)]."""


def answer(learned: Learned, X: np.ndarray, seed: int) -> Answers:
    """Return the places that each model tells for the rows `X` [shape=(n, p)]; of ``MODELS`` those that can."""
    places, nobody = learned.places, np.ones((len(X), len(learned.X)))
    found = {"mean_place": mean_of(places, nobody), "median_place": median_of(places, nobody)}
    near = chosen(NEIGHBOURS, neighbours, learned)(learned, X)
    grown = trees(seed)(learned, X)
    for name, belief in (("knn", near), ("forest", grown)):
        found |= {name: mean_of(places, belief), f"{name}_median": median_of(places, belief)}
    beliefs = [near, grown]
    if learned.countries is not None:
        of_countries = chosen(HELD_BACK, countries, learned)(learned, X)
        found["country"] = _centre_of_likeliest(learned, of_countries)
        found["country_median"] = median_of(places, of_countries)
        beliefs.append(of_countries)
    found["mixture"] = median_of(places, np.mean(beliefs, axis=0))
    return found


def neighbours(k: int) -> Believe:
    """Believe in the `k` nearest tracks, each by the inverse of its distance; columns are standardised."""

    def believe(learned: Learned, X: np.ndarray) -> np.ndarray:
        scaler = StandardScaler().fit(learned.X)
        nearest = NearestNeighbors(n_neighbors=min(k, len(learned.X))).fit(scaler.transform(learned.X))
        distances, rows = nearest.kneighbors(scaler.transform(X))
        weights = np.zeros((len(X), len(learned.X)))
        np.put_along_axis(weights, rows, 1 / np.maximum(distances, 1e-9), axis=1)
        return weights / weights.sum(axis=1, keepdims=True)

    return believe


def trees(seed: int) -> Believe:
    """Believe in the tracks that lie in the same leaves; the mean of their places is what the forest regresses."""

    def believe(learned: Learned, X: np.ndarray) -> np.ndarray:
        forest = ExtraTreesRegressor(
            N_TREES, max_features=SHARE_OF_FEATURES, random_state=seed_of("trees of places", seed)
        ).fit(learned.X, learned.places)
        weights = np.zeros((len(X), len(learned.X)))
        for of_learned, of_others in zip(forest.apply(learned.X).T, forest.apply(X).T, strict=True):
            same = of_others[:, None] == of_learned
            weights += same / same.sum(axis=1, keepdims=True)
        return weights / N_TREES

    return believe


def countries(held_back: float) -> Believe:
    """Believe in the tracks of each country alike, together as much as the country has a chance."""

    def believe(learned: Learned, X: np.ndarray) -> np.ndarray:
        codes, names = pd.factorize(learned.countries)
        if len(names) == 1:
            return np.full((len(X), len(learned.X)), 1 / len(learned.X))
        model = make_pipeline(StandardScaler(), LogisticRegression(C=held_back, max_iter=1000, tol=1e-3))
        chances = model.fit(learned.X, codes).predict_proba(X)
        return chances[:, codes] / np.bincount(codes)[codes]

    return believe


def chosen(values: Sequence[float], make: Callable[..., Believe], learned: Learned) -> Believe:
    """Return the one whose medians err least in folds of what is learned from; the middle one where these are few."""
    n_folds = min(INNER_FOLDS, len(np.unique(learned.groups)))
    if n_folds < 2:
        return make(values[len(values) // 2])
    errors = np.zeros(len(values))
    for train, test in GroupKFold(n_folds).split(learned.X, groups=learned.groups):
        inner = learned.where(train)
        for i, value in enumerate(values):
            predicted = median_of(inner.places, make(value)(inner, learned.X[test]))
            errors[i] += distance_km(predicted, learned.places[test]).sum()
    return make(values[int(errors.argmin())])


def _centre_of_likeliest(learned: Learned, belief: np.ndarray) -> np.ndarray:
    codes, names = pd.factorize(learned.countries)
    of_country = np.eye(len(names))[codes]
    return mean_of(learned.places, of_country.T)[(belief @ of_country).argmax(axis=1)]
