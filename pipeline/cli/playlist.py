"""``genrelab playlist``: tracks that sound like some others, each with a reason."""

import shlex
from typing import Annotated

import typer

from pipeline.printable import say
from pipeline.settings import get_settings
from pipeline.store.connection import connected


def playlist(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(
            help="What to start from: a track's id, words of its artist and title, a file of audio, or an .m3u8.",
            metavar="[SEED]...",
            show_default=False,
        ),
    ] = None,
    dataset: Annotated[str, typer.Option(help="Dataset to choose from; by default the newest.", metavar="NAME")] = "",
    like: Annotated[
        list[str] | None, typer.Option(help="More to start from; may be repeated.", metavar="SEED", show_default=False)
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option(help="A track to keep away from; may be repeated.", metavar="TRACK", show_default=False),
    ] = None,
    genre: Annotated[str, typer.Option(help="Start from the middle of a genre.", metavar="NAME")] = "",
    playlists: Annotated[
        str, typer.Option(help="Table of playlists to learn from (columns playlist, track).", metavar="CSV")
    ] = "",
    go_on: Annotated[
        str, typer.Option("--continue", help="Playlist of that table to go on with.", metavar="NAME")
    ] = "",
    length: Annotated[int, typer.Option(help="Tracks.", metavar="N")] = 20,
    per_artist: Annotated[int, typer.Option(help="Tracks of one artist at most; 0: any number.", metavar="N")] = 2,
    pure: Annotated[bool, typer.Option("--pure", help="Only tracks of the genre, or of the seeds' genres.")] = False,
    adventure: Annotated[float, typer.Option(help="0: the nearest tracks; 1: the most diverse.", metavar="0..1")] = 0.0,
    order: Annotated[
        str, typer.Option(help="Nearest first, or by small steps of tempo and loudness.", metavar="similar|flow")
    ] = "similar",
    features: Annotated[
        str, typer.Option(help="Feature sets to compare by, joined by +; by default the main one and learned ones.")
    ] = "",
    out: Annotated[
        str, typer.Option("--out", "-o", help="CSV to write; else playlist.csv among the exports.", metavar="CSV")
    ] = "",
    m3u: Annotated[str, typer.Option(help="Playlist file to write, for players.", metavar="FILE.m3u8")] = "",
    keep: Annotated[
        str, typer.Option(help="Name by which the newest run keeps it, for tables and dashboards.", metavar="NAME")
    ] = "",
) -> None:
    """Make a playlist from tracks that you like, and say why each track is in it."""
    with connected(get_settings()) as database:
        from pipeline.playlist import shown_names
        from pipeline.stages.playlist import PlaylistOptions, make, prepare
        from pipeline.store import choose_dataset

        options = PlaylistOptions(
            genre=genre, playlists=playlists, go_on=go_on, length=length, per_artist=per_artist, pure=pure,
            adventure=adventure, order=order, features=features, out=out, m3u=m3u, keep=keep,
        )  # fmt: skip
        ready = prepare(database, choose_dataset(database, dataset), options)
        made = make(database, ready, options, [*(seeds or []), *(like or [])], unlike or [])
    for sentence in (*ready.sentences, *made.playlist.sentences):
        say(sentence)
    names = shown_names(made.table["artist"], made.table["title"], made.table["track_id"])
    for row, name in zip(made.table.itertuples(), names, strict=True):
        say(f"{row.position:>3}  {name} ({row.genre}): {row.reason}")
    for path in made.written:
        say(f"written: {path}")
    if keep:
        named = shlex.quote(made.dataset)
        say(f"Next: genrelab run --dataset {named} --from export   # writes it into tables and dashboards")
