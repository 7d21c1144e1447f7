"""``genrelab predict`` and ``genrelab tags``: music without labels."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected

Jobs = Annotated[int, typer.Option(help="Worker processes; 0: one a core.", min=0, metavar="N")]
Scheduler = Annotated[
    str, typer.Option(help="Dask cluster that works instead of this machine.", metavar="tcp://HOST:8786")
]


def predict(
    source: Annotated[str, typer.Argument(help="Folder of audio at any depth, or CSV of features.", metavar="DIR|CSV")],
    dataset: Annotated[
        str, typer.Option(help="Dataset whose champion answers; by default the newest that has one.", metavar="NAME")
    ] = "",
    run: Annotated[str, typer.Option(help="Run whose champion answers; by default the newest.", metavar="RUN")] = "",
    out: Annotated[
        str,
        typer.Option("--out", "-o", help="CSV to write; else predictions.csv among the exports.", metavar="CSV"),
    ] = "",
    segments: Annotated[
        bool, typer.Option("--segments", help="Name segments of each file too, in prediction_segments.csv.")
    ] = False,
    playlists: Annotated[str, typer.Option(help="Folder for a playlist (.m3u8) a genre.", metavar="DIR")] = "",
    id_column: Annotated[str, typer.Option(help="The table's column of ids.", metavar="COLUMN")] = "",
    jobs: Jobs = 0,
    scheduler: Scheduler = "",
) -> None:
    """Label music that has no genres, by the champion of a dataset."""
    settings = get_settings()
    with connected(settings) as database:
        from pipeline.predict import champion_of
        from pipeline.stages.predict import PredictOptions
        from pipeline.stages.predict import predict as label

        options = PredictOptions(
            source=source, out=out, segments=segments, playlists=playlists, id_column=id_column, jobs=jobs,
            scheduler=scheduler,
        )  # fmt: skip
        done = label(champion_of(database, dataset, run), options)
    for sentence in done.sentences:
        say(sentence)
    for genre, row in done.genres.iterrows():
        say(f"  {genre}: {int(row['files'])}")
    for path in done.written:
        say(f"written: {path}")


def tags(
    folder: Annotated[Path, typer.Argument(help="Folder of audio at any depth.", metavar="DIR")],
    out: Annotated[
        str, typer.Option("--out", "-o", help="CSV to write; by default tags.csv among the exports.", metavar="CSV")
    ] = "",
    jobs: Jobs = 0,
    scheduler: Scheduler = "",
) -> None:
    """Tell how much each of 50 tags applies to music: genre, mood, instruments, decade. No training, no genres."""
    settings = get_settings()
    if not folder.expanduser().is_dir():
        raise InputError(f"{str(folder)!r} is not a folder: name a folder of audio, like {shlex.quote('my music')}")

    from pipeline.features import TAGS
    from pipeline.predict import tag_folder
    from pipeline.report.predictions import write_table
    from pipeline.tables import TAGS as TABLE

    if missing := TAGS.say_missing():
        raise InputError(f"tags need {missing}")
    with connected(settings) as database:
        found, heard = tag_folder(database, folder, jobs=jobs or settings.jobs, scheduler=scheduler)
    written = write_table(TABLE, found, Path(out or settings.exports / TABLE.file_name).expanduser().resolve())
    bad = found[found["reason"].notna()]
    before = f"; {heard.n_before} stand from before" if heard.n_before else ""
    say(f"{len(found) - len(bad)} of {len(found)} files tagged{before}.")
    if len(bad):
        counted = "; ".join(f"{n} {reason}" for reason, n in bad["reason"].value_counts().items())
        say(f"Not tagged: {counted}.")
    say(f"The network learned from {TAGS.trained_on}, which may include this music.")
    say(f"written: {written}")
    if len(bad) == len(found):
        raise InputError(f"none of the {len(found)} files could be heard; the first: {bad.iloc[0]['detail']}")
