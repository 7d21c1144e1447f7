"""The stages in their order: which notebook tells each, what it can be told, and whose rows it is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from pipeline.errors import InputError
from pipeline.settings import NOTEBOOKS_DIR
from pipeline.stages import further_options as further
from pipeline.stages import options as of
from pipeline.stages.given import OF_EVERY_NOTEBOOK, WORDS


@dataclass(frozen=True)
class Stage:
    """A stage of a run.

    Attributes
    ----------
    name : str
        also of its module in this room, and of its function there
    notebook : str
        name of the notebook that tells it, without its ending
    options : type
        what it can be told; a frozen dataclass of plain values
    reads : tuple of str
        stages whose rows its own are made from: where theirs are replaced, its own are outdated
    leaves : tuple of str
        files that it writes beside the executed notebooks
    bears_gaps : bool
        whether it does what it can where some of these stages have left no rows
    """

    name: str
    notebook: str
    options: type
    reads: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    bears_gaps: bool = False

    @property
    def parameters(self) -> dict[str, type]:
        """Name and type of each parameter that its notebook has."""
        return dict.fromkeys(OF_EVERY_NOTEBOOK, str) | get_type_hints(self.options)

    @property
    def path(self) -> Path:
        """Where its notebook lies."""
        return NOTEBOOKS_DIR / f"{self.notebook}.ipynb"

    @property
    def files(self) -> tuple[str, ...]:
        """What it leaves in the folder of a run: its executed notebook, the HTML copy, and what it writes beside."""
        return f"{self.notebook}.ipynb", f"{self.notebook}.html", *self.leaves

    @property
    def function(self) -> Callable[..., Any]:
        """What does its work: a `Run` and ``options`` in, what the notebook shows out."""
        return getattr(import_module(f"pipeline.stages.{self.name}"), self.name)


STAGES = (
    Stage("catalogue", "01_catalogue", of.CatalogueOptions),
    Stage("extract", "02_extract", of.ExtractOptions),
    Stage("explore", "03_explore", of.ExploreOptions),
    Stage("compare", "04_compare", of.CompareOptions),
    Stage("optimise", "05_optimise", of.OptimiseOptions, reads=("compare",)),
    Stage("holdout", "06_holdout", of.HoldoutOptions, reads=("compare", "optimise")),
    Stage(
        "export",
        "07_export",
        of.ExportOptions,
        reads=("explore", "compare", "optimise", "holdout", "transfer", "regions", "playlist"),
        leaves=("reporting_sheet.html", "reporting_sheet.json", "model_card.md"),
        bears_gaps=True,
    ),
)


PREDICT = Stage("predict", "09_predict", further.PredictOptions)
"""No stage of the chain: it asks a run's champion, and writes none of its rows."""


PLAYLIST = Stage("playlist", "11_playlists", further.PlaylistOptions, reads=("explore",))
"""No stage of the chain: it reads a dataset's tracks, and adds to a run the playlists that are to be kept.

In a run's document each of these has the name that `playlist_named` gives.
"""


TRANSFER = Stage("transfer", "10_transfer", further.TransferOptions, reads=("compare", "optimise"))
"""No stage of the chain: it adds to a run what its models get on other datasets, each in rows of its own.

In a run's document each of these has the name that `transfer_to` gives.
"""


REGIONS = Stage("regions", "12_regions", further.RegionsOptions, reads=("explore",))
"""No stage of the chain: it adds to a run where its tracks are from, as models tell it.

It is outdated with 03_explore, which is done again wherever tracks or features are others.
"""


ADDITIONS = (TRANSFER, REGIONS, PLAYLIST)
"""What adds rows to a finished run; each may be there several times, in rows of its own."""


def transfer_to(dataset: str) -> str:
    """Return the name by which a run keeps the rows of its models on another dataset, whatever that is called."""
    return f"{TRANSFER.name}-{_digest(dataset)}"


def transfer_by(column: str) -> str:
    """Return the name by which a run keeps what models of its subgroups by `column` get on each other."""
    return f"{TRANSFER.name}-by-{column}"


def playlist_named(name: str) -> str:
    """Return the name by which a run keeps a playlist, whatever that is called."""
    return f"{PLAYLIST.name}-{_digest(name)}"


def _digest(name: str) -> str:
    return blake2b(name.encode(), digest_size=8).hexdigest()


def find_addition(name: str) -> Stage | None:
    """Return which of `ADDITIONS` a stage of a run's document is; None of a stage of the chain."""
    return next((each for each in ADDITIONS if name == each.name or name.startswith(f"{each.name}-")), None)


def find_stage(name: str) -> Stage:
    """Return a stage by its name, its notebook's, or its number: ``compare``, ``04_compare``, ``04``, ``4``.

    Raises
    ------
    InputError
        where there is no such stage
    """
    wanted = name.removesuffix(".ipynb")
    for stage in STAGES:
        number = stage.notebook.partition("_")[0]
        if wanted in (stage.name, stage.notebook, number, str(int(number))):
            return stage
    raise InputError(f"{name!r}: no such stage; there are: {', '.join(stage.notebook for stage in STAGES)}")


def choose_stages(first: str = "", last: str = "") -> list[Stage]:
    """Return the stages from `first` to `last`, which are named as `find_stage` takes it; empty: the outermost.

    Raises
    ------
    InputError
        where there is no such stage, or the two are in the wrong order
    """
    start = STAGES.index(_named(first, "--from")) if first else 0
    end = STAGES.index(_named(last, "--to")) if last else len(STAGES) - 1
    if start > end:
        raise InputError(f"--from {first} comes after --to {last}")
    return list(STAGES[start : end + 1])


def made_from(name: str) -> tuple[str, ...]:
    """Return the stages whose rows are made from those of a stage."""
    return tuple(stage.name for stage in STAGES if name in stage.reads)


def check_parameters(stages: Sequence[Stage], parameters: Mapping[str, Any]) -> None:
    """Check every parameter against the stages that have it.

    Raises
    ------
    InputError
        where no stage has a parameter, or it has another type there, or is a number that no stage takes
    """
    for name, value in parameters.items():
        declared = {stage.parameters[name] for stage in stages if name in stage.parameters}
        if not declared:
            known = sorted({parameter for stage in stages for parameter in stage.parameters})
            raise InputError(f"no notebook of this run has a parameter {name!r}; there are: {', '.join(known)}")
        for kind in declared:
            taken = (int, float) if kind is float else kind
            if not isinstance(value, taken) or (isinstance(value, bool) and kind is not bool):
                raise InputError(f"parameter {name!r} must be {WORDS[kind]}, not {value!r}")
    for stage in stages:
        stage.options(**{name: parameters[name] for name in parameters.keys() & get_type_hints(stage.options).keys()})


def _named(name: str, option: str) -> Stage:
    try:
        return find_stage(name)
    except InputError as error:
        raise InputError(f"{option} {error}") from None
