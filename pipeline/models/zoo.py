"""The zoo: a name for each model, and the unfitted scikit-learn estimator behind it."""

import re
from collections.abc import Callable

from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.errors import InputError

N_TREES = 100
USUAL_MODELS = ("dummy_most_frequent", "dummy_stratified", "logistic_regression", "knn_3", "random_forest")


def dummy_most_frequent(seed: int) -> Pipeline:
    """Always the commonest genre: the floor for accuracy."""
    return make_pipeline(DummyClassifier(strategy="most_frequent"))


def dummy_stratified(seed: int) -> Pipeline:
    """A genre drawn by its share of the training rows: the floor for a guesser."""
    return make_pipeline(DummyClassifier(strategy="stratified", random_state=seed))


def logistic_regression(seed: int) -> Pipeline:
    """Multinomial logistic regression on standardised features."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000, random_state=seed))


def random_forest(seed: int) -> Pipeline:
    """A forest of 100 trees (Breiman 2001), scikit-learn's defaults otherwise."""
    return make_pipeline(RandomForestClassifier(N_TREES, random_state=seed))


def random_forest_top_half(seed: int) -> Pipeline:
    """The same forest on the better half of the features, chosen by impurity on the training rows alone."""
    chooser = SelectFromModel(RandomForestClassifier(N_TREES, random_state=seed), threshold="median")
    return make_pipeline(chooser, RandomForestClassifier(N_TREES, random_state=seed))


def k_nearest_neighbours(k: int) -> Pipeline:
    """The vote of the `k` nearest rows by Euclidean distance of standardised features."""
    return make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=k))


ZOO: dict[str, Callable[[int], Pipeline]] = {
    builder.__name__: builder
    for builder in (
        dummy_most_frequent,
        dummy_stratified,
        logistic_regression,
        random_forest,
        random_forest_top_half,
    )
}


def build(name: str, seed: int) -> Pipeline:
    """Return the unfitted estimator called `name`: one of ``ZOO``, or ``knn_<k>``.

    Raises
    ------
    InputError
        where there is no model of that name
    """
    neighbours = re.fullmatch(r"knn_([1-9]\d*)", name)
    if neighbours:
        return k_nearest_neighbours(int(neighbours[1]))
    if name not in ZOO:
        raise InputError(f"no model {name!r}; there are: {', '.join(ZOO)}, and knn_<k> for any k")
    return ZOO[name](seed)


def parse_models(models: str) -> list[str]:
    """Return the names in a text like ``knn_3,random_forest``; of an empty one, the usual five.

    Raises
    ------
    InputError
        where a name is no model's
    """
    names = [name.strip() for name in models.split(",") if name.strip()] or list(USUAL_MODELS)
    for name in names:
        build(name, seed=0)
    return list(dict.fromkeys(names))
