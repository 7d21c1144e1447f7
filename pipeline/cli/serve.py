"""``genrelab serve``: the web page."""

from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import DEMO_DATASET, get_settings
from pipeline.store.connection import ANSWER_WITHIN_S, connected


def serve(
    dataset: Annotated[
        str, typer.Option(help="Dataset whose champion answers; by default that of the newest run.")
    ] = "",
    port: Annotated[int, typer.Option(help="Port on this machine.", min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets the network in.")] = "127.0.0.1",
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
        if not dataset:
            newest = database["runs"].find_one({}, {"dataset": True}, sort=[("number", -1)])
            dataset = newest["dataset"] if newest else DEMO_DATASET
        elif dataset != DEMO_DATASET and database["datasets"].find_one({"dataset": dataset}) is None:
            known = ", ".join(sorted(database["datasets"].distinct("dataset"))) or "none yet"
            raise InputError(f"no dataset {dataset!r} (known: {known}); genrelab run makes one")

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
