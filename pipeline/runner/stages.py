"""The stages of a run: the numbered notebooks, and the parameters that each declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill

from pipeline.errors import InputError
from pipeline.settings import NOTEBOOKS_DIR

STAGES = tuple(sorted(path.stem for path in NOTEBOOKS_DIR.glob("0[1-7]_*.ipynb")))
_TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool}


@dataclass(frozen=True)
class Stage:
    """A notebook and the parameters it declares."""

    name: str
    parameters: dict[str, str]

    @property
    def path(self) -> Path:
        """Where the notebook lies."""
        return NOTEBOOKS_DIR / f"{self.name}.ipynb"


def choose_stages(first: str = "", last: str = "") -> list[Stage]:
    """Return the stages from `first` to `last`; each may be given by name or number (``4``, ``04``, ``compare``).

    Raises
    ------
    InputError
        where there is no such stage, or the two are in the wrong order
    """
    start = _position(first, "--from") if first else 0
    end = _position(last, "--to") if last else len(STAGES) - 1
    if start > end:
        raise InputError(f"--from {first} comes after --to {last}")
    return [Stage(name, declared_parameters(name)) for name in STAGES[start : end + 1]]


def declared_parameters(name: str) -> dict[str, str]:
    """Return name and type of each parameter that a notebook declares in its ``parameters`` cell."""
    inspected = papermill.inspect_notebook(str(NOTEBOOKS_DIR / f"{name}.ipynb"))
    return {parameter: told["inferred_type_name"] for parameter, told in inspected.items()}


def check_parameters(stages: Sequence[Stage], parameters: Mapping[str, Any]) -> None:
    """Check every parameter against the notebooks that declare it.

    Raises
    ------
    InputError
        where no notebook declares a parameter, or it has another type there
    """
    for name, value in parameters.items():
        declared = {stage.parameters[name] for stage in stages if name in stage.parameters}
        if not declared:
            known = sorted({parameter for stage in stages for parameter in stage.parameters})
            raise InputError(f"no notebook of this run has a parameter {name!r}; there are: {', '.join(known)}")
        for kind in declared:
            if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
                raise InputError(f"parameter {name!r} must be of type {kind}, not {value!r}")


def _position(stage: str, option: str) -> int:
    wanted = stage.removesuffix(".ipynb")
    for place, name in enumerate(STAGES):
        number, _, short = name.partition("_")
        if wanted in (name, number, str(int(number)), short):
            return place
    raise InputError(f"{option} {stage!r}: no such stage; there are: {', '.join(STAGES)}")
