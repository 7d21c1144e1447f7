"""Stage 01: which tracks there are, where they come from, and whether they are fit to learn from."""

from dataclasses import dataclass

import pandas as pd

from pipeline.catalogue import CatalogueReport, find_dataset
from pipeline.catalogue import catalogue as bring_up_to_date
from pipeline.quality import artist_concentration, check_quality, missing_values
from pipeline.settings import get_settings
from pipeline.sources import TableOptions
from pipeline.splits import read_known, say_known, usual_policy
from pipeline.stages.options import CatalogueOptions
from pipeline.stages.recording import writes_to_dataset
from pipeline.store import Run, read_frame

__all__ = ["CatalogueOptions", "Catalogued", "catalogue"]

ABOUT_TRACKS = ("track_id", "genre", "artist", "title", "predefined_split", "path")


@dataclass(frozen=True)
class Catalogued:
    """What cataloguing found.

    Attributes
    ----------
    report : CatalogueReport
    tracks : pd.DataFrame
        ``ABOUT_TRACKS`` of every track
    known : list of str
        the split policy, where it is decided here, and what it needs that is not known of the tracks, a sentence each
    columns : pd.DataFrame
        every column of a table: ``column``, the ``feature`` that it is, or why it is ``left_out``; empty for a folder
    missing, rejects, checks, artists : pd.DataFrame
        values that tracks lack; files and rows that can't be used; checks; whom each genre is by
    """

    report: CatalogueReport
    tracks: pd.DataFrame
    known: list[str]
    columns: pd.DataFrame
    missing: pd.DataFrame
    rejects: pd.DataFrame
    checks: pd.DataFrame
    artists: pd.DataFrame


@writes_to_dataset
def catalogue(run: Run, options: CatalogueOptions) -> Catalogued:
    """Bring the dataset's listing up to date with its source, and check it.

    Raises
    ------
    InputError
        where source or metadata are wrong, or lack what the split policy needs
    """
    database, dataset = run.database, run.dataset
    report = bring_up_to_date(
        database,
        dataset,
        audio=options.audio,
        table=options.table,
        metadata=options.metadata,
        genre_from=options.genre_from,
        options=TableOptions(
            options.id_column,
            options.label_column,
            options.segment_column,
            options.table_window,
            options.leave_out,
            options.merge_genres,
            sublabel=options.sublabel,
            multilabel=options.multilabel,
        ),
        remove_missing=options.remove_missing,
        run_id=run.run_id,
        settings=get_settings(),
    )
    tracks = read_frame(database["tracks"], {"dataset": dataset}, ABOUT_TRACKS)
    return Catalogued(
        report=report,
        tracks=tracks,
        known=_say_policy(options.split, read_known(tracks)),
        columns=_columns(find_dataset(database, dataset).get("columns")),
        missing=missing_values(tracks),
        rejects=read_frame(database["rejects"], {"dataset": dataset}, ["path", "reason", "detail"]),
        checks=check_quality(database, dataset),
        artists=artist_concentration(tracks),
    )


def _columns(columns: list[dict] | None) -> pd.DataFrame:
    """Return a table's columns, those that are left out first."""
    found = pd.DataFrame(columns or [], columns=["column", "feature", "left_out"])
    return found.sort_values("left_out", na_position="last", kind="stable", ignore_index=True)


def _say_policy(asked: str, known: pd.DataFrame) -> list[str]:
    """Say what the tracks lack that the policy needs; where none is asked for, which one results will be read under."""
    if asked:
        return say_known(asked, known)
    policy, why = usual_policy(known)
    return [why, *say_known(policy, known)]
