"""Every option that is read from the environment, in one typed object."""

import os
from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parent.parent
NOTEBOOKS_DIR = PROJECT_DIR / "notebooks"
SCHEMA_DIR = PROJECT_DIR / "mongo" / "schema"
DEMO_DATASET = "demo"


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
    jobs : int
        ``GENRELAB_JOBS``, worker processes; all cores unless told
    demo_tracks : int
        ``GENRELAB_DEMO_TRACKS``, tracks a genre in the demo corpus
    patience_s : float
        ``GENRELAB_PATIENCE_S``, seconds that a run waits for a database that went away
    """

    model_config = SettingsConfigDict(
        env_prefix="GENRELAB_", env_ignore_empty=True, populate_by_name=True, hide_input_in_errors=True
    )

    mongodb_uri: SecretStr | None = Field(default=None, validation_alias=AliasChoices("MONGODB_URI", "mongodb_uri"))
    home: Path = PROJECT_DIR / ".genrelab"
    exports: Path = PROJECT_DIR / "exports"
    runs: Path = PROJECT_DIR / "runs"
    jobs: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    demo_tracks: int = Field(default=12, ge=1, le=1000)
    patience_s: float = Field(default=60, ge=0)

    @field_validator("home", "exports", "runs")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return (PROJECT_DIR / path.expanduser()).resolve()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
