"""A playlist from what somebody likes; no stage of a run, but what 11_playlists and ``genrelab playlist`` do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pymongo.database import Database

from pipeline.catalogue import find_dataset
from pipeline.errors import InputError
from pipeline.playlist import Playlist, Space, Wish, load_space, make_playlist, say_unlisted
from pipeline.playlist.continuation import METRICS, N_REPEATS, Continued, continue_playlists, say_continued
from pipeline.playlist.gathered import Gathered, read_playlists
from pipeline.playlist.learned import say_weights, weigh
from pipeline.playlist.seeds import is_playlist_file, rows_of_file
from pipeline.playlist.song import hear_song
from pipeline.report.figures import draw_continuation
from pipeline.report.listening import load_clips
from pipeline.report.playlists import write_m3u
from pipeline.report.predictions import write_table
from pipeline.settings import get_settings
from pipeline.stages.declared import playlist_named
from pipeline.stages.further_options import PlaylistOptions
from pipeline.stages.recording import record
from pipeline.store import StageRows, find_run, refuse_imported
from pipeline.store.lease import hold
from pipeline.tables import PLAYLIST, PLAYLISTS

__all__ = ["PlaylistOptions", "Ready", "load_players", "make", "prepare", "prove"]

MOST_PLAYERS = 5
"""Of a notebook: each takes half a megabyte."""

BETWEEN = ";"
"""Stands between seeds in one text."""


@dataclass(frozen=True)
class Ready:
    """A space to make playlists in, and what was learned for it.

    Attributes
    ----------
    space : Space
        with weights learned from playlists, where there are some
    plain : Space
        without
    gathered : Gathered or None
    sentences : list of str
    """

    space: Space
    plain: Space
    gathered: Gathered | None
    sentences: list[str]


@dataclass(frozen=True)
class Made:
    """A playlist of a dataset, and what was written of it."""

    dataset: str
    playlist: Playlist
    written: list[Path]

    @property
    def table(self) -> pd.DataFrame:
        """What is shown of it."""
        return self.playlist.tracks[["position", "artist", "title", "track_id", "genre", "distance", "reason"]]


def prepare(database: Database, dataset: str, options: PlaylistOptions) -> Ready:
    """Load a dataset's tracks, and learn what counts where playlists are given.

    Raises
    ------
    InputError
        where there is nothing to load or to learn from
    """
    plain = load_space(database, dataset, options.features)
    if not options.playlists:
        if options.go_on:
            raise InputError("--continue needs --playlists: the table that the playlist is in")
        return Ready(plain, plain, None, [])
    gathered = read_playlists(Path(options.playlists).expanduser(), plain)
    space = weigh(plain, gathered.rows)
    return Ready(space, plain, gathered, [*gathered.notes, say_weights(space)])


def make(
    database: Database,
    ready: Ready,
    options: PlaylistOptions,
    like: Sequence[str] = (),
    unlike: Sequence[str] = (),
    *,
    largest_genre: bool = False,
) -> Made:
    """Make a playlist and write it.

    Parameters
    ----------
    database : Database
    ready : Ready
    options : PlaylistOptions
    like, unlike : sequence of str
        more of what the options of these names say, each as it is
    largest_genre : bool
        start from the genre of most tracks where nothing else is asked for

    Raises
    ------
    InputError
        where what is asked for can't be made, written or kept
    """
    space, settings = ready.space, get_settings()
    known = find_dataset(database, space.dataset)
    root = Path(known["location"]).resolve()
    seeds = _sort_out(space, [*_parts(space, options.like), *like], root if known["source"] == "audio" else None)
    rows = [*seeds.rows, *(ready.gathered.find(options.go_on) if ready.gathered and options.go_on else [])]
    genre = options.genre
    if largest_genre and not (genre or rows or seeds.words or seeds.songs):
        genre = str(space.tracks["genre"].mode().iloc[0])
        seeds.notes.append("No seed was given, so it starts from the genre of most tracks.")
    wish = Wish(
        like=tuple(seeds.words), unlike=(*_parts(space, options.unlike), *unlike), genre=genre,
        length=options.length, per_artist=options.per_artist, pure=options.pure, adventure=options.adventure,
        order=options.order,
    )  # fmt: skip
    playlist = make_playlist(space, wish, rows, seeds.songs, seeds.notes)
    if options.keep:
        _keep(database, space.dataset, options.keep, playlist)
    out = Path(options.out or settings.exports / PLAYLIST.file_name).expanduser().resolve()
    written = []
    if options.m3u:
        written.append(write_m3u(playlist.tracks, root, Path(options.m3u).expanduser().resolve()))
        playlist = replace(playlist, sentences=[*playlist.sentences, *say_unlisted(playlist.tracks["path"])])
    table = playlist.tracks.drop(columns="path").assign(dataset=space.dataset)
    return Made(space.dataset, playlist, [write_table(PLAYLIST, table, out), *written])


def _keep(database: Database, dataset: str, name: str, playlist: Playlist) -> None:
    """Let the dataset's newest finished run keep a playlist, in the place of an earlier one of that name."""
    run = find_run(database, dataset, "")
    refuse_imported(run)
    if not run.run_id:
        raise InputError(f"--keep {name!r} needs a run that keeps it: `genrelab run --dataset {dataset}` makes one")
    rows = playlist.tracks[[column for column in PLAYLISTS.names if column != "playlist"]].assign(playlist=name)
    with hold(database, run.dataset, run.run_id):
        record(run, playlist_named(name), StageRows(tables={"playlists": rows}))


