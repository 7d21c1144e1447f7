"""Fitted models in and out of GridFS, as skops files: never pickle."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from gridfs import GridFS
from pymongo.database import Database
from sklearn.pipeline import Pipeline

from pipeline.errors import GenrelabError, InputError
from pipeline.models.zoo import find_entry
from pipeline.store import upsert

UNNEEDED = "sklearn.externals.array_api_compat.torch"
"""Loads PyTorch where that is installed."""


@dataclass(frozen=True)
class FittedModel:
    """A fitted model and what is needed to use it.

    Attributes
    ----------
    run_id, dataset, name, feature_set : str
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

    run_id: str
    dataset: str
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


def save_champion(database: Database, model: FittedModel, others: Sequence[FittedModel] = ()) -> None:
    """Store `model` as the one champion of its run, and beside it `others`, in the place of all models before."""
    files = GridFS(database, collection="artefacts")
    documents = [_document(files, each, champion=each is model) for each in (model, *others)]
    used = [document["file_id"] for document in documents]
    upsert(database["models"], documents)
    database["models"].delete_many({"run_id": model.run_id, "file_id": {"$nin": used}})
    of_run = {"filename": {"$regex": f"^{re.escape(model.run_id)}/"}}
    for file in files.find(of_run | {"_id": {"$nin": used}}):  # of models before, and of a run that was killed here
        files.delete(file._id)


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


def _document(files: GridFS, model: FittedModel, *, champion: bool) -> dict[str, Any]:
    file_id = files.put(_skops().dumps(model.estimator), filename=f"{model.run_id}/{model.name}.skops")
    return {
        "run_id": model.run_id,
        "dataset": model.dataset,
        "name": model.name,
        "feature_set": model.feature_set,
        "window_s": float(model.window_s),
        "split": model.split,
        "champion": champion,
        "features": list(model.features),
        "genres": list(model.genres),
        "file_id": file_id,
        "n_tracks": int(model.n_tracks),
        "test_accuracy": float(model.test_accuracy),
        "parameters": dict(model.parameters),
        "created_at": datetime.now(UTC),
    }


def load_champion(database: Database, run_id: str) -> FittedModel:
    """Load the champion of a run.

    Raises
    ------
    InputError
        where the run has none yet
    GenrelabError
        where the file holds a type that models of its name don't: neither scikit-learn's, NumPy's nor in `stored_types`
    """
    found = database["models"].find_one({"run_id": run_id, "champion": True})
    if found is None:
        raise InputError(f"run {run_id!r} has no champion yet: run 05_optimise first")
    return _load(database, found)


def load_other_models(database: Database, run_id: str) -> list[FittedModel]:
    """Load the models that are stored beside the champion: the best of each other window length.

    Raises
    ------
    GenrelabError
        as `load_champion` does
    """
    found = database["models"].find({"run_id": run_id, "champion": False}, sort=[("window_s", 1)])
    return [_load(database, document) for document in found]


def _load(database: Database, found: dict[str, Any]) -> FittedModel:
    content = GridFS(database, collection="artefacts").get(found["file_id"]).read()
    trusted = find_entry(found["name"]).stored_types
    untrusted = sorted(set(_skops().get_untrusted_types(data=content)) - set(trusted))
    if untrusted:
        raise GenrelabError(f"the model file of run {found['run_id']!r} holds types that are not trusted: {untrusted}")
    return FittedModel(
        **{name: found[name] for name in FittedModel.__dataclass_fields__ if name in found},
        estimator=_skops().loads(content, trusted=list(trusted)),
    )
