"""``genrelab db``: the embedded server, and the database wherever it is."""

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import Settings, get_settings
from pipeline.store.connection import connected, look, server_uri
from pipeline.store.server import EmbeddedServer
from pipeline.store.uri_faults import public_uri

db_app = typer.Typer()


@db_app.callback(invoke_without_command=True)
def db(context: typer.Context) -> None:
    """Start, stop, find or repair the embedded MongoDB server; look after the database."""
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
    """Say which server is used, whether it answers, and how the database stands; changes nothing."""
    settings = get_settings()
    if settings.mongodb_uri is not None:
        standing = look(settings)
        say(f"running: {public_uri(server_uri(settings))} (MONGODB_URI); {standing}")
        return
    server = EmbeddedServer(settings.home)
    process = server.process()
    if process is None or not server.answers():
        say("not running")
    else:
        say(f"running: {server.uri} (process {process.pid}); {look(settings)}")


@db_app.command("prepare")
def db_prepare() -> None:
    """Make what the database lacks, and bring an older layout up to date; any run does it too, if its user may."""
    settings = get_settings()
    with connected(settings):
        say(f"prepared: {look(settings)}")


@db_app.command("repair")
def db_repair() -> None:
    """Save what can be read of damaged files of the embedded server, and keep the files as they were."""
    kept = EmbeddedServer(_embedded_settings().home).repair()
    say(f"repaired; the files as they were are kept in {kept}: run again, and remove them once all is well")


@db_app.command("uri")
def db_uri() -> None:
    """Print the URI of the embedded server, for MONGODB_URI of other programs; starts it if need be."""
    settings = get_settings()
    if settings.mongodb_uri is not None:
        raise InputError("MONGODB_URI is set: other programs read it from there; it is not shown, for its password")
    say(server_uri(settings))


def _embedded_settings() -> Settings:
    settings = get_settings()
    if settings.mongodb_uri is not None:
        raise InputError("MONGODB_URI is set: that server is used, and the embedded one is not needed")
    return settings
