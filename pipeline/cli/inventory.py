"""``genrelab datasets | runs | models``: what is in the database, taking it out, and champions as files."""

import json
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected

Json = Annotated[bool, typer.Option("--json", help="Write a JSON array.")]
OfDataset = Annotated[str, typer.Option(help="Those of one dataset.", metavar="NAME")]
Yes = Annotated[bool, typer.Option("--yes", help="Delete without asking.")]

datasets_app = typer.Typer()
runs_app = typer.Typer()
models_app = typer.Typer()


@datasets_app.callback(invoke_without_command=True)
def datasets(context: typer.Context, as_json: Json = False) -> None:
    """List datasets, the newest first; or delete one."""
    if context.invoked_subcommand is None:
        from pipeline.store.inventory import list_datasets

        with connected(get_settings()) as database:
            _show(list_datasets(database), as_json, "no dataset yet: genrelab run makes one")


@datasets_app.command("delete")
def delete_dataset(name: Annotated[str, typer.Argument(metavar="NAME")], yes: Yes = False) -> None:
    """Delete a dataset with its features, runs, models and labels; the music itself stays."""
    from pipeline.store import deletion

    with connected(get_settings()) as database:
        found = deletion.count_dataset(database, name)
        _delete(f"dataset {name!r}", found, yes, lambda: deletion.delete_dataset(database, name))


@runs_app.callback(invoke_without_command=True)
def runs(context: typer.Context, dataset: OfDataset = "", as_json: Json = False) -> None:
    """List runs, the newest first; or delete one."""
    if context.invoked_subcommand is None:
        from pipeline.store.inventory import list_runs

        with connected(get_settings()) as database:
            _show(list_runs(database, dataset), as_json, _none_of("run", dataset))


@runs_app.command("delete")
def delete_run(run: Annotated[str, typer.Argument(metavar="RUN")], yes: Yes = False) -> None:
    """Delete a run with its scores, models and labels; its dataset, notebooks and exports stay."""
    from pipeline.store import deletion

    with connected(get_settings()) as database:
        found = deletion.count_run(database, run)
        _delete(f"run {run!r}", found, yes, lambda: deletion.delete_run(database, run))


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, dataset: OfDataset = "", as_json: Json = False) -> None:
    """List the champions of all runs, the newest first; or take one to another machine."""
    if context.invoked_subcommand is None:
        from pipeline.store.inventory import list_models

        with connected(get_settings()) as database:
            _show(list_models(database, dataset), as_json, _none_of("model", dataset))


@models_app.command("export")
def export_model(
    file: Annotated[
        str, typer.Argument(help="File to write; else DATASET.champion among the exports.", metavar="[FILE]")
    ] = "",
    dataset: Annotated[
        str, typer.Option(help="Dataset whose champion is meant; by default the newest that has one.", metavar="NAME")
    ] = "",
    run: Annotated[str, typer.Option(help="Run whose champion is meant; by default the newest.", metavar="RUN")] = "",
) -> None:
    """Write a champion, with all that it takes to ask it, to one file: for `genrelab models import` elsewhere."""
    settings = get_settings()
    with connected(settings) as database:
        from pipeline.exchange import export_champion, write_champion_file
        from pipeline.predict import champion_of
        from pipeline.report.predictions import write_in_place

        key = champion_of(database, dataset, run)
        content = export_champion(key)
        out = Path(file or settings.exports / f"{key.run.dataset}.champion").expanduser().resolve()
        write_in_place(out, lambda scratch: write_champion_file(content, scratch))
    say(f"written: {out} ({out.stat().st_size / 1e6:.1f} MB): {content.about['model']} of run {key.run.run_id}")
    say("It holds no sound. It holds the names, artists and titles of the tracks that the champion learned from.")
    say("It also holds the champion's answers to held-out tracks, with the names of their files.")


@models_app.command("import")
def import_model(
    file: Annotated[Path, typer.Argument(help="What `genrelab models export` wrote.", metavar="FILE")],
    dataset: Annotated[
        str, typer.Option(help="What its dataset is to be called here; by default as there.", metavar="NAME")
    ] = "",
) -> None:
    """Take a champion from a file: `predict` and `serve` can ask it from now on."""
    with connected(get_settings()) as database:
        from pipeline.exchange import import_champion

        done = import_champion(database, file.expanduser(), dataset)
    run = done.run
    say(f"run {run.run_id} of dataset {run.dataset!r} {'was imported' if done.is_new else 'is here already'}.")
    if dataset and dataset != run.dataset:
        say(f"It keeps that dataset's name, and --dataset {dataset!r} changes nothing.")
    for remark in done.remarks:
        say(remark)
    say(f"Ask it: genrelab predict {'DIR' if done.is_measured else 'CSV'} --dataset {shlex.quote(run.dataset)}")


def _delete(what: str, found: Mapping[str, int], yes: bool, delete: Callable[[], None]) -> None:
    """Say what would go, ask, and delete it."""
    counted = ", ".join(f"{n} in {name}" for name, n in found.items())
    say(f"{what}: {counted}")
    if not yes:
        if not sys.stdin.isatty():
            raise InputError(f"nothing was deleted: say --yes to delete {what}")
        if not typer.confirm("Delete all of that? It can't be undone.", err=True):
            say("nothing was deleted")
            return
    delete()
    say("deleted")


def _none_of(what: str, dataset: str) -> str:
    """Say that there is none, of one dataset or at all."""
    if dataset:
        return f"no {what} of dataset {dataset!r}; `genrelab {what}s` lists those of all"
    return f"no {what} yet: genrelab run makes one"


def _show(rows: Sequence[Mapping[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        say(json.dumps([{name: _plain(value) for name, value in row.items()} for row in rows], ensure_ascii=False))
    elif rows:
        lines = [list(rows[0]), *([_said(value) for value in row.values()] for row in rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    else:
        say(nothing)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _said(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
