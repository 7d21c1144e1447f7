"""``genrelab regions``: where music is from, told by its sound, and how many kilometres that is off."""

import shlex
from typing import Annotated

import typer

from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected


def regions(
    dataset: Annotated[
        str,
        typer.Option(help="Dataset with latitude and longitude; by default the newest.", metavar="NAME"),
    ] = "",
    run: Annotated[str, typer.Option(help="Run that keeps the result; by default the newest.", metavar="RUN")] = "",
    seed: Annotated[int, typer.Option(help="Of folds, trees and resamples.", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="Threads; 0: one per core.", min=0, metavar="N")] = 0,
) -> None:
    """Tell where music is from by its sound, where latitude and longitude are known, and how far off that is."""
    with connected(get_settings()) as database:
        from pipeline.stages.regions import RegionsOptions
        from pipeline.stages.regions import regions as tell

        done = tell(database, dataset, run, RegionsOptions(seed=seed, jobs=jobs))
    for sentence in (*done.sentences, *done.remarks):
        say(sentence)
    for check in done.checks[done.checks["status"] == "warning"].itertuples():
        say(f"Beware: {check.detail}")
    named = shlex.quote(done.dataset)
    say(f"Next: genrelab run --dataset {named} --from export   # writes it into tables and dashboards")
