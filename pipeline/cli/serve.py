"""``genrelab serve``: the web page."""

from typing import Annotated

import typer

from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store import choose_dataset
from pipeline.store.connection import ANSWER_WITHIN_S, connected


def serve(
    dataset: Annotated[
        str, typer.Option(help="Dataset whose champion answers; by default that of the newest run.", metavar="NAME")
    ] = "",
    port: Annotated[
        int, typer.Option(help="Port on this machine; 0: any that is free.", min=0, max=65535, metavar="N")
    ] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets the network in.", metavar="ADDRESS")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Name by which the page may be asked, beside those of --host; may be repeated."
        ),
    ] = None,
) -> None:
    """Serve the web page that names the genre of one song."""
    settings = get_settings()
    # A visitor hears soon that it went away.
    with connected(settings, read_only=True, outage_s=ANSWER_WITHIN_S) as database:
        dataset = choose_dataset(database, dataset)

        from pipeline.web.server import serve as serve_page  # takes seconds to import

        serve_page(
            database,
            dataset,
            host=host,
            port=port,
            allowed_hosts=[*settings.allowed_hosts, *(allow_host or ())],
            jobs=settings.jobs,
            announce=say,
        )
