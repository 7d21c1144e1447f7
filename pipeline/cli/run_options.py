"""What is wrong with the options of ``genrelab run``, told before anything is begun."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.stages import Stage


def check_options(parameters: Mapping[str, Any], stages: Sequence["Stage"], dataset: str) -> None:
    """Check what only the rooms that use it can check.

    Raises
    ------
    InputError
        naming the option, its value, and what there is instead
    """
    from pipeline.catalogue.genres import check_source
    from pipeline.evaluation import check_effort
    from pipeline.extract import parse_features, parse_windows
    from pipeline.features import get_feature_set, usual_features
    from pipeline.models import parse_models
    from pipeline.sources.genre_names import check_merge, check_multilabel
    from pipeline.stages.harmless import check_horse
    from pipeline.stages.subgroups import check_subgroups

    check_source(parameters["genre_from"])
    check_merge(parameters["merge_genres"])
    check_multilabel(parameters["multilabel"])
    parse_windows(parameters["windows"])
    parse_models(parameters["models"])
    check_effort(parameters["search"])
    check_horse(parameters["horse"])
    check_subgroups(parameters["subgroups"])
    if parameters["answers"]:
        from pipeline.report.sheet import read_told

        read_told(Path(parameters["answers"]))
    features = parameters["features"]
    sets = [get_feature_set(name) for name in parse_features(features or usual_features(dataset))]
    if stages[-1].name not in ("catalogue", "extract") and all(chosen.is_sequence for chosen in sets):
        raise InputError(
            f"--features {features!r}: sequences alone can't be explored, nor compared with other models; put a set of "
            "vectors first, e.g. spectral-v1, or stop at --to 02_extract"
        )


def refuse_unfit(given: set[str], source: str, named: str) -> None:
    """Refuse options that mean nothing for a source, which is ``audio`` or ``table``; `named`, what it is called."""
    from pipeline.catalogue import OF_AUDIO, OF_TABLE

    unfit, why = {
        "table": (OF_AUDIO, f"for audio: the rows of {named} are features already"),
        "audio": (OF_TABLE, f"for a table of features, which {named} is not"),
    }[source]
    if unused := [f"--{name.replace('_', '-')}" for name in unfit if name in given]:
        raise InputError(f"{', '.join(unused)} is {why}")


def refuse_another_source(parameters: Mapping[str, Any], given: set[str], recorded: Mapping[str, Any]) -> None:
    """Refuse a source that is not what the run to go on with began with."""
    for name in ("audio", "table", "metadata"):
        if name in given and parameters[name] != recorded.get(name, parameters[name]):
            raise InputError(f"--{name} {parameters[name]!r} is not what the run began with; run it without --from")


def declared_by(stages: Sequence["Stage"]) -> set[str]:
    """Return the names of the parameters that at least one of the stages has."""
    return {name for stage in stages for name in stage.parameters}


def refuse_unused(given: set[str], undeclared: set[str], first: str) -> None:
    """Refuse options that only stages before `first` would have read; source and resources may be repeated."""
    unused = sorted(given & undeclared - {"audio", "table", "metadata", "exports", "jobs", "scheduler"})
    if unused:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
        raise InputError(f"{options} changes nothing from stage {first!r} on; give an earlier stage to --from")


def check_writable(folder: Path) -> None:
    """Fail before the first stage rather than in the last."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"can't write to --exports {str(folder)!r}: {error.strerror}; choose another") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"can't write to --exports {str(folder)!r}: permission denied; choose another")


def extra_parameters(pairs: list[str], stages: Sequence["Stage"]) -> dict[str, Any]:
    """Read NAME=VALUE pairs, each as the type that the notebooks declare."""
    from pipeline.stages import as_declared

    declared = {name: kind for stage in stages for name, kind in stage.parameters.items()}
    extra = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InputError(f"--parameter {pair!r} is not NAME=VALUE")
        if name in ("dataset", "run_id"):
            raise InputError(f"--parameter {name} is set by the run itself; --dataset names the dataset")
        extra[name] = as_declared(name, text, declared.get(name, str))
    return extra
