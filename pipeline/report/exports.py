"""The files of ``exports/``: CSVs, extract, workbooks, preview and their description, all of one set or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.printable import count
from pipeline.random_streams import seed_of
from pipeline.report.csv_export import ExportError, conform, read_csv, write_csv
from pipeline.report.datapackage import changed_files, read_package, read_samples, write_package
from pipeline.report.hyper import write_hyper
from pipeline.report.switch import new_set
from pipeline.report.views import describe
from pipeline.report.words import with_words
from pipeline.report.workbook import write_workbooks
from pipeline.tables import BY_NAME

MOST_FEATURES = 200_000
"""Rows of ``features`` unless told: a CSV of a million segments is a gigabyte, which no dashboard shows one by one;
``feature_profile`` has all of them, by genre."""


@dataclass(frozen=True)
class Export:
    """What was written where.

    Attributes
    ----------
    folder : Path
    files : list of str
        names of the files, ``schema.json`` last
    n_rows : dict
        rows of each table, those of earlier runs included
    remarks : list of str
        what a reader must know: a sample, kept runs, a file that could not be made
    """

    folder: Path
    files: list[str]
    n_rows: dict[str, int]
    remarks: list[str]


def write_exports(
    frames: Mapping[str, Any], folder: Path, run_id: str, *, append: bool = False, features_sample: int = 0
) -> Export:
    """Write a set of exports in the place of the one before.

    Parameters
    ----------
    frames : mapping
        every table by its name; ``features`` may be `SegmentRows`
    folder : Path
    run_id : str
        the run whose rows they are
    append : bool
        keep the rows of the other runs in the set that is there
    features_sample : int
        write so many rows of ``features`` at most, drawn at random; 0: `MOST_FEATURES`

    Raises
    ------
    ExportError
        where a table does not fit its declaration; nothing is written then
    InputError
        where the folder can't be written, or the set to append to is not as it was written
    """
    samples, remarks = {}, []
    n_features, most = len(frames["features"]), features_sample or MOST_FEATURES
    chosen = pd.Series(np.arange(n_features))
    if most < n_features:
        chosen = chosen.sample(most, random_state=seed_of("exported rows")).sort_values()
        samples[run_id] = f"a random sample of {most} of {n_features} segments"
        remarks.append(f"features.csv: of run {run_id} {samples[run_id]}")
    frames = {**frames, "features": frames["features"].take(chosen.to_numpy()).reset_index(drop=True)}
    conformed = {name: conform(BY_NAME[name], frames[name]) for name in BY_NAME}
    with new_set(folder) as scratch:
        if append:
            samples = read_samples(read_package(folder)) | {run_id: ""} | samples
            conformed, kept = _with_earlier_runs(conformed, folder, run_id)
            remarks.append(f"kept the rows of {count(kept, 'earlier run')}")
        for name, frame in conformed.items():
            write_csv(BY_NAME[name], frame, scratch / BY_NAME[name].file_name)
        others, reasons = _write_others(conformed, scratch, folder)
        package = write_package(scratch, conformed, others, run_id=run_id, samples=samples)
        files = [*(BY_NAME[name].file_name for name in conformed), *(path.name for path in others), package.name]
    n_rows = {name: len(frame) for name, frame in conformed.items()}
    return Export(folder, files, n_rows, remarks + reasons)


def _write_others(frames: Mapping[str, pd.DataFrame], scratch: Path, folder: Path) -> tuple[list[Path], list[str]]:
    from pipeline.report.preview import write_preview  # Altair takes a second, which only an export needs to wait

    story = describe(frames)
    hyper, reason = write_hyper(frames, scratch)
    others = [
        *([hyper] if hyper else []),
        *write_workbooks(story, frames, scratch, folder.resolve()),
        write_preview(story, frames, scratch),
    ]
    return others, [reason] if reason else []


def _with_earlier_runs(
    frames: Mapping[str, pd.DataFrame], folder: Path, run_id: str
) -> tuple[dict[str, pd.DataFrame], int]:
    """Return the tables with the rows of other runs before them, and how many runs those are."""
    package = read_package(folder)
    if package is None:
        return dict(frames), 0
    changed = [name for name in changed_files(folder, package) if name.endswith(".csv")]
    if changed:
        raise InputError(
            f"can't append to {str(folder)!r}: {', '.join(changed)} is not as it was written; export without --append"
        )
    together = {}
    for name, frame in frames.items():
        try:
            earlier = read_csv(BY_NAME[name], folder / BY_NAME[name].file_name)
        except ExportError as error:
            raise InputError(f"can't append to {str(folder)!r}: {error}; export without --append") from error
        together[name] = _stacked(name, earlier[earlier["run_id"] != run_id], frame)
    return together, together["runs"]["run_id"].nunique() - 1


def _stacked(name: str, earlier: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Return both, in the declared order of columns; a column that one of them lacks is empty there."""
    if earlier.empty:
        return frame
    earlier = with_words(BY_NAME[name], earlier)  # those of another version lack some
    declared = [column.name for column in BY_NAME[name].columns]
    names = list(dict.fromkeys([*earlier.columns, *frame.columns]))
    names.sort(key=lambda column: declared.index(BY_NAME[name].column(column).name))
    stacked = pd.concat([part for part in (earlier, frame) if len(part)], ignore_index=True)
    kinds = {column: (frame if column in frame.columns else earlier)[column].dtype for column in names}
    return stacked.reindex(columns=names).astype(kinds)
