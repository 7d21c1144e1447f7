"""Fitted models in and out of GridFS, as skops files: never pickle."""

import importlib
import shlex
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from types import ModuleType
from typing import Any

from gridfs.errors import CorruptGridFile, NoFile
from sklearn.exceptions import InconsistentVersionWarning
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
        as chosen: the highest of many, and so too high
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


_DAMAGED = "is damaged, or was made by another version of genrelab"
_OF_OTHERS = tuple(f"sklearn.externals.array_api_compat.{package}" for package in ("torch", "dask"))


@lru_cache(maxsize=1)
def _skops() -> ModuleType:
    """Import skops where a model is first stored or loaded, and neither PyTorch nor Dask's arrays with it.

    To list what it trusts it asks scikit-learn for all estimators, which imports all of its packages. Two of them, in
    which there is no estimator, bring PyTorch and Dask where those are installed: 1.4 s instead of 0.3 s.
    Neither has an option to leave a package out; None in ``sys.modules`` is Python's way to say that one can't be
    imported.
    """
    left_out = [name for name in _OF_OTHERS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type] # typeshed knows modules only
    try:
        return importlib.import_module("skops.io")
    finally:
        for name in left_out:
            del sys.modules[name]


def pack_models(champion: FittedModel, others: Sequence[FittedModel] = ()) -> list[ModelFile]:
    """Return the champion and the models beside it as they are stored."""
    return [_packed(each, champion=each is champion) for each in (champion, *others)]


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


class UnusableModelError(GenrelabError):
    """A stored model can't be used, and a new run makes another.

    Parameters
    ----------
    run : Run
    which : str
        of its models
    why : str
        what is wrong, after "it"
    """

    def __init__(self, run: Run, which: str, why: str):
        self.which, self.why = which, why
        command = f"genrelab run --dataset {shlex.quote(run.dataset)}"
        super().__init__(f"the {which} of run {run.run_id} can't be used: it {why}. Make another one: {command}")


def load_champion(run: Run) -> FittedModel:
    """Load the champion of a run.

    Raises
    ------
    InputError
        where the run has none yet
    UnusableModelError
        where its file is missing or damaged, holds a type that is not trusted, or was made by other versions of
        genrelab or scikit-learn than this environment's
    """
    found = _load(run, "champion", champion=True)
    if not found:
        raise InputError(f"run {run.run_id!r} has no champion yet: run 05_optimise first")
    return found[0]


def load_other_models(run: Run) -> list[FittedModel]:
    """Load the models that are stored beside the champion: the best of each other window length.

    Raises
    ------
    UnusableModelError
        as `load_champion` does
    """
    return _load(run, "model beside the champion", champion=False, role=None)


def pack_extra(champion: FittedModel, role: str, parts: Mapping[str, Any], **fields: Any) -> ModelFile:
    """Return what lies beside a champion in some role as it is stored; skops must know the types of its `parts`."""
    of_champion = {name: getattr(champion, name) for name in ("feature_set", "split")}
    named = {"name": role, "role": role, "champion": False, "window_s": float(champion.window_s)}
    return ModelFile({**of_champion, **named, **fields, "created_at": datetime.now(UTC)}, _skops().dumps(dict(parts)))


def load_extra(run: Run, which: str, trusted: Sequence[str], *, role: str) -> list[tuple[Mapping[str, Any], Any]]:
    """Load what is stored beside the models in some role: fields of its document, and what its file holds.

    Raises
    ------
    UnusableModelError
        as `load_champion` does
    """
    return [(file.fields, _content(run, which, file, trusted)) for file in _files(run, which, role=role)]


def _load(run: Run, which: str, **query: Any) -> list[FittedModel]:
    return [_unpacked(run, which, found) for found in _files(run, which, **query)]


def _files(run: Run, which: str, **query: Any) -> list[ModelFile]:
    try:
        return run.models(**query)
    except NoFile as error:
        raise UnusableModelError(run, which, "has no file in the database any more") from error
    except CorruptGridFile as error:
        raise UnusableModelError(run, which, "has lost parts of its file in the database") from error


def _unpacked(run: Run, which: str, file: ModelFile) -> FittedModel:
    known = {field: file.fields[field] for field in FittedModel.__dataclass_fields__ if field in file.fields}
    try:
        trusted = find_entry(file.fields["name"]).stored_types
    except InputError as error:
        raise UnusableModelError(run, which, "is of a kind that this version of genrelab does not know") from error
    estimator = _content(run, which, file, trusted)
    try:
        return FittedModel(**known, estimator=estimator)
    except TypeError as error:  # a field is not there
        raise UnusableModelError(run, which, _DAMAGED) from error


def _content(run: Run, which: str, file: ModelFile, trusted: Sequence[str]) -> Any:
    try:
        untrusted = sorted(set(_skops().get_untrusted_types(data=file.content)) - set(trusted))
        if not untrusted:
            return _loaded(file.content, trusted)
    except InconsistentVersionWarning as warning:
        made, here = warning.original_sklearn_version, warning.current_sklearn_version
        raise UnusableModelError(run, which, f"was fitted by scikit-learn {made}, and {here} is installed") from warning
    except Exception as error:  # whatever a file makes of skops that is cut off, or of other versions
        raise UnusableModelError(run, which, _DAMAGED) from error
    raise UnusableModelError(run, which, f"holds types that are not trusted: {', '.join(untrusted)}")


def _loaded(content: bytes, trusted: Sequence[str]) -> Any:
    """Load what a file holds; versions of scikit-learn that differ in the last place alone are taken for equal."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", InconsistentVersionWarning)
        try:
            return _skops().loads(content, trusted=list(trusted))
        except InconsistentVersionWarning as warning:
            versions = (warning.original_sklearn_version, warning.current_sklearn_version)
            if len({tuple(version.split(".")[:2]) for version in versions}) > 1:
                raise
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        return _skops().loads(content, trusted=list(trusted))
