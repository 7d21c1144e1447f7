"""Parameters as a command line or papermill hands them over, taken as the types that the stages declare."""

import ast
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, TypeVar, get_type_hints

from pipeline.errors import InputError

Options = TypeVar("Options")

OF_EVERY_NOTEBOOK = ("dataset", "run_id")
"""Parameters that every stage's notebook has; they lead to the run."""

INJECTED = "# Parameters"
"""How the cell begins that papermill puts into a notebook."""


def take_parameters(namespace: MutableMapping[str, Any], options: type[Options]) -> Options:
    """Check the parameters that a notebook was given, put values of the declared types in their place, return options.

    Parameters
    ----------
    namespace : mutable mapping
        the notebook's ``globals()``
    options : type
        the dataclass of what the stage can be told

    Returns
    -------
    Options
        an object of that class, made from the parameters

    Raises
    ------
    InputError
        where papermill was given a parameter that the notebook does not have, or a value of another type
    """
    hints = get_type_hints(options)
    declared = {name: str for name in OF_EVERY_NOTEBOOK if name in namespace} | hints
    for name in _injected(namespace):
        if name not in declared:
            raise InputError(f"this notebook has no parameter {name!r}; there are: {', '.join(sorted(declared))}")
    for name, kind in declared.items():
        namespace[name] = as_declared(name, namespace[name], kind)
    return options(**{name: namespace[name] for name in hints})


def as_declared(name: str, value: Any, kind: type) -> Any:
    """Return a parameter's value as the type that is declared, where it can mean only one.

    So text may be what numbers or lists were taken for: ``2024`` is the name "2024", ``[30, 3]`` is "30,3".

    Raises
    ------
    InputError
    """
    is_truth = isinstance(value, bool)
    try:
        if isinstance(value, kind) and is_truth == (kind is bool):
            return value
        if kind is float and isinstance(value, int) and not is_truth:
            return value
        if isinstance(value, str):
            return _FROM_TEXT[kind](value)
        if kind is str and isinstance(value, int | float) and not is_truth:
            return str(value)
        if kind is str and isinstance(value, list | tuple) and value:
            return ",".join(as_declared(name, each, str) for each in value)
    except (KeyError, ValueError):
        pass
    raise InputError(f"parameter {name!r} must be {WORDS[kind]}, not {value!r}")


WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}

_FROM_TEXT: Mapping[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    bool: lambda text: {"true": True, "false": False}[text.lower()],
}


def _injected(namespace: Mapping[str, Any]) -> list[str]:
    """Return the names that papermill's cell sets, by the inputs that IPython remembers."""
    cells = [source for source in namespace.get("In", ()) if source.startswith(INJECTED)]
    return [
        target.id
        for source in cells
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
