"""``genrelab run``: options checked, then the stages."""

import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.run_options import (
    check_options,
    check_writable,
    declared_by,
    extra_parameters,
    refuse_another_source,
    refuse_unfit,
    refuse_unused,
)
from pipeline.cli.summary import say_done, say_json, say_summary
from pipeline.dataset_name import name_dataset
from pipeline.errors import InputError
from pipeline.excerpts import check_excerpts
from pipeline.printable import say
from pipeline.settings import DEMO_DATASET, get_settings
from pipeline.store.connection import connected, has_database, look

if TYPE_CHECKING:
    from pymongo.database import Database

    from pipeline.store import Run


def run(
    context: typer.Context,
    audio: Annotated[str, typer.Option(help="Folder of audio, one sub-folder per genre.", metavar="DIR")] = "",
    table: Annotated[
        str, typer.Option(help="Table of features with labels: CSV, workbook, Parquet, ARFF.", metavar="FILE")
    ] = "",
    metadata: Annotated[str, typer.Option(help="CSV of artists, titles, splits by file name.", metavar="CSV")] = "",
    genre_from: Annotated[
        str,
        typer.Option(
            help="What tells the genres. By default folders, or a table's label column; else the metadata.",
            metavar="folder|metadata|tags",
        ),
    ] = "",
    dataset: Annotated[
        str, typer.Option(help="Name of the dataset; by default the source's own.", metavar="NAME")
    ] = "",
    windows: Annotated[str, typer.Option(help="Window lengths in seconds.", metavar="SECONDS[,SECONDS]")] = "30,3",
    excerpts: Annotated[
        str,
        typer.Option(
            help="What is analysed of files over 33 s: the middle 30 s, up to five such stretches spread over each, or "
            "all. By default as the dataset was before; of a new one the middle.",
            metavar="middle|spread|all",
        ),
    ] = "",
    features: Annotated[
        str,
        typer.Option(
            help="Feature sets; the first is the main one; A+B: both as one. By default spectral-v1; for music of "
            "yours also musicnn-msd-v1, and spectral-v1+musicnn-msd-v1.",
            metavar="NAME[,NAME]",
        ),
    ] = "",
    holdout: Annotated[
        float | None,
        typer.Option(
            help="Share of the tracks that no model sees: 0.1, but none under --split predefined.",
            show_default=False,
            metavar="SHARE",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", min=0, metavar="N")] = 0,
    split: Annotated[
        str,
        typer.Option(
            help="Split policy that results are read under; by default artist where most are known, else track.",
            metavar="POLICY",
        ),
    ] = "",
    models: Annotated[
        str, typer.Option(help="Models to compare; empty: the usual ones; all: every one.", metavar="NAME[,NAME]")
    ] = "",
    search: Annotated[
        str, typer.Option(help="Effort to find each model's parameters.", metavar="none|quick|full")
    ] = "none",
    horse: Annotated[
        str,
        typer.Option(
            help="Play held-out tracks differently too (harmless changes); auto: where they are at most 200.",
            metavar="auto|on|off",
        ),
    ] = "auto",
    subgroups: Annotated[
        str,
        typer.Option(
            help="Parts of the music that the champion is compared on; by default country, region, culture and decade, "
            "as far as tracks have them.",
            metavar="COLUMN[,COLUMN]",
        ),
    ] = "",
    jobs: Annotated[int, typer.Option(help="Worker processes; 0: one per core.", min=0, metavar="N")] = 0,
    scheduler: Annotated[
        str, typer.Option(help="Dask cluster that works instead of this machine.", metavar="tcp://HOST:8786")
    ] = "",
    exports: Annotated[str, typer.Option(help="Folder for the results.", metavar="DIR")] = "",
    append: Annotated[bool, typer.Option("--append", help="Keep the rows of earlier runs in the exports.")] = False,
    features_sample: Annotated[
        int, typer.Option(help="Rows of features.csv at most, drawn at random; 0: 200,000.", min=0, metavar="N")
    ] = 0,
    answers: Annotated[
        str, typer.Option(help="Your own answers to items of the reporting sheet, in TOML.", metavar="FILE")
    ] = "",
    first: Annotated[
        str,
        typer.Option(
            "--from",
            help="Repeat the newest run from this stage on: catalogue, extract, explore, compare, optimise, "
            "holdout or export.",
            metavar="STAGE",
        ),
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Stop after this stage.", metavar="STAGE")] = "",
    id_column: Annotated[str, typer.Option(help="The table's column of ids.", metavar="COLUMN")] = "",
    label_column: Annotated[str, typer.Option(help="The table's column of genres.", metavar="COLUMN")] = "",
    segment_column: Annotated[str, typer.Option(help="The table's column of segment numbers.", metavar="COLUMN")] = "",
    table_window: Annotated[
        float, typer.Option(help="Seconds that a row of the table stands for.", min=0, metavar="SECONDS")
    ] = 0.0,
    leave_out: Annotated[
        str, typer.Option(help="The table's columns that are to be no features.", metavar="COLUMN[,COLUMN]")
    ] = "",
    merge_genres: Annotated[
        str,
        typer.Option(
            help="Spellings that are one genre. ask: those that differ by case or blanks; fold: by punctuation or "
            "accents too.",
            metavar="ask|fold|off",
        ),
    ] = "ask",
    sublabel: Annotated[
        str,
        typer.Option(
            help="Column of the table, or the metadata, with the style of each track below its genre; by default as "
            "before, at first none; -: none.",
            metavar="COLUMN",
        ),
    ] = "",
    multilabel: Annotated[
        str,
        typer.Option(help="What a cell that names several genres or styles counts for.", metavar="first|drop"),
    ] = "first",
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Take out what is gone from the source, be it a fifth or more.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do every stage anew, even where nothing has changed since the last run.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but the result.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as one JSON object.")] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="Any other notebook parameter, e.g. pairs=Rock/Metal.", metavar="N=V"),
    ] = None,
) -> None:
    """Run the notebooks 01 to 07 on a dataset; without a source, on the synthetic demo corpus.

    Ends with status 0 when all is done, 2 where the input is wrong, 1 where it is our fault, 130 after Ctrl-C.
    """
    settings = get_settings()
    os.environ |= settings.environment()  # kernels start in the folder of their notebook
    for option, path, exists in (("--audio", audio, Path.is_dir), ("--table", table, Path.is_file),
                                 ("--metadata", metadata, Path.is_file),
                                 ("--answers", answers, Path.is_file)):  # fmt: skip
        if path and not exists(Path(path).expanduser()):
            raise InputError(
                f"{option} {path!r} does not exist, or is not a {'folder' if option == '--audio' else 'file'}"
            )
    if audio and table:
        raise InputError("give --audio or --table, not both")
    if holdout is not None and not 0 <= holdout < 1:
        raise InputError(f"--holdout {holdout:g} must be at least 0 and below 1")
    dataset = name_dataset(dataset, audio, table) or DEMO_DATASET
    if settings.mongodb_uri is not None:  # before the imports, which take seconds
        look(settings)

    from pipeline.splits import USUAL, find_policy
    from pipeline.stages import STAGES, check_parameters, choose_stages

    stages = choose_stages(first, last)
    parameters: dict[str, Any] = {
        "audio": _absolute(audio),
        "table": _absolute(table),
        "metadata": _absolute(metadata),
        "genre_from": genre_from,
        "windows": windows,
        "excerpts": check_excerpts(excerpts),
        "features": features,
        "holdout": find_policy(split or USUAL).holdout_share if holdout is None else holdout,
        "seed": seed,
        "split": split,
        "models": models,
        "search": search,
        "horse": horse,
        "subgroups": subgroups,
        "jobs": jobs,
        "scheduler": scheduler,
        "exports": _absolute(exports),
        "append": append,
        "features_sample": features_sample,
        "answers": _absolute(answers),
        "id_column": id_column,
        "label_column": label_column,
        "segment_column": segment_column,
        "table_window": table_window,
        "leave_out": leave_out,
        "merge_genres": merge_genres,
        "sublabel": sublabel,
        "multilabel": multilabel,
        "remove_missing": remove_missing,
    }
    declared = declared_by(stages)
    given = {name for name in parameters if _was_given(context, name)}
    if audio or table:
        refuse_unfit(given, *(("audio", "--audio") if audio else ("table", "--table")))
    extra = extra_parameters(parameter or [], stages)
    check_parameters(STAGES, parameters)
    check_parameters(stages, extra)
    if first:
        refuse_unused(given, parameters.keys() - declared, first)

    def tell(done: "Run", exports_dir: Path, *, just_now: bool = True) -> None:
        places = {"notebooks": _shown(settings.runs / done.run_id)}
        if "exports" in declared:
            places["exports"] = _shown(exports_dir)
        if as_json:
            say_json(done, places)
        else:
            say_summary(done, places, just_now=just_now)

    from pipeline.catalogue import say_drawn
    from pipeline.runner import exports_folder, find_done

    def look_at_dataset(database: "Database") -> None:
        known = database["datasets"].find_one({"dataset": dataset}) or {}
        if known and not audio and not table:
            refuse_unfit(given, known["source"], f"dataset {dataset!r}")
        said = say_drawn(known, parameters["holdout"]) if "holdout" in given & declared else ""
        if said and not quiet:
            say(said, err=True)

    if given - declared:  # what no stage reads may be wrong all the same
        check_options(parameters, stages, dataset)
    if not first and not force and has_database(settings):
        all_parameters = parameters | extra
        with connected(settings) as database:
            if done := find_done(database, dataset, stages, all_parameters, settings):
                look_at_dataset(database)
                if not quiet:
                    say(f"nothing to do: {say_done(done)}", err=True)
                return tell(done, exports_folder(all_parameters, settings), just_now=False)
    check_options(parameters, stages, dataset)

    from pipeline.cluster import check_scheduler
    from pipeline.runner import Progress, StageError, StageInputError, find_resumed, usual_progress
    from pipeline.runner import run as run_stages
    from pipeline.store.runs import find_resumable

    with connected(settings) as database:
        if first:  # goes on as it began, but for what is said anew
            resumed, newest = find_resumed(database, dataset, stages[0]), find_resumable(database, dataset)
            if resumed != newest and not quiet:
                say(
                    f"{newest.run_id} is newer, but has not done what {stages[0].notebook} reads: this goes on with "
                    f"{resumed.run_id}",
                    err=True,
                )
            recorded = resumed.facts["parameters"]
            refuse_another_source(parameters, given, recorded)
            parameters |= {name: value for name, value in recorded.items() if name not in given}
        parameters |= extra
        check_parameters(stages, {name: value for name, value in parameters.items() if name in declared})
        if parameters["scheduler"] and "scheduler" in declared:
            check_scheduler(parameters["scheduler"])
        exports_dir = exports_folder(parameters, settings)
        if "exports" in declared:
            check_writable(exports_dir)
        look_at_dataset(database)
        progress = Progress.NONE if quiet else usual_progress()
        if not quiet:
            say(f"dataset {dataset}, stages {stages[0].notebook} to {stages[-1].notebook}", err=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # a batch system's end is recorded as Ctrl-C is
        how: dict[str, Any] = {"resume": bool(first), "anew": force, "progress": progress}
        try:
            done = run_stages(database, dataset, stages, parameters, settings, **how)
        except StageInputError:
            raise
        except StageError as error:
            again = f"genrelab run --dataset {shlex.quote(dataset)} --from {error.stage}"
            raise type(error)(f"{error}; go on with: {again}", error.stage) from error
        tell(done, exports_dir)


def _was_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
