"""The zoo: a name for each model, and the unfitted scikit-learn estimator behind it."""

import re

from sklearn.pipeline import Pipeline

from pipeline.errors import InputError
from pipeline.models import classical, gaussian_neighbours, recurrent
from pipeline.models.registry import KERNEL_ROWS, ZooEntry

USUAL_MODELS = ("dummy_most_frequent", "dummy_stratified", "logistic_regression", "knn_3", "random_forest", "svm_rbf")
EVERY_MODEL = "all"

FOREST_ROWS, FOREST_CELLS = 60_000, 400_000
"""A node keeps a number for each genre, and a tree has about a node a row where genres are hard to tell. So 100 fully
grown trees take about 6 KB a row of ten genres and 0.1 MB a row of a hundred, for each thread that grows some: of so
many rows, and so many rows times genres, half a gigabyte at most."""

NEIGHBOUR_ROWS, NEIGHBOUR_CELLS = 60_000, 1_500_000
"""Predicting compares every row with every row that was learned from, and the search for k both sides of a split. Of
more than 25 genres these are fewer, so that comparing models on a hundred takes minutes."""

KERNEL_CELLS = 250_000
"""Predicting a row compares it with all support vectors, and adds these up once for each other genre that they have."""

LOGISTIC_CELLS = 2_000_000
"""A step of the fit computes the probability of each genre for each row, and there are hundreds of steps."""

GUESSED_CELLS = 1_000_000
"""Each genre that could be drawn for a row is counted as an answer of its own."""

BOOSTING_CELLS = 2_000_000
"""A round of boosting grows a tree for each genre, on all rows."""

GINI = "the Gini impurity of each node, by greedy splits"
HINGE = "the hinge loss of pairs of genres, with a penalty on squared weights"

_TREE = ("sklearn.tree._tree.Tree",)
_CHOSEN = (*_TREE, "pipeline.models.better_half.BetterHalf")
_STUMPS = (*_TREE, "pipeline.models.boosted_stumps.BoostedStumps")
_BOOSTING = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
_SVM = ("pipeline.models.coupled_svm.CoupledSVC",)
_VOTE = (*_TREE, *_BOOSTING, *_SVM, "sklearn.utils._bunch.Bunch")

_FOREST_SPACE = {"min_samples_leaf": (1, 2, 5), "max_features": ("sqrt", 0.3)}
_SVM_SPACE = {"coupledsvc__C": (0.3, 1, 3, 10, 30), "coupledsvc__gamma": ("scale", 0.003, 0.01, 0.03)}

ZOO: dict[str, ZooEntry] = {
    entry.build.__name__: entry
    for entry in (
        ZooEntry(classical.dummy_most_frequent, title="Guess: the most frequent genre", baseline=True),
        ZooEntry(
            classical.dummy_stratified,
            title="Guess: by how frequent genres are",
            baseline=True,
            guesses=True,
            most_cells=GUESSED_CELLS,
        ),
        ZooEntry(
            classical.logistic_regression,
            minimises="the log-loss, with a penalty on squared weights",
            space={"logisticregression__C": (0.01, 0.03, 0.1, 0.3, 1, 3, 10)},
            most_cells=LOGISTIC_CELLS,
        ),
        ZooEntry(
            classical.random_forest,
            minimises=GINI,
            space={f"randomforestclassifier__{name}": values for name, values in _FOREST_SPACE.items()},
            most_rows=FOREST_ROWS,
            most_cells=FOREST_CELLS,
            stored_types=_TREE,
        ),
        ZooEntry(
            classical.random_forest_depth_10,
            title="Random forest of depth 10",
            minimises=GINI,
            most_rows=FOREST_ROWS,
            stored_types=_TREE,
        ),
        ZooEntry(
            classical.random_forest_top_half,
            title="Random forest on half of the features",
            minimises=GINI,
            most_rows=FOREST_ROWS,
            most_cells=FOREST_CELLS,
            stored_types=_CHOSEN,
        ),
        ZooEntry(
            classical.extra_trees,
            minimises=GINI,
            space={f"extratreesclassifier__{name}": values for name, values in _FOREST_SPACE.items()},
            most_rows=FOREST_ROWS,
            most_cells=FOREST_CELLS,
            stored_types=_TREE,
        ),
        ZooEntry(
            classical.adaboost,
            title="AdaBoost",
            minimises="the exponential loss for several classes",
            space={
                "boostedstumps__n_estimators": (50, 100, 200),
                "boostedstumps__learning_rate": (0.1, 0.3, 1.0),
            },
            stored_types=_STUMPS,
        ),
        ZooEntry(
            classical.gradient_boosting,
            minimises="the log-loss",
            space={
                "histgradientboostingclassifier__learning_rate": (0.03, 0.1, 0.2),
                "histgradientboostingclassifier__max_leaf_nodes": (7, 15, 31),
                "histgradientboostingclassifier__l2_regularization": (0.0, 1.0),
            },
            most_cells=BOOSTING_CELLS,
            stored_types=_BOOSTING,
        ),
        ZooEntry(
            classical.svm_rbf,
            title="SVM (RBF kernel)",
            minimises=HINGE,
            space=_SVM_SPACE,
            most_rows=KERNEL_ROWS,
            most_cells=KERNEL_CELLS,
            stored_types=_SVM,
        ),
        ZooEntry(
            classical.svm_rbf_pca,
            title="SVM (RBF kernel) after PCA",
            minimises=HINGE,
            space={"pca__n_components": (0.8, 0.95), **_SVM_SPACE},
            most_rows=KERNEL_ROWS,
            most_cells=KERNEL_CELLS,
            stored_types=_SVM,
        ),
        ZooEntry(
            classical.soft_vote,
            minimises="what each of its members does",
            most_rows=KERNEL_ROWS,
            most_cells=KERNEL_CELLS,
            stored_types=_VOTE,
        ),
        gaussian_neighbours.KNN_KL,
        recurrent.LSTM,
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


def display_name(name: str) -> str:
    """Return a model's name in words: ``Logistic regression``; of one that this version does not know, its code."""
    try:
        return find_entry(name).title or name.replace("_", " ").capitalize()
    except InputError:
        return name


def baselines() -> frozenset[str]:
    """Return the names of the models that look at no feature."""
    return frozenset(name for name, entry in ZOO.items() if entry.baseline)


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
        where a name is no model's, or all are baselines
    """
    names = [name.strip() for name in models.split(",") if name.strip()] or list(USUAL_MODELS)
    names = [each for name in names for each in ((*ZOO, "knn_3") if name == EVERY_MODEL else (name,))]
    entries = [find_entry(name) for name in names]
    if all(entry.baseline for entry in entries):
        raise InputError(
            f"--models {models!r}: no model but a baseline, which looks at no feature and can't be a champion; name "
            "another one beside it, e.g. knn_3"
        )
    return list(dict.fromkeys(names))


def _nearest(k: int) -> ZooEntry:
    def knn(seed: int) -> Pipeline:
        return classical.k_nearest_neighbours(k)

    knn.__doc__ = classical.k_nearest_neighbours.__doc__
    weights = {"kneighborsclassifier__weights": ("uniform", "distance")}
    return ZooEntry(
        knn,
        title="Nearest neighbour" if k == 1 else f"{k} nearest neighbours",
        by_distance=True,
        space=weights,
        most_rows=NEIGHBOUR_ROWS,
        most_cells=NEIGHBOUR_CELLS,
    )
