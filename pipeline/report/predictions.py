"""Files about music without labels: tables beside a run's exports, and a playlist a genre."""

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.playlist import is_listable, shown_names
from pipeline.report.csv_export import conform, write_csv
from pipeline.tables import OF_THE_RUN, Table


def write_table(table: Table, frame: pd.DataFrame, path: Path, run_id: str = "", dataset: str = "") -> Path:
    """Write one table in the exports' style, whole or not at all.

    Raises
    ------
    InputError
        where it can't be written there
    """
    if table.find_column(OF_THE_RUN[0]):
        frame = frame.assign(run_id=run_id, dataset=dataset)
    conformed = conform(table, frame)
    return write_in_place(path, lambda scratch: write_csv(table, conformed, scratch))


def write_playlists(labels: pd.DataFrame, source: Path, folder: Path) -> list[Path]:
    """Write one extended M3U a genre, the surest files first, with full paths.

    Parameters
    ----------
    labels : pd.DataFrame
        rows of ``predictions``
    source : Path
        the folder that their paths start from
    folder : Path
        made where it is not there
    """
    named = labels[labels["genre"].notna()].sort_values(["probability", "path"], ascending=[False, True])
    written, taken = [], set()
    for genre, files in named.groupby("genre"):
        name = base = re.sub(r"[^\w\- ]+", "_", str(genre)).strip(" .") or "_"
        number = 2
        while name.casefold() in taken:  # genres whose names differ in signs alone
            name, number = f"{base}-{number}", number + 1
        taken.add(name.casefold())
        lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(str(genre))}"]
        for path, shown in zip(files["path"], shown_names(files["artist"], files["title"], files["path"]), strict=True):
            if is_listable(path):
                lines += [f"#EXTINF:-1,{_one_line(shown)}", str(source / path)]
        content = "\n".join([*lines, ""])
        written.append(write_in_place(folder / f"{name}.m3u8", partial(_write_text, content)))
    return written


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_in_place(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file beside its place, then move it there."""
    scratch: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}-", delete=False) as made:
            scratch = Path(made.name)
        write(scratch)
        scratch.chmod(0o666 & ~_umask())
        os.replace(scratch, path)
    except OSError as error:
        raise InputError(f"can't write {str(path)!r}: {error.strerror or error}; choose another place") from error
    finally:
        if scratch is not None:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
