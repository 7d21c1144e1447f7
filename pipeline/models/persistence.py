"""Fitted models in and out of GridFS, as skops files: never pickle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sklearn.pipeline import Pipeline

from pipeline.errors import GenrelabError, InputError
from pipeline.models.zoo import find_entry
from pipeline.store import ModelFile, Run


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


def _packed(model: FittedModel, *, champion: bool) -> ModelFile:
    from skops.io import dumps  # here, as it imports all of scikit-learn, and with it PyTorch where that is installed

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
    return ModelFile(fields, dumps(model.estimator))


def load_champion(run: Run) -> FittedModel:
    """Load the champion of a run.

    Raises
    ------
    InputError
        where the run has none yet
    GenrelabError
        where the file holds a type that models of its name don't: neither scikit-learn's, NumPy's nor in `stored_types`
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
    from skops.io import get_untrusted_types, loads

    trusted = find_entry(file.fields["name"]).stored_types
    untrusted = sorted(set(get_untrusted_types(data=file.content)) - set(trusted))
    if untrusted:
        raise GenrelabError(f"the model file of run {run.run_id!r} holds types that are not trusted: {untrusted}")
    return FittedModel(
        **{name: file.fields[name] for name in FittedModel.__dataclass_fields__ if name in file.fields},
        estimator=loads(file.content, trusted=list(trusted)),
    )
