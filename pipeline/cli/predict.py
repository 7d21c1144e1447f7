"""``genrelab predict`` and ``genrelab tags``: music without labels."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.excerpts import SPREAD, check_excerpts
from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected

Jobs = Annotated[int, typer.Option(help="Worker processes; 0: one per core.", min=0, metavar="N")]
Scheduler = Annotated[
    str, typer.Option(help="Dask cluster that works instead of this machine.", metavar="tcp://HOST:8786")
]


def predict(
    source: Annotated[
        str, typer.Argument(help="Folder of audio at any depth, or CSV of features.", metavar="DIR|CSV")
    ] = "",
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
    excerpts: Annotated[
        str,
        typer.Option(
            help="What is heard of files over 33 s: up to five stretches of 30 s spread over each, the middle 30 s, or "
            "all.",
            metavar="spread|middle|all",
        ),
    ] = "spread",
    playlists: Annotated[
        str, typer.Option(help="Folder to write playlists to, one .m3u8 per genre.", metavar="DIR")
    ] = "",
    horse: Annotated[
        bool,
        typer.Option("--horse", help="Play files differently (quieter, by telephone, 6 % faster): do genres stay?"),
    ] = False,
    horse_files: Annotated[
        int, typer.Option(help="How many files --horse plays at most, drawn at random.", min=1, metavar="N")
    ] = 200,
    id_column: Annotated[str, typer.Option(help="The table's column of ids.", metavar="COLUMN")] = "",
    write_tags: Annotated[
        bool,
        typer.Option("--write-tags", help="Write the genre into the files' own tags, where it is --at-least as sure."),
    ] = False,
    at_least: Annotated[
        float | None,
        typer.Option(help="The least probability of a genre that is written, 0 to 1.", metavar="P", show_default=False),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write it in the place of a genre that a file has already.")
    ] = False,
    undo: Annotated[
        str,
        typer.Option(
            "--undo-tags", help="Give files back the genres that --write-tags found: the file it names.", metavar="FILE"
        ),
    ] = "",
    jobs: Jobs = 0,
    scheduler: Scheduler = "",
) -> None:
    """Label music that has no genres, by the champion of a dataset."""
    if undo:
        from pipeline.predict.write_tags import undo_tags

        for sentence in undo_tags(Path(undo).expanduser()):
            say(sentence)
        return
    _check_writing(source, write_tags, at_least, overwrite)
    settings = get_settings()
    with connected(settings) as database:
        from pipeline.predict import champion_of
        from pipeline.stages.predict import PredictOptions
        from pipeline.stages.predict import predict as label

        options = PredictOptions(
            source=source, out=out, segments=segments, excerpts=check_excerpts(excerpts) or SPREAD,
            playlists=playlists, horse=horse, horse_files=horse_files, id_column=id_column,
            jobs=jobs, scheduler=scheduler,
        )  # fmt: skip
        key = champion_of(database, dataset, run)
        done = label(key, options)
        tagged = None
        if write_tags:
            from pipeline.predict.write_tags import write_tags as write

            folder = Path(source).expanduser().resolve()
            beside, sure = done.written[0].parent, at_least or 0.0
            tagged = write(key.run, folder, done.labels["path"], beside, at_least=sure, overwrite=overwrite)
    for sentence in done.sentences:
        say(sentence)
    for genre, row in done.genres.iterrows():
        say(f"  {genre}: {int(row['files'])}")
    for path in done.written:
        say(f"written: {path}")
    if tagged:
        for sentence in tagged.sentences:
            say(sentence)
        if tagged.undo:
            say(f"to undo it: genrelab predict --undo-tags {shlex.quote(str(tagged.undo))}")


def _check_writing(source: str, write_tags: bool, at_least: float | None, overwrite: bool) -> None:
    if not source:
        raise InputError("name a folder of audio, or a table of features: genrelab predict 'my music'")
    if not write_tags:
        if at_least is not None or overwrite:
            raise InputError("--at-least and --overwrite are for --write-tags, which is not given")
        return
    from pipeline.predict.own_tags import check_mutagen

    check_mutagen()
    if at_least is None or not 0 <= at_least <= 1:
        raise InputError("--write-tags needs --at-least P, a probability from 0 to 1, like --at-least 0.8")
    if not Path(source).expanduser().is_dir():
        raise InputError(f"--write-tags is for a folder of audio, and {source!r} is none")


def tags(
    folder: Annotated[Path, typer.Argument(help="Folder of audio at any depth.", metavar="DIR")],
    out: Annotated[
        str, typer.Option("--out", "-o", help="CSV to write; by default tags.csv among the exports.", metavar="CSV")
    ] = "",
    jobs: Jobs = 0,
    scheduler: Scheduler = "",
) -> None:
    """Tell how much each of 50 words applies to each file: genre, mood, instruments, decade. No training, no genres."""
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
