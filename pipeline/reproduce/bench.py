"""Where figures are reproduced: the folder of data, and the database that its tables and music are brought into."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.database import Database

from pipeline.catalogue import catalogue
from pipeline.errors import InputError
from pipeline.evaluation import Samples, load_samples
from pipeline.extract import extract, settle
from pipeline.settings import REPRODUCED, Settings, get_settings

NOWHERE = Path("no data was given")
"""Stands for a folder that is not there."""

WINDOWS_S = (30.0, 3.0)


@dataclass(frozen=True)
class Bench:
    """A place to work at.

    Attributes
    ----------
    database : Database
    data : Path
        folder with ``tables/`` and ``gtzan-mini/``; one that is not there, where none was given
    repeats : int
        splits of each evaluation
    seed : int
        of splits and models
    jobs : int
    parts : tuple of str
        names of the wanted parts; empty: all
    settings : Settings
    """

    database: Database
    data: Path
    repeats: int
    seed: int
    jobs: int
    parts: tuple[str, ...]
    settings: Settings

    @property
    def home(self) -> Path:
        """Where tables lie that are made here."""
        return self.settings.home / "reproduce"

    @property
    def has_data(self) -> bool:
        """Whether a folder of data was given."""
        return self.data != NOWHERE

    def missing(self, needs: tuple[str, ...]) -> str:
        """Return the first of the files and folders below `data` that is not there; empty where all are."""
        return next((path for path in needs if not (self.data / path).exists()), "")

    def bring_table(self, name: str, table: Path, metadata: Path | None = None) -> Samples:
        """Catalogue a feature table and return its rows; none is held out."""
        return self._bring(name, table=str(table), metadata=str(metadata or ""))[0]

    def bring_music(self, name: str, folder: Path, metadata: Path | None = None) -> list[Samples]:
        """Catalogue a folder of audio, extract what is missing, and return its rows, longest window first."""
        return self._bring(name, audio=str(folder), metadata=str(metadata or ""))

    def _bring(self, name: str, **source: Any) -> list[Samples]:
        dataset = REPRODUCED + name
        catalogue(self.database, dataset, **source, remove_missing=True, settings=self.settings)  # made anew here
        if "audio" in source:
            extract(self.database, dataset, windows_s=WINDOWS_S, feature_sets=("spectral-v1",), jobs=self.jobs)
        settle(self.database, dataset, holdout=0.0, seed=self.seed)
        return load_samples(self.database, dataset)


@dataclass(frozen=True, kw_only=True)
class ReproduceOptions:
    """Options of 08_reproduce, which is no stage: it makes datasets of its own.

    Attributes
    ----------
    data : str
        folder with ``tables/``, ``gtzan-mini/`` and ``fma/``, as far as they are there
    parts : str
        names of parts with commas between them; empty: all
    repeats, seed : int
        random splits of the honest protocol, and the seed of splits and models
    jobs : int
        threads and processes; 0: one a core
    """

    data: str = ""
    parts: str = ""
    repeats: int = 5
    seed: int = 0
    jobs: int = 0


def open_bench(database: Database, options: ReproduceOptions) -> Bench:
    """Return the bench for options as a notebook has them.

    Raises
    ------
    InputError
        where `data` is no folder
    """
    settings, data = get_settings(), options.data
    folder = Path(data).expanduser().resolve() if data else NOWHERE
    if data and not folder.is_dir():
        raise InputError(f"data {data!r} is no folder; it is to hold tables/ and gtzan-mini/")
    wanted = tuple(name.strip() for name in options.parts.split(",") if name.strip())
    return Bench(database, folder, options.repeats, options.seed, options.jobs or settings.jobs, wanted, settings)
