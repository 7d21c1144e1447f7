"""Where a dataset's tracks come from: what was asked for, or what was there before."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pymongo.database import Database

from pipeline.catalogue.enough import too_few
from pipeline.catalogue.folder import catalogue_folder
from pipeline.catalogue.genres import check_table_source
from pipeline.catalogue.report import CatalogueReport
from pipeline.catalogue.table import catalogue_table
from pipeline.errors import InputError
from pipeline.settings import DEMO_DATASET, Settings, demo_folder
from pipeline.sources import Metadata, TableOptions, read_metadata
from pipeline.sources.genre_names import check_multilabel
from pipeline.sources.styles import NO_SUBLABEL


def catalogue(
    database: Database,
    dataset: str,
    *,
    audio: str = "",
    table: str = "",
    metadata: str = "",
    genre_from: str = "",
    options: TableOptions | None = None,
    remove_missing: bool = False,
    run_id: str = "",
    settings: Settings,
) -> CatalogueReport:
    """Bring a dataset's listing up to date with its source; without a source, the one it was made from before.

    What can't be read is not gone: it stays as it is, and is told. What is gone is taken out, and can be put back until
    the dataset's next run.

    Parameters
    ----------
    database : Database
    dataset : str
    audio, table, metadata : str
        the folder, or the table; and what is said of their tracks
    genre_from : str
        what tells the genres: folder, metadata or tags of audio, metadata of a table; empty: as before, else
        recognised
    options : TableOptions or None
        how to read the table
    remove_missing : bool
        take out what is gone even where that is a fifth of the dataset, or more; without it so much stays as it is,
        marked as missing
    run_id : str
        the run that this is part of; empty: of none. What was taken out in another one is forgotten
    settings : Settings

    Raises
    ------
    InputError
        where source or metadata are wrong, none is given for a dataset not seen before, or the source has nothing of
        what the dataset holds
    """
    if audio and table:
        raise InputError("give --audio or --table, not both")
    known = database["datasets"].find_one({"dataset": dataset}) or {}
    if not audio and not table:
        if known:
            source, location = known["source"], Path(known["location"])
            metadata = metadata or known["metadata"] or ""
        elif dataset == DEMO_DATASET:
            source, location = "audio", demo_folder(settings)
        else:
            raise InputError(f"dataset {dataset!r} is not known yet: say where it comes from with --audio or --table")
    else:
        source, location = ("audio", Path(audio)) if audio else ("table", Path(table))
    location, synthetic = location.expanduser().resolve(), False
    if dataset == DEMO_DATASET and location.is_relative_to(settings.home / "demo"):
        from pipeline.sources.demo import write_demo  # scipy.signal takes half a second, which others need not wait

        remove_missing = True  # it is written whole just now
        write_demo(location, tracks_per_genre=settings.demo_tracks, jobs=settings.jobs)
        metadata = str(location / "metadata.csv")
        synthetic = True
    before = known if known.get("source") == source else {}
    how_to_read = _with_styles(options or TableOptions(), before.get("sublabel"))
    check_multilabel(how_to_read.multilabel)
    described = _described(metadata, how_to_read)
    if source == "audio" and how_to_read.sublabel and not (described and described.styled):
        raise InputError(f"--sublabel {how_to_read.sublabel!r}: of audio, --metadata has to have that column")
    entry = {
        "dataset": dataset,
        "source": source,
        "location": str(location),
        "synthetic": synthetic,
        "genre_from": genre_from or before.get("genre_from"),
        "sublabel": how_to_read.sublabel or how_to_read.sublabel_before or None,
        "columns": None,
        "lost_genres": [],
        "metadata": str(Path(metadata).expanduser().resolve()) if metadata else None,
    }
    how: dict[str, Any] = {"remove_missing": remove_missing, "run_id": run_id}
    if source == "audio":
        how |= {"merge_genres": how_to_read.merge_genres, "multilabel": how_to_read.multilabel}
        report = catalogue_folder(database, entry, known, described, **how)
    else:
        how_to_read = replace(how_to_read, genre_from=check_table_source(entry["genre_from"] or "", described))
        report = catalogue_table(database, entry, known, described, how_to_read, **how)
    said = too_few(database, dataset)
    return replace(report, notes=[said, *report.notes]) if said else report


def _with_styles(options: TableOptions, before: str | None) -> TableOptions:
    """Return the options with the column of styles: the one that is named, or none, or that of before."""
    if options.sublabel == NO_SUBLABEL:
        return replace(options, sublabel="")
    return replace(options, sublabel_before=before or "")


def _described(metadata: str, options: TableOptions) -> Metadata | None:
    """Read what is said of the tracks, if anything is."""
    if not metadata:
        return None
    path = Path(metadata).expanduser()
    return read_metadata(path, options.sublabel or options.sublabel_before, options.merge_genres, options.multilabel)
