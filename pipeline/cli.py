"""The command line: ``genrelab run | lab | db | doctor``."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from pipeline import __version__
from pipeline.errors import GenrelabError, InputError
from pipeline.settings import NOTEBOOKS_DIR, Settings, get_settings
from pipeline.store.connection import connect, public_uri, server_uri
from pipeline.store.server import EmbeddedServer

app = typer.Typer(
    help="Music-genre analytics: a folder of music, or a table of features, to honest answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db_app = typer.Typer(help="The embedded MongoDB server.", no_args_is_help=True)
app.add_typer(db_app, name="db")


@app.command()
def run(
    audio: Annotated[str, typer.Option(help="Folder of audio, one sub-folder a genre.", metavar="DIR")] = "",
    table: Annotated[str, typer.Option(help="CSV of features with a label column.", metavar="CSV")] = "",
    metadata: Annotated[str, typer.Option(help="CSV of artists, titles, splits by file name.", metavar="CSV")] = "",
    dataset: Annotated[str, typer.Option(help="Name of the dataset; by default the source's own.")] = "",
    windows: Annotated[str, typer.Option(help="Window lengths in seconds.")] = "30,3",
    holdout: Annotated[float, typer.Option(help="Share of the tracks that no model sees.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    split: Annotated[str, typer.Option(help="Split policy that the champion is chosen under.")] = "track",
    jobs: Annotated[int, typer.Option(help="Worker processes; 0: one a core.", min=0)] = 0,
    exports: Annotated[str, typer.Option(help="Folder for the results.", metavar="DIR")] = "",
    first: Annotated[str, typer.Option("--from", help="Resume the newest run at this stage.", metavar="STAGE")] = "",
    last: Annotated[str, typer.Option("--to", help="Stop after this stage.", metavar="STAGE")] = "",
    id_column: Annotated[str, typer.Option(help="The table's column of ids.")] = "",
    label_column: Annotated[str, typer.Option(help="The table's column of genres.")] = "",
    segment_column: Annotated[str, typer.Option(help="The table's column of segment numbers.")] = "",
    table_window: Annotated[float, typer.Option(help="Seconds that a row of the table stands for.", min=0)] = 0.0,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="Any other notebook parameter, e.g. pairs=Rock/Metal.", metavar="N=V"),
    ] = None,
) -> None:
    """Run the notebooks 01 to 07 on a dataset; without a source, on the synthetic demo corpus."""
    from pipeline.extract import parse_windows
    from pipeline.runner import check_parameters, choose_stages
    from pipeline.runner import run as run_stages
    from pipeline.splits import POLICIES

    settings = get_settings()
    for option, path, exists in (("--audio", audio, Path.is_dir), ("--table", table, Path.is_file),
                                 ("--metadata", metadata, Path.is_file)):  # fmt: skip
        if path and not exists(Path(path).expanduser()):
            raise InputError(
                f"{option} {path!r} does not exist, or is not a {'folder' if option == '--audio' else 'file'}"
            )
    if audio and table:
        raise InputError("give --audio or --table, not both")
    if not 0 <= holdout < 1:
        raise InputError(f"--holdout {holdout:g} must be at least 0 and below 1")
    if split not in POLICIES:
        raise InputError(f"--split {split!r} is not a split policy; there are: {', '.join(POLICIES)}")
    parse_windows(windows)
    stages = choose_stages(first, last)
    given = {
        "audio": _absolute(audio),
        "table": _absolute(table),
        "metadata": _absolute(metadata),
        "windows": windows,
        "holdout": holdout,
        "seed": seed,
        "split": split,
        "jobs": jobs or settings.jobs,
        "exports": _absolute(exports) or str(settings.exports),
        "id_column": id_column,
        "label_column": label_column,
        "segment_column": segment_column,
        "table_window": table_window,
    }
    declared = {name for stage in stages for name in stage.parameters}
    extra = _extra_parameters(parameter or [], stages)
    parameters = {name: value for name, value in given.items() if name in declared} | extra
    check_parameters(stages, parameters)
    dataset = dataset or _dataset_name(audio, table)
    database = connect(settings)
    typer.echo(f"dataset {dataset}, stages {stages[0].name} to {stages[-1].name}", err=True)
    run_id = run_stages(database, dataset, stages, parameters, settings.runs, resume=bool(first))
    typer.echo(f"done: {run_id}")
    typer.echo(f"notebooks: {_shown(settings.runs / run_id)}")
    if stages[-1].name.startswith("07"):
        typer.echo(f"exports:   {_shown(Path(given['exports']))}")


@app.command()
def lab(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab on notebooks/, wired to the same database."""
    settings = get_settings()
    connect(settings)
    os.environ["GENRELAB_HOME"] = str(settings.home)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--notebook-dir={NOTEBOOKS_DIR}",
    ]
    os.execv(sys.executable, command if browser else [*command, "--no-browser"])


