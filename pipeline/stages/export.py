"""Stage 07: everything a dashboard needs, as files."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import Headline, headline
from pipeline.report import TABLES, assemble_exports, write_exports
from pipeline.settings import get_settings
from pipeline.stages.declared import find_stage
from pipeline.stages.options import ExportOptions
from pipeline.store import Run

__all__ = ["ExportOptions", "Exported", "export"]


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes
    ----------
    files : list of str
        names
    tables : pd.DataFrame
        ``file``, ``one row per``, ``rows``
    remarks : list of str
        what there is to say of the set, a sentence each
    headline : Headline or None
        what the run comes to, in the sentences that every face prints; None where nothing was compared
    """

    files: list[str]
    tables: pd.DataFrame
    remarks: list[str]
    headline: Headline | None


def export(run: Run, options: ExportOptions) -> Exported:
    """Gather all tables of a run and write them, with an extract, workbooks and a page, in the place of the set before.

    Raises
    ------
    InputError
        where there is no run, nothing is extracted, or the folder can't be written
    """
    if not run.run_id:
        raise InputError(f"dataset {run.dataset!r} has no run to export: run `genrelab run`, or 04_compare, first")
    frames = assemble_exports(run)
    folder = Path(options.exports or get_settings().exports)
    written = write_exports(frames, folder, run.run_id, append=options.append, features_sample=options.features_sample)
    tables = {
        "file": [table.file_name for table in TABLES],
        "one row per": [table.grain for table in TABLES],
        "rows": [written.n_rows[table.name] for table in TABLES],
    }
    return Exported(
        files=written.files,
        tables=pd.DataFrame(tables),
        remarks=[*_say_outdated(run), *written.remarks],
        headline=headline(run),
    )


def _say_outdated(run: Run) -> list[str]:
    """Say which stages' rows are left out, since what they were made from was replaced."""
    outdated = [find_stage(name) for name in run.outdated]
    if not outdated:
        return []
    names = " and ".join(stage.notebook for stage in outdated)
    return [
        f"{names} belong to earlier rows of the stages before them and are left out; "
        f"`genrelab run --from {outdated[0].name}` makes them anew."
    ]
