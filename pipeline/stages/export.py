"""Stage 07: everything a dashboard needs, as files; beside the notebooks a reporting sheet and a model card."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import Headline, headline
from pipeline.report import assemble_exports, write_exports
from pipeline.report.card import CARD, model_card
from pipeline.report.sheet import read_facts, read_told, write_sheet
from pipeline.settings import get_settings
from pipeline.stages.declared import PLAYLIST, REGIONS, TRANSFER, find_addition, find_stage
from pipeline.stages.options import ExportOptions
from pipeline.store import Run
from pipeline.tables import TABLES

__all__ = ["ExportOptions", "Exported", "export"]

LEFT_OUT = {
    TRANSFER.name: "What its models got on other datasets is of an earlier champion and left out; `genrelab transfer` "
    "makes it anew.",
    REGIONS.name: "Where music is from was told of earlier tracks and is left out; `genrelab regions` tells it anew.",
    PLAYLIST.name: "Playlists that it keeps are of earlier tracks and left out; `genrelab playlist` makes them anew.",
}
"""What is said of rows that were added to a run, and belong to earlier ones of its own."""


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
    sheet : list of str
        what the reporting sheet still asks a person for
    """

    files: list[str]
    tables: pd.DataFrame
    remarks: list[str]
    headline: Headline | None
    sheet: list[str]


def export(run: Run, options: ExportOptions) -> Exported:
    """Gather all tables of a run and write them, with an extract, workbooks and a page, in the place of the set before.

    Raises
    ------
    InputError
        where there is no run, nothing is extracted, a folder can't be written, or the answers can't be read
    """
    if not run.run_id:
        raise InputError(f"dataset {run.dataset!r} has no run to export: run `genrelab run`, or 04_compare, first")
    own_words = read_told(Path(options.answers)) if options.answers else {}
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
        sheet=_write_beside(run, frames["data_quality"], own_words),
    )


def _write_beside(run: Run, checks: pd.DataFrame, own_words: Mapping[str, str]) -> list[str]:
    """Write the reporting sheet and the model card into the folder of the run; return what the sheet asks for."""
    folder = get_settings().runs / run.run_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheet = run.steady(lambda _: write_sheet(read_facts(run, checks), folder, own_words))
        card = model_card(run)
        if card:
            (folder / CARD).write_text(card, encoding="utf-8")
        else:
            (folder / CARD).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"can't write to {str(folder)!r}: {error.strerror or error}; set GENRELAB_RUNS") from error
    return [f"{item['number']}: {item['please']}" for item in sheet["items"] if item["please"]]


def _say_outdated(run: Run) -> list[str]:
    """Say which stages' rows are left out, since what they were made from was replaced."""
    outdated = [find_stage(name) for name in run.outdated if not find_addition(name)]
    added = {addition.name for name in run.outdated if (addition := find_addition(name))}
    said = [sentence for name, sentence in LEFT_OUT.items() if name in added]
    if not outdated:
        return said
    names = " and ".join(stage.notebook for stage in outdated)
    return [
        *said,
        f"{names} belong to earlier rows of the stages before them and are left out; "
        f"`genrelab run --from {outdated[0].name}` makes them anew.",
    ]
