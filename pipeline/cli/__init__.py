"""The command line: ``genrelab run``, ``predict``, ``transfer``, ``serve``, ``lab``, ``datasets`` and so on."""

import resource
import sys
import traceback
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from pipeline import __version__
from pipeline.cli.db import db_app
from pipeline.cli.exports import exports_app
from pipeline.cli.inventory import datasets_app, models_app, runs_app
from pipeline.cli.lab import lab
from pipeline.cli.playlist import playlist
from pipeline.cli.predict import predict, tags
from pipeline.cli.regions import regions
from pipeline.cli.run import run
from pipeline.cli.serve import serve
from pipeline.cli.transfer import transfer
from pipeline.doctor import examine, other_checkout, tell_other
from pipeline.errors import GenrelabError, InputError
from pipeline.printable import log_printably, say
from pipeline.settings import get_settings
from pipeline.store.connection import words_of

UsageError: Any = typer.BadParameter.__base__  # click's, or that of typer's own copy of click

app = typer.Typer(
    help="Measure how well models name the genres of your music, and how far to trust the result.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(run)
app.command()(predict)
app.command()(tags)
app.command()(transfer)
app.command()(playlist)
app.command()(regions)
app.command()(serve)
app.command()(lab)
app.add_typer(datasets_app, name="datasets")
app.add_typer(runs_app, name="runs")
app.add_typer(models_app, name="models")
app.add_typer(exports_app, name="exports")
app.add_typer(db_app, name="db")


@app.command()
def doctor() -> None:
    """Tell what is installed, reachable, missing, and how to mend it."""
    findings = examine(get_settings())
    for finding in findings:
        say(str(finding))
    if any(not finding.ok and finding.needed for finding in findings):
        raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def genrelab(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Measure how well models name the genres of your music, and how far to trust the result."""
    log_printably(with_time=context.invoked_subcommand == "serve")
    if version:
        say(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(InputError.exit_status)
    if context.invoked_subcommand != "doctor" and (other := other_checkout()):
        say(f"genrelab: {tell_other(other)}", err=True)


def main() -> None:
    """Run the command line; the user's mistakes end with status 2 and one line, ours with status 1."""
    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        command = error.ctx.command_path if error.ctx else "genrelab"
        message = error.format_message().rstrip(".")
        _fail(f"{message}{'' if message.endswith('?') else '.'} See `{command} --help`.", InputError.exit_status)
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0])
        variable = name if name.isupper() else f"GENRELAB_{name.upper()}"
        _fail(f"environment: {variable}: {fault['msg']}", InputError.exit_status)
    except GenrelabError as error:
        _fail(str(error), error.exit_status)
    except PyMongoError as error:
        _fail(f"{words_of(error)}; `genrelab doctor` tells more", 1)
    except MemoryError:
        _fail("no memory is left: close other programs, or raise a limit on memory (ulimit -v)", 1)
    except Exception:  # as Python does, but for what a message may make a terminal do
        say(traceback.format_exc().rstrip(), err=True)
        if (limit := resource.getrlimit(resource.RLIMIT_AS)[0]) != resource.RLIM_INFINITY:
            say(f"genrelab: {limit // 2**20} MiB of memory are allowed here (ulimit -v); is that too little?", err=True)
        sys.exit(1)


def _fail(message: str, status: int) -> None:
    say(f"genrelab: {' '.join(message.split())}", err=True)
    sys.exit(status)
