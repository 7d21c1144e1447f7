"""``genrelab transfer``: what a dataset's champion gets on other music than its own."""

import shlex
from math import isnan
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected


def transfer(
    source: Annotated[str, typer.Option("--from", help="Dataset whose champion is tested.", metavar="NAME")] = "",
    to: Annotated[
        str, typer.Option("--to", help="Dataset to test on; by default every other one.", metavar="NAME")
    ] = "",
    all_pairs: Annotated[
        bool,
        typer.Option("--all", help="Every champion on every other dataset; so it is without --from and --run."),
    ] = False,
    run: Annotated[str, typer.Option(help="Run whose champion is tested; by default the newest.", metavar="RUN")] = "",
    by: Annotated[
        str,
        typer.Option(
            help="Instead: models of each country, region, culture or decade of --from on the others.", metavar="COLUMN"
        ),
    ] = "",
    map_: Annotated[
        str,
        typer.Option("--map", help="Table of two columns: a genre of --to, and the genre of --from.", metavar="CSV"),
    ] = "",
    unmapped: Annotated[
        str,
        typer.Option(
            help="Tracks of genres that the champion does not know: leave them out, or take them for none of its "
            "genres, to be recognised as unlike.",
            metavar="leave|none",
        ),
    ] = "leave",
    common: Annotated[
        bool, typer.Option("--common", help="Train anew on the columns that both datasets have.")
    ] = False,
    models: Annotated[
        str, typer.Option(help="All that were compared, or the champion.", metavar="all|champion")
    ] = "all",
    seed: Annotated[int, typer.Option(help="Of models that are fitted again.", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="Threads; 0: one per core.", min=0, metavar="N")] = 0,
) -> None:
    """Test the champion of a dataset on another one, or each on each."""
    if by:
        if to or all_pairs or map_ or common or unmapped != "leave" or models != "all":
            raise InputError(
                "--by is about the parts of one dataset: it goes with --from, --run, --seed and --jobs alone"
            )
        _put_across(source, run, by, seed, jobs)
        return
    with connected(get_settings()) as database:
        from pipeline.stages.transfer import TransferOptions
        from pipeline.stages.transfer import transfer as put

        options = TransferOptions(
            to=to, pairs=all_pairs or not (source or run), genre_map=map_, unmapped=unmapped, common=common,
            models=models, seed=seed, jobs=jobs,
        )  # fmt: skip
        done = put(database, source, run, options)
    for sentence in (*done.sentences, *done.remarks):
        say(sentence)
    for words in done.failed:
        say(f"Not told: {words}")
    if len(done.matrix) > 1:
        say("Mean recall of the genres in common there (at home):")
        for pair in done.matrix.itertuples():
            at_home = "not tested" if isnan(pair.own_recall) else f"{pair.own_recall:.0%}"
            say(f"  {pair.trained_on} to {pair.tested_on}: {pair.recall:.0%} ({at_home})")
    for name in dict.fromkeys(done.rows["trained_on"]):
        _say_next(name)


def _put_across(source: str, run: str, by: str, seed: int, jobs: int) -> None:
    with connected(get_settings()) as database:
        from pipeline.stages.across import across

        done = across(database, source, run, by, seed, jobs)
    for sentence in done.sentences:
        say(sentence)
    say(f"Mean recall by {by}; a row is what was learned from, a column what was tested on:")
    shares = done.matrix.map(lambda share: "" if isnan(share) else f"{share:.0%}")
    say(shares.rename_axis(index=None, columns=None).to_string())
    _say_next(done.dataset)


def _say_next(dataset: str) -> None:
    say(f"Next: genrelab run --dataset {shlex.quote(dataset)} --from export   # writes it into tables and dashboards")
