"""``genrelab db``: the embedded server."""

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import Settings, get_settings
from pipeline.store.connection import check_server, public_uri, server_uri
from pipeline.store.server import EmbeddedServer

db_app = typer.Typer()


@db_app.callback(invoke_without_command=True)
def db(context: typer.Context) -> None:
    """Start, stop or find the embedded MongoDB server."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(InputError.exit_status)


@db_app.command("start")
def db_start() -> None:
    """Start the embedded server, or say that it is running."""
    settings = _embedded_settings()
    server = EmbeddedServer(settings.home)
    say(f"{'started' if server.start() else 'already running'}: {server.uri}")


@db_app.command("stop")
def db_stop() -> None:
    """Stop the embedded server."""
    say("stopped" if EmbeddedServer(get_settings().home).stop() else "it was not running")


@db_app.command("status")
def db_status() -> None:
    """Say which server is used, and whether it answers."""
    settings = get_settings()
    if settings.mongodb_uri is not None:
        check_server(server_uri(settings))
        say(f"running: {public_uri(server_uri(settings))} (MONGODB_URI)")
        return
    server = EmbeddedServer(settings.home)
    process = server.process()
    if process is None or not server.answers():
        say("not running")
    else:
        say(f"running: {server.uri} (process {process.pid})")


@db_app.command("uri")
def db_uri() -> None:
    """Print the URI of the server, for MONGODB_URI of other programs; starts the embedded one if need be."""
    say(server_uri(get_settings()))


def _embedded_settings() -> Settings:
    settings = get_settings()
    if settings.mongodb_uri is not None:
        raise InputError("MONGODB_URI is set: that server is used, and the embedded one is not needed")
    return settings
