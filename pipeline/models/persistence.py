"""Fitted models in and out of GridFS, as skops files: never pickle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import skops.io
from gridfs import GridFS
from pymongo.database import Database
from sklearn.pipeline import Pipeline

from pipeline.errors import GenrelabError, InputError
from pipeline.store import upsert

TRUSTED_TYPES = frozenset(
    {
        "sklearn.tree._tree.Tree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
    }
)
"""Compiled types of scikit-learn's own that the zoo needs and that skops does not trust by itself."""


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


def save_champion(database: Database, model: FittedModel) -> None:
    """Store `model` as the one champion of its run, in the place of an earlier one."""
    files = GridFS(database, collection="artefacts")
    mine = {"run_id": model.run_id, "champion": True}
    file_id = files.put(skops.io.dumps(model.estimator), filename=f"{model.run_id}/{model.name}.skops")
    before = list(database["models"].find(mine, {"file_id": True}))
    database["models"].delete_many(mine)
    document = {
        "run_id": model.run_id,
        "dataset": model.dataset,
        "name": model.name,
        "feature_set": model.feature_set,
        "window_s": float(model.window_s),
        "split": model.split,
        "champion": True,
        "features": list(model.features),
        "genres": list(model.genres),
        "file_id": file_id,
        "n_tracks": int(model.n_tracks),
        "test_accuracy": float(model.test_accuracy),
        "created_at": datetime.now(UTC),
    }
    upsert(database["models"], [document])
    for earlier in before:
        files.delete(earlier["file_id"])


def load_champion(database: Database, run_id: str) -> FittedModel:
    """Load the champion of a run.

    Raises
    ------
    InputError
        where the run has none yet
    GenrelabError
        where the file holds a type that is not a scikit-learn or NumPy one
    """
    found = database["models"].find_one({"run_id": run_id, "champion": True})
    if found is None:
        raise InputError(f"run {run_id!r} has no champion yet: run 05_optimise first")
    content = GridFS(database, collection="artefacts").get(found["file_id"]).read()
    untrusted = sorted(set(skops.io.get_untrusted_types(data=content)) - TRUSTED_TYPES)
    if untrusted:
        raise GenrelabError(f"the model file of run {run_id!r} holds types that are not trusted: {untrusted}")
    return FittedModel(
        **{name: found[name] for name in FittedModel.__dataclass_fields__ if name != "estimator"},
        estimator=skops.io.loads(content, trusted=sorted(TRUSTED_TYPES)),
    )
