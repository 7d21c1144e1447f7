"""Labels into the files' own tags, with a record by which it can be undone."""

import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from pipeline.errors import InputError
from pipeline.predict.own_tags import TagError, check_mutagen, read_genres, write_genres
from pipeline.store import Run

MOST_SAID = 10
"""Files that are named with what is wrong with them; the others are counted."""


@dataclass(frozen=True)
class TagsWritten:
    """What became of files' own tags: sentences, and where the record is that undoes it, if anything was written."""

    sentences: list[str]
    undo: Path | None


def write_tags(
    run: Run, source: Path, paths: Collection[str], folder: Path, *, at_least: float, overwrite: bool
) -> TagsWritten:
    """Write the genre of each labelled file of a folder into its own tags.

    Files that are less sure than `at_least`, unlike the training music, or have a genre already, are left as they are.
    What is done is recorded before it is done, a line of JSON a file.

    Parameters
    ----------
    run : Run
        whose champion has labelled them
    source : Path
        the folder, by its full path
    paths : collection of str
        files of it, as they are labelled
    folder : Path
        for the record, ``tags-undo-<time>.jsonl``
    at_least : float
        the least probability of a genre that is written
    overwrite : bool
        put it in the place of a genre that is there

    Raises
    ------
    InputError
        where mutagen is not installed, or the record can't be written
    """
    check_mutagen()
    counted: Counter[str] = Counter()
    failed: list[str] = []
    record = _Record(folder)
    with record:
        for label in _labels(run, source, set(paths)):
            path = source / label["path"]
            if label["probability"] < at_least:
                counted["less sure"] += 1
                continue
            if label.get("unlike"):
                counted["unlike the training music"] += 1
                continue
            try:
                before = read_genres(path)
                if before == [label["genre"]]:
                    counted["have this genre already"] += 1
                elif before and not overwrite:
                    counted["have another genre already (--overwrite puts the new one in its place)"] += 1
                else:
                    heard = {name: label[name] for name in ("size_bytes", "modified_ns")}
                    record.write(path, before, [label["genre"]])
                    _follow(run, label, write_genres(path, [label["genre"]], **heard))
                    counted["written"] += 1
            except TagError as error:
                failed.append(str(error))
    n_written = counted.pop("written", 0)
    if not n_written:
        record.path.unlink(missing_ok=True)
    others = "; ".join(f"{n} {why}" for why, n in counted.most_common())
    said = [f"The genre is written into the own tags of {n_written} files."]
    if others:
        said.append(f"Left as they were: {others}.")
    return TagsWritten([*said, *_say_failed(failed)], record.path if n_written else None)


def undo_tags(record: Path) -> list[str]:
    """Give files back the genres that `write_tags` found in them, and return what was done in sentences.

    A file whose genre is not the one that was written is left as it is.

    Raises
    ------
    InputError
        where mutagen is not installed, or the record can't be read
    """
    check_mutagen()
    n_back, failed = 0, []
    for entry in reversed(_read(record)):
        path = Path(entry["path"])
        try:
            if read_genres(path) != entry["after"]:
                raise TagError(f"{path.name}: its genre is not the one that was written")
            status = path.lstat()
            write_genres(path, entry["before"], size_bytes=status.st_size, modified_ns=status.st_mtime_ns)
            n_back += 1
        except TagError as error:
            failed.append(str(error))
        except OSError as error:
            failed.append(f"{path.name}: {error.strerror}")
    return [f"{n_back} files have again the genre that they had, or none.", *_say_failed(failed)]


class _Record:
    """A file that is made with its first line, a new one each time."""

    def __init__(self, folder: Path):
        self.path = folder / f"tags-undo-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"
        self._file: IO[str] | None = None

    def __enter__(self) -> "_Record":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("x", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{str(self.path)!r}, which undoes it, can't be written: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        assert self._file is not None  # nosec B101 # it was entered
        self._file.close()

    def write(self, path: Path, before: list[str], after: list[str]) -> None:
        """Record what is about to be done, on the disk."""
        assert self._file is not None  # nosec B101 # it was entered
        entry = {"path": str(path), "before": before, "after": after}
        self._file.write(f"{json.dumps(entry)}\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _labels(run: Run, source: Path, paths: Collection[str]) -> Iterator[dict[str, Any]]:
    of_source = {"dataset": run.dataset, "run_id": run.run_id, "source": str(source), "genre": {"$ne": None}}
    found = run.database["labels"].find({**of_source, "size_bytes": {"$ne": None}}).sort("path", 1)
    yield from (label for label in found if label["path"] in paths)


def _follow(run: Run, label: Mapping[str, Any], status: os.stat_result) -> None:
    """Let the label stand for the file as it is now: its audio is the same."""
    now = {"size_bytes": status.st_size, "modified_ns": status.st_mtime_ns}
    run.database["labels"].update_one({"_id": label["_id"]}, {"$set": now})


def _read(record: Path) -> list[dict[str, Any]]:
    try:
        lines = record.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--undo-tags {str(record)!r} can't be read: {error}") from error
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            entries.append({"path": str(entry["path"]), "before": list(entry["before"]), "after": list(entry["after"])})
        except (ValueError, TypeError, KeyError) as error:
            if number == len(lines):
                break  # a process was killed while it wrote it, and before it did what it says
            raise InputError(f"--undo-tags {str(record)!r}: line {number} is no record of written tags") from error
    return entries


def _say_failed(failed: list[str]) -> list[str]:
    if not failed:
        return []
    more = [f"… and {len(failed) - MOST_SAID} more"] if len(failed) > MOST_SAID else []
    return [f"{len(failed)} files could not be written, and are as they were:", *failed[:MOST_SAID], *more]