@db_app.command("start")
def db_start() -> None:
    """Start the embedded server, or say that it is running."""
    settings = _embedded_settings()
    server = EmbeddedServer(settings.home)
    typer.echo(f"{'started' if server.start() else 'already running'}: {server.uri}")


@db_app.command("stop")
def db_stop() -> None:
    """Stop the embedded server."""
    typer.echo("stopped" if EmbeddedServer(get_settings().home).stop() else "it was not running")


@db_app.command("status")
def db_status() -> None:
    """Say which server is used, and whether it answers."""
    settings = get_settings()
    if settings.mongodb_uri is not None:
        connect(settings)
        typer.echo(f"running: {public_uri(server_uri(settings))} (MONGODB_URI)")
        return
    server = EmbeddedServer(settings.home)
    process = server.process()
    if process is None or not server.answers():
        typer.echo("not running")
    else:
        typer.echo(f"running: {server.uri} (process {process.pid})")


@db_app.command("uri")
def db_uri() -> None:
    """Print the URI of the server, for MONGODB_URI of other programs; starts the embedded one if need be."""
    typer.echo(server_uri(get_settings()))


@app.command()
def doctor() -> None:
    """Tell what is installed, reachable, missing, and how to mend it."""
    from pipeline.doctor import examine

    findings = examine(get_settings())
    for finding in findings:
        typer.echo(str(finding))
    if any(not finding.ok and finding.needed for finding in findings):
        raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Music-genre analytics: a folder of music, or a table of features, to honest answers."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; the user's mistakes end with status 2 and one line, ours with status 1."""
    try:
        app()
    except ValidationError as error:
        told = error.errors()[0]
        _fail(f"environment: {'.'.join(map(str, told['loc']))}: {told['msg']}", 2)
    except InputError as error:
        _fail(str(error), 2)
    except GenrelabError as error:
        _fail(str(error), 1)


def _fail(message: str, status: int) -> None:
    typer.echo(f"genrelab: {' '.join(message.split())}", err=True)
    sys.exit(status)


def _embedded_settings() -> Settings:
    settings = get_settings()
    if settings.mongodb_uri is not None:
        raise InputError("MONGODB_URI is set: that server is used, and the embedded one is not needed")
    return settings


def _dataset_name(audio: str, table: str) -> str:
    path = Path(audio or table).expanduser().resolve()
    if audio:
        return path.parent.name if path.name in ("genres", "genres_original", "audio") else path.name
    return path.stem if table else "demo"


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _extra_parameters(pairs: list[str], stages) -> dict[str, Any]:
    """Read NAME=VALUE pairs, each as the type that the notebooks declare."""
    declared = {name: kind for stage in stages for name, kind in stage.parameters.items()}
    read = {"int": int, "float": float, "bool": lambda text: {"true": True, "false": False}[text.lower()], "str": str}
    extra = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InputError(f"--parameter {pair!r} is not NAME=VALUE")
        try:
            extra[name] = read[declared.get(name, "str")](text)
        except (ValueError, KeyError):
            raise InputError(f"parameter {name!r} must be of type {declared[name]}, not {text!r}") from None
    return extra
