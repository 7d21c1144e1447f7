"""Fitted models in and out of GridFS, as skops files: never pickle."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from sklearn.pipeline import Pipeline

from pipeline.errors import GenrelabError, InputError
from pipeline.store import ModelFile, Run

TRUSTED_TYPES = frozenset(
    {
        "sklearn.tree._tree.Tree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils._bunch.Bunch",
        "pipeline.models.classical.SoftmaxSVC",
        "pipeline.models.gaussian_neighbours.KLNeighborsClassifier",
        "pipeline.models.recurrent.FrameScaler",
        "pipeline.models.recurrent.LSTMClassifier",
    }
)
"""Types that the zoo needs and that skops does not trust by itself: scikit-learn's inner ones, and our own."""

UNNEEDED = "sklearn.externals.array_api_compat.torch"
"""Loads PyTorch where that is installed."""


@dataclass(frozen=True)
class FittedModel:
    """A fitted model and what is needed to use it.

    Attributes
    ----------
    name, feature_set : str
    window_s : float
        seconds
    split : str
        policy under which it was chosen
    features : sequence of str [shape=(n_features,)]
        columns it takes, in order
    genres : sequence of str [shape=(n_genres,)]
        what its classes 0, 1, … mean
    estimator : Pipeline
    n_tracks : int
        it was fitted on
    test_accuracy : float
        by which it was chosen
    parameters : mapping
        what a search found for it, by scikit-learn's ``step__parameter``; empty where nothing was searched
    """

    name: str
    feature_set: str
    window_s: float
    split: str
    features: Sequence[str]
    genres: Sequence[str]
    estimator: Pipeline
    n_tracks: int
    test_accuracy: float
    parameters: Mapping[str, Any] = field(default_factory=dict)


def pack_models(champion: FittedModel, others: Sequence[FittedModel] = ()) -> list[ModelFile]:
    """Return the champion and the models beside it as they are stored."""
    return [_packed(each, champion=each is champion) for each in (champion, *others)]


def _skops() -> ModuleType:
    """Import skops where a model is stored or loaded, as that takes a while: it looks at all of scikit-learn.

    Of that it is kept from the one package that would load PyTorch, which takes a second and which no estimator needs.
    """
    loading = "skops.io" not in sys.modules and UNNEEDED not in sys.modules
    if loading:
        sys.modules[UNNEEDED] = None
    try:
        import skops.io
    finally:
        if loading:
            del sys.modules[UNNEEDED]
    return skops.io


def _packed(model: FittedModel, *, champion: bool) -> ModelFile:
    fields = {
        "name": model.name,
        "feature_set": model.feature_set,
        "window_s": float(model.window_s),
        "split": model.split,
        "champion": champion,
        "features": list(model.features),
        "genres": list(model.genres),
        "n_tracks": int(model.n_tracks),
        "test_accuracy": float(model.test_accuracy),
        "parameters": dict(model.parameters),
        "created_at": datetime.now(UTC),
    }
    return ModelFile(fields, _skops().dumps(model.estimator))


def load_champion(run: Run) -> FittedModel:
    """Load the champion of a run.

    Raises
    ------
    InputError
        where the run has none yet
    GenrelabError
        where the file holds a type that is not a scikit-learn or NumPy one
    """
    found = run.models(champion=True)
    if not found:
        raise InputError(f"run {run.run_id!r} has no champion yet: run 05_optimise first")
    return _unpacked(run, found[0])


def load_other_models(run: Run) -> list[FittedModel]:
    """Load the models that are stored beside the champion: the best of each other window length.

    Raises
    ------
    GenrelabError
        as `load_champion` does
    """
    return [_unpacked(run, found) for found in run.models(champion=False)]


def _unpacked(run: Run, file: ModelFile) -> FittedModel:
    untrusted = sorted(set(_skops().get_untrusted_types(data=file.content)) - TRUSTED_TYPES)
    if untrusted:
        raise GenrelabError(f"the model file of run {run.run_id!r} holds types that are not trusted: {untrusted}")
    return FittedModel(
        **{name: file.fields[name] for name in FittedModel.__dataclass_fields__ if name in file.fields},
        estimator=_skops().loads(file.content, trusted=sorted(TRUSTED_TYPES)),
    )
