"""Every option that is read from the environment, in one typed object."""

import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline import __version__

PACKAGE_DIR = Path(str(files("pipeline")))
CHECKOUT = None if (PACKAGE_DIR / "notebooks").is_dir() else PACKAGE_DIR.parent
"""The checkout that this program runs from; None where a wheel was installed, which has its files in the package."""

NOTEBOOKS_DIR = (CHECKOUT or PACKAGE_DIR) / "notebooks"
SCHEMA_DIR = (CHECKOUT or PACKAGE_DIR) / "mongo" / "schema"
DEMO_DATASET = "demo"

REPRODUCED = "reproduce-"
"""Begins the names of datasets that 08_reproduce makes, so that it touches no other one."""


def _working_dir() -> Path:
    """Return the working directory; of a kernel that JupyterLab starts beside a notebook, the one of the project."""
    here = Path.cwd()
    return here.parent if here.name == "notebooks" and (here.parent / ".genrelab").is_dir() else here


PROJECT_DIR = CHECKOUT or _working_dir()
"""Where the data of a run lie unless told: below the checkout, else below the working directory."""


class Settings(BaseSettings):
    """Options from the environment; relative paths are relative to the project.

    Attributes
    ----------
    mongodb_uri : SecretStr or None
        ``MONGODB_URI``; unset or empty means the embedded server
    home : Path
        ``GENRELAB_HOME``, where the embedded server and the demo corpus live
    exports, runs : Path
        ``GENRELAB_EXPORTS`` and ``GENRELAB_RUNS``, where results and executed notebooks go
    shared : Path or None
        ``GENRELAB_SHARED``, a folder that all machines of a cluster see: rows are put there for workers to map into
        memory; unset or empty: they read MongoDB
    jobs : int
        ``GENRELAB_JOBS``, worker processes; all cores unless told
    demo_tracks : int
        ``GENRELAB_DEMO_TRACKS``, tracks a genre in the demo corpus
    patience_s : float
        ``GENRELAB_PATIENCE_S``, seconds that a run waits for a database that went away
    allowed_hosts : tuple of str
        ``GENRELAB_ALLOWED_HOSTS``, names by which the web page may be asked, beside its own; commas or spaces between
    """

    model_config = SettingsConfigDict(
        env_prefix="GENRELAB_", env_ignore_empty=True, populate_by_name=True, hide_input_in_errors=True
    )

    mongodb_uri: SecretStr | None = Field(default=None, validation_alias=AliasChoices("MONGODB_URI", "mongodb_uri"))
    home: Path = PROJECT_DIR / ".genrelab"
    exports: Path = PROJECT_DIR / "exports"
    runs: Path = PROJECT_DIR / "runs"
    shared: Path | None = None
    jobs: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    demo_tracks: int = Field(default=12, ge=1, le=1000)
    patience_s: float = Field(default=60, ge=0)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("home", "exports", "runs", "shared")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and (PROJECT_DIR / path.expanduser()).resolve()

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _names(cls, names: object) -> object:
        return tuple(names.replace(",", " ").split()) if isinstance(names, str) else names

    def environment(self) -> dict[str, str]:
        """Return the variables that give a child process the same folders, wherever it is started."""
        return {f"GENRELAB_{name.upper()}": str(getattr(self, name)) for name in ("home", "exports", "runs")}


def demo_folder(settings: Settings) -> Path:
    """Return the folder of the demo corpus, which is written when it is first catalogued."""
    return settings.home / "demo" / f"{settings.demo_tracks}-a-genre"


def how_to_install(extra: str) -> str:
    """Return the command that adds an optional extra of the project to the environment that this program runs in."""
    if CHECKOUT:
        return f"pip install --constraint constraints.txt --editable '.[{extra}]'"
    return f"pip install 'genrelab-{__version__}-py3-none-any.whl[{extra}]'"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
