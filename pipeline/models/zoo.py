"""The zoo: a name for each model, and the unfitted scikit-learn estimator behind it."""

import re

from sklearn.pipeline import Pipeline

from pipeline.errors import InputError
from pipeline.models import classical, gaussian_neighbours, recurrent
from pipeline.models.registry import ZooEntry

USUAL_MODELS = ("dummy_most_frequent", "dummy_stratified", "logistic_regression", "knn_3", "random_forest", "svm_rbf")
EVERY_MODEL = "all"

FOREST_ROWS = 60_000
"""100 fully grown trees take about 6 KB a row that they saw, for each thread that grows some: of so many 0.4 GB."""

NEIGHBOUR_ROWS = 60_000
"""Predicting compares every row with every row that was learned from."""

KERNEL_ROWS = 20_000
"""Fitting takes the square of the rows, and predicting compares every row with most of those that were learned from."""

_FOREST_SPACE = {"min_samples_leaf": (1, 2, 5), "max_features": ("sqrt", 0.3)}
_SVM_SPACE = {"softmaxsvc__C": (0.3, 1, 3, 10, 30), "softmaxsvc__gamma": ("scale", 0.003, 0.01, 0.03)}

ZOO: dict[str, ZooEntry] = {
    entry.build.__name__: entry
    for entry in (
        ZooEntry(classical.dummy_most_frequent, baseline=True),
        ZooEntry(classical.dummy_stratified, baseline=True),
        ZooEntry(classical.logistic_regression, space={"logisticregression__C": (0.01, 0.03, 0.1, 0.3, 1, 3, 10)}),
        ZooEntry(
            classical.random_forest,
            space={f"randomforestclassifier__{name}": values for name, values in _FOREST_SPACE.items()},
            most_rows=FOREST_ROWS,
        ),
        ZooEntry(classical.random_forest_depth_10, most_rows=FOREST_ROWS),
        ZooEntry(classical.random_forest_top_half, most_rows=FOREST_ROWS),
        ZooEntry(
            classical.extra_trees,
            space={f"extratreesclassifier__{name}": values for name, values in _FOREST_SPACE.items()},
            most_rows=FOREST_ROWS,
        ),
        ZooEntry(
            classical.adaboost,
            space={
                "adaboostclassifier__n_estimators": (50, 100, 200),
                "adaboostclassifier__learning_rate": (0.1, 0.3, 1.0),
            },
        ),
        ZooEntry(
            classical.gradient_boosting,
            space={
                "histgradientboostingclassifier__learning_rate": (0.03, 0.1, 0.2),
                "histgradientboostingclassifier__max_leaf_nodes": (7, 15, 31),
                "histgradientboostingclassifier__l2_regularization": (0.0, 1.0),
            },
        ),
        ZooEntry(classical.svm_rbf, space=_SVM_SPACE, most_rows=KERNEL_ROWS),
        ZooEntry(
            classical.svm_rbf_pca,
            space={"pca__n_components": (0.8, 0.95), **_SVM_SPACE},
            most_rows=KERNEL_ROWS,
        ),
        ZooEntry(classical.soft_vote, most_rows=KERNEL_ROWS),
        ZooEntry(
            gaussian_neighbours.knn_kl,
            kind="gaussian",
            space={"klneighborsclassifier__n_neighbors": (1, 3, 5, 8, 15)},
            most_rows=KERNEL_ROWS,
        ),
        ZooEntry(
            recurrent.lstm,
            kind="frames",
            space={
                "framescaler__pool": (2, 4, 8),
                "lstmclassifier__n_hidden": (32, 64, 128),
                "lstmclassifier__learning_rate": (3e-4, 1e-3, 3e-3),
            },
            extra="deep",
        ),
    )
}


def find_entry(name: str) -> ZooEntry:
    """Return the entry called `name`: one of ``ZOO``, or ``knn_<k>``.

    Raises
    ------
    InputError
        where there is no model of that name
    """
    neighbours = re.fullmatch(r"knn_([1-9]\d*)", name)
    if neighbours:
        return _nearest(int(neighbours[1]))
    if name not in ZOO:
        raise InputError(f"no model {name!r}; there are: {', '.join(ZOO)}, and knn_<k> for any k")
    return ZOO[name]


def build(name: str, seed: int) -> Pipeline:
    """Return the unfitted estimator called `name`.

    Raises
    ------
    InputError
        where there is no model of that name, or what it needs is not installed
    """
    return find_entry(name).checked_build(name, seed)


def parse_models(models: str) -> list[str]:
    """Return the names in a text like ``knn_3,random_forest``; of ``all``, every one; of an empty text, the usual ones.

    Raises
    ------
    InputError
        where a name is no model's
    """
    names = [name.strip() for name in models.split(",") if name.strip()] or list(USUAL_MODELS)
    names = [each for name in names for each in ((*ZOO, "knn_3") if name == EVERY_MODEL else (name,))]
    for name in names:
        find_entry(name)
    return list(dict.fromkeys(names))


def _nearest(k: int) -> ZooEntry:
    def knn(seed: int) -> Pipeline:
        return classical.k_nearest_neighbours(k)

    knn.__doc__ = classical.k_nearest_neighbours.__doc__
    return ZooEntry(knn, space={"kneighborsclassifier__weights": ("uniform", "distance")}, most_rows=NEIGHBOUR_ROWS)
