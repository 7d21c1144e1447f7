"""What a run need not do anew: stages whose program, options and data are those of the newest finished run.

Every stage has a *key*, a hash of the program, of what the stage is told, of the dataset's source, and of the keys of
the stages that it reads. A run keeps the key of each stage that it has done; rows that are replaced lose theirs.
"""

import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from pymongo.database import Database

from pipeline.settings import DEMO_DATASET, NOTEBOOKS_DIR, PACKAGE_DIR, Settings, demo_folder
from pipeline.sources.walk import Walk
from pipeline.stages.declared import STAGES, Stage, find_stage
from pipeline.store import Run, find_finished

NO_MATTER = frozenset({"audio", "table", "metadata", "jobs", "scheduler"})
"""Options that change no result; those of the source are told from what is there."""

OF_DATASET = ("catalogue", "extract")
"""The stages whose rows are the dataset's, which other runs may have written to since."""

AFTERWARDS = "export"
"""The stage that has files and no rows: it can be done anew in a run that is finished."""


@dataclass(frozen=True)
class Kept:
    """Stages that need not be done anew.

    Attributes
    ----------
    run : Run or None
        whose they are; None where there are none
    stages : tuple of str
        their names, from the first on
    """

    run: Run | None = None
    stages: tuple[str, ...] = ()


def stage_keys(database: Database, dataset: str, parameters: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Return the key of each stage, as things are now.

    Parameters
    ----------
    database : Database
    dataset : str
    parameters : mapping
        what the run is told; a stage takes its default for what is missing
    settings : Settings
    """
    before = _hash([_program(), dataset, *_source(database, dataset, parameters, settings)])
    keys: dict[str, str] = {}
    for stage in STAGES:
        options = {option.name: parameters.get(option.name, option.default) for option in fields(stage.options)}
        options = {name: value for name, value in options.items() if name not in NO_MATTER}
        if answers := options.get("answers"):
            options["answers"] = _content(Path(answers))
        if stage.name == AFTERWARDS:
            options["exports"] = str(exports_folder(parameters, settings))
        read = [keys[name] for name in stage.reads if name in keys]
        keys[stage.name] = _hash([before, stage.name, json.dumps(options, sort_keys=True), *read])
        if stage.name in OF_DATASET:
            before = keys[stage.name]
    return keys


def find_done(
    database: Database, dataset: str, stages: Sequence[Stage], parameters: Mapping[str, Any], settings: Settings
) -> Run | None:
    """Return the run that has done all that is asked for, as things are now; None where there is none."""
    keys = stage_keys(database, dataset, parameters, settings)
    kept = find_kept(database, dataset, stages, keys, exports_folder(parameters, settings), settings.runs)
    return kept.run if len(kept.stages) == len(stages) else None


def find_kept(
    database: Database, dataset: str, stages: Sequence[Stage], keys: Mapping[str, str], exports: Path, runs: Path
) -> Kept:
    """Return which of the first stages need not be done anew, and the run that has them.

    Parameters
    ----------
    database : Database
    dataset : str
    stages : sequence of Stage
        what is asked for, in order
    keys : mapping
        of `stage_keys`
    exports, runs : Path
        the folder of the exports, and that of the runs' folders
    """
    run = find_finished(database, dataset, imported=None)
    if run is None or stages[0] != STAGES[0] or not _is_as_left(run):
        return Kept()
    known, outdated = run.facts["stages"], run.outdated
    kept = []
    for stage in stages:
        entry = known.get(stage.name, {})
        same = entry.get("status") == "done" and entry.get("key") == keys[stage.name] and stage.name not in outdated
        there = all((runs / run.run_id / name).is_file() for name in stage.files)
        if not same or not there or (stage.name == AFTERWARDS and not _are_of(exports, run)):
            break
        kept.append(stage.name)
    return Kept(run, tuple(kept)) if kept else Kept()


def say_kept(kept: Kept) -> str:
    """Say which stages are not done anew, and why."""
    first, last = (find_stage(name).notebook for name in (kept.stages[0], kept.stages[-1]))
    named = first if first == last else f"{first} to {last}"
    of = kept.run.run_id if kept.run else ""
    return f"{named}: as {of} left them, for nothing that they read has changed (--force does them anew)"


def exports_folder(parameters: Mapping[str, Any], settings: Settings) -> Path:
    """Return the folder that a run's exports go to."""
    return Path(parameters.get("exports") or settings.exports)


def _is_as_left(run: Run) -> bool:
    """Tell whether the dataset is as the run left it, with nothing yet to be extracted."""
    left = run.facts.get("dataset_revision")
    now = run.database["datasets"].find_one({"dataset": run.dataset}) or {}
    open_still = {"dataset": run.dataset, "status": "catalogued", "missing": None}
    return (
        left is not None
        and left == now.get("revision")
        and Path(now["location"]).exists()
        and not run.database["tracks"].count_documents(open_still, limit=1)
    )


def _are_of(exports: Path, run: Run) -> bool:
    """Tell whether a folder holds the run's exports, each file as it was written."""
    from pipeline.report.datapackage import changed_files, read_package

    package = read_package(exports)
    return package is not None and package.get("id") == run.run_id and not changed_files(exports, package)


def _source(database: Database, dataset: str, parameters: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    """Yield what tells one state of the dataset's source from another."""
    audio, table, metadata = (parameters.get(name) or "" for name in ("audio", "table", "metadata"))
    if not audio and not table:
        known = database["datasets"].find_one({"dataset": dataset}) or {}
        if dataset == DEMO_DATASET and known.get("synthetic", True):  # this program makes it, as far as it is not there
            yield known.get("location") or str(demo_folder(settings))
            return
        of_table = known.get("source") == "table"
        audio, table = ("", known["location"]) if of_table else (known.get("location", ""), "")
        metadata = metadata or known.get("metadata") or ""
    yield from (audio, table)
    yield from (_content(Path(file)) for file in (metadata, table) if file)
    if audio:
        for path in Walk(Path(audio)):
            yield _state(path)


def _state(path: Path) -> str:
    """Return what changes where a file does: path, size [bytes], time of the last change [ns]."""
    try:
        info = path.stat()
    except OSError:
        return os.fsdecode(path)
    return f"{os.fsdecode(path)} {info.st_size} {info.st_mtime_ns}"


@lru_cache(maxsize=1)
def _program() -> str:
    """Return a hash of this program, of the packages beside it, and of what decodes for it."""
    return _hash(
        [
            platform.python_version(),
            str(shutil.which("ffmpeg")),
            *sorted({found.name for entry in sys.path if entry for found in Path(entry).glob("*.dist-info")}),
            *(f"{path.name} {_content(path)}" for folder in (PACKAGE_DIR, NOTEBOOKS_DIR) for path in _files(folder)),
        ]
    )


def _files(folder: Path) -> list[Path]:
    unlike_code = ("__pycache__", ".ipynb_checkpoints")
    return sorted(path for path in folder.rglob("*") if path.is_file() and not {*path.parts} & {*unlike_code})


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"not read: {error.strerror}"


def _hash(parts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode(errors="surrogateescape"))
        found.update(b"\0")
    return found.hexdigest()
