"""The search for a model's parameters: successive halving on inner folds that keep whole what the outer split keeps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - makes the next import possible
from sklearn.model_selection import HalvingGridSearchCV, HalvingRandomSearchCV, ParameterGrid, StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.errors import InputError
from pipeline.models import build, find_entry
from pipeline.random_streams import seed_of

EFFORTS = ("none", "quick", "full")
QUICK_CANDIDATES = 6
FACTOR = 3
"""Of the candidates one in so many goes on, on as many times the rows (Jamieson and Talwalkar 2016)."""

N_FOLDS = 3
FEWEST_ROWS = 100
"""The first round sees at least so many."""


def check_effort(effort: str) -> str:
    """Return `effort`.

    Raises
    ------
    InputError
        where it is none of ``EFFORTS``
    """
    if effort not in EFFORTS:
        raise InputError(f"--search {effort!r} is not one of: {', '.join(EFFORTS)}")
    return effort


def fit_searched(
    model: str,
    X: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    *,
    aside: np.ndarray | None = None,
    effort: str,
    seed: int,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Pipeline, dict[str, Any]]:
    """Fit a model with the parameters of its search space that do best on inner folds of these very rows.

    Parameters
    ----------
    model : str
        name in the zoo
    X : np.ndarray [shape=(n, …)]
        rows that nobody else needs: where nothing is searched, they are scaled where they are
    y, groups : np.ndarray [shape=(n,)]
        classes; what no inner fold tears apart
    aside : np.ndarray [shape=(n,)], optional
        groups that a model which sets rows aside to know when to stop keeps whole in doing so
    effort : str
        ``none``: the defaults; ``quick``: six points of the space, drawn by `seed`; ``full``: all of them
    seed : int
        of model, folds and draws
    parameters : mapping, optional
        what an earlier search found, by ``step__parameter``, where nothing is to be searched

    Returns
    -------
    estimator : fitted Pipeline
    parameters : dict
        what was found; empty where nothing was searched: by effort, for lack of a space, or of groups for inner folds
    """
    estimator, space = build(model, seed).set_params(**(parameters or {})), find_entry(model).space
    fit_parameters = {} if aside is None else {f"{estimator.steps[-1][0]}__groups": aside}
    folds = _inner_folds(y, groups, seed) if check_effort(effort) != "none" and space else []
    if not folds:
        return _fit_in_place(estimator, X, y, fit_parameters), {}
    smallest = min(len(y), max(FEWEST_ROWS, len(y) // FACTOR**2))
    common = {
        "factor": FACTOR,
        "cv": folds,
        "min_resources": smallest,
        "random_state": seed_of("candidates", seed),
        "refit": True,
    }
    if effort == "quick" and len(ParameterGrid(dict(space))) > QUICK_CANDIDATES:
        search = HalvingRandomSearchCV(estimator, dict(space), n_candidates=QUICK_CANDIDATES, **common)
    else:
        search = HalvingGridSearchCV(estimator, dict(space), **common)
    search.fit(X, y, **fit_parameters)
    return search.best_estimator_, dict(search.best_params_)


def _fit_in_place(estimator: Pipeline, X: np.ndarray, y: np.ndarray, fit_parameters: Mapping[str, Any]) -> Pipeline:
    """Fit and scale `X` itself: no second copy is kept while the model learns."""
    scalers = [f"{name}__copy" for name, step in estimator.steps if isinstance(step, StandardScaler)]
    estimator.set_params(**dict.fromkeys(scalers, False)).fit(X, y, **fit_parameters)
    return estimator.set_params(**dict.fromkeys(scalers, True))  # what is asked later belongs to others


def _inner_folds(y: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return folds in which every class is learned from; none where classes or groups are too few for that."""
    if len(np.unique(groups)) < N_FOLDS or min(np.unique(y, return_counts=True)[1]) < N_FOLDS:
        return []
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed_of("inner folds", seed)).split(y, y, groups)
    return [(train, test) for train, test in folds if len(np.unique(y[train])) > 1 and len(test)]