@dataclass(frozen=True)
class Proof:
    """What was found of hidden tracks; no rows where no playlists are given."""

    found: Continued | None

    @property
    def means(self) -> pd.DataFrame:
        """How much each way finds, on average over playlists."""
        return self.found.means if self.found else pd.DataFrame(columns=["method", "artists", *METRICS])

    @property
    def sentences(self) -> list[str]:
        """Whether it is more than by chance, in words."""
        return say_continued(self.found) if self.found else []

    @property
    def figure(self) -> Figure | None:
        """The same as a picture."""
        return draw_continuation(self.found.differences) if self.found else None


def prove(ready: Ready, seed: int = 0, repeats: int = N_REPEATS) -> Proof:
    """Hide tracks of the given playlists and look for them."""
    return Proof(continue_playlists(ready.plain, ready.gathered.rows, seed, repeats) if ready.gathered else None)


def load_players(database: Database, made: Made) -> dict[str, np.ndarray]:
    """Return the clips of the first tracks of a playlist, by what they are called; none of a table."""
    first = made.playlist.tracks.head(MOST_PLAYERS)
    clips = load_clips(database, made.dataset, first["track_id"])
    names = {row.track_id: f"{row.position}. {row.title or row.track_id}" for row in first.itertuples()}
    return {names[track]: y for track, y in clips.items()}


@dataclass(frozen=True)
class _Seeds:
    words: list[str]
    rows: list[int]
    songs: list[np.ndarray]
    notes: list[str]


def _parts(space: Space, text: str) -> list[str]:
    if text in space.places:
        return [text]
    return [part.strip() for part in text.split(BETWEEN) if part.strip()]


def _sort_out(space: Space, asked: Sequence[str], root: Path | None) -> _Seeds:
    """Tell seeds apart: names of tracks, playlist files, and songs."""
    found = _Seeds([], [], [], [])
    for text in asked:
        path = Path(text).expanduser()
        if text in space.places or not _is_file(path):
            found.words.append(text)
        elif is_playlist_file(path.name):
            _take_playlist(space, path, root, found)
        elif root is not None and path.resolve().is_relative_to(root) and (
            own := space.places.get(path.resolve().relative_to(root).as_posix())
        ) is not None:  # fmt: skip
            found.rows.append(own)
        else:
            found.songs.append(hear_song(space, path))
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def _take_playlist(space: Space, path: Path, root: Path | None, found: _Seeds) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{str(path)!r} can't be read: {error.strerror or error}") from error
    rows, note = rows_of_file(space, text, path.name, root, path.resolve().parent)
    found.rows.extend(rows)
    found.notes.append(note)
