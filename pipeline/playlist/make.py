"""From what is asked for to a list of tracks with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.playlist.choose import choose
from pipeline.playlist.flow import flow
from pipeline.playlist.reasons import Reason, reasons_for
from pipeline.playlist.seeds import find_track, genre_rows, name_track
from pipeline.playlist.space import Space

ORDERS = ("similar", "flow")
LONGEST = 500
SAME = 1e-3
"""A song nearer to a track is that very recording: another decoder's rounding stays far below."""
AWAY = 1 / 3
"""How much what is not liked counts against what is."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a playlist is to be.

    Attributes
    ----------
    like, unlike : tuple of str
        track ids, or words of artist and title
    genre : str
        whose centre is a seed where there is no other; and whose tracks alone count where `pure`
    length : int
    per_artist : int
        tracks at most of one artist; 0: any number
    pure : bool
        only tracks of `genre`, or of the seeds' genres
    adventure : float
        0, the nearest, to 1, the most diverse
    order : str
        one of `ORDERS`
    """

    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    genre: str = ""
    length: int = 20
    per_artist: int = 2
    pure: bool = False
    adventure: float = 0.0
    order: str = ORDERS[0]

    def check(self) -> None:
        """Refuse what can't be.

        Raises
        ------
        InputError
        """
        if not 1 <= self.length <= LONGEST:
            raise InputError(f"--length {self.length} must be from 1 to {LONGEST}")
        if self.per_artist < 0:
            raise InputError(f"--per-artist {self.per_artist} must be 0, any number, or more")
        if not 0 <= self.adventure <= 1:
            raise InputError(f"--adventure {self.adventure:g} must be from 0, the nearest, to 1, the most diverse")
        if self.order not in ORDERS:
            raise InputError(f"--order {self.order!r} is none of {', '.join(ORDERS)}")


@dataclass(frozen=True)
class Playlist:
    """Tracks with reasons.

    Attributes
    ----------
    tracks : pd.DataFrame
        ``position, track_id, artist, title, genre, distance, reason, path``, in order
    reasons : list of Reason
        in the same order
    point : np.ndarray [shape=(p,)]
        what they are near to
    seeds : list of int
        rows of the tracks that it started from
    sentences : list of str
        what it comes to
    """

    tracks: pd.DataFrame
    reasons: list[Reason]
    point: np.ndarray
    seeds: list[int]
    sentences: list[str]


def make_playlist(
    space: Space, wish: Wish, rows: Sequence[int] = (), songs: Sequence[np.ndarray] = (), notes: Sequence[str] = ()
) -> Playlist:
    """Make a playlist.

    Parameters
    ----------
    space : Space
    wish : Wish
    rows : sequence of int
        more tracks to start from
    songs : sequence of np.ndarray [shape=(p,)]
        music that is no track of the dataset, in its features
    notes : sequence of str
        sentences about the seeds

    Raises
    ------
    InputError
        where a seed is unknown, or there is none, or no track is left to choose from
    """
    wish.check()
    liked = list(dict.fromkeys([*(find_track(space, asked) for asked in wish.like), *rows]))
    unliked = [find_track(space, asked) for asked in wish.unlike]
    if both := set(liked) & set(unliked):
        raise InputError(f"{name_track(space, min(both))} is both liked and not liked: say one of it")
    of_genre = genre_rows(space, wish.genre) if wish.genre else np.empty(0, dtype=int)
    starts = [space.z[liked], np.array(songs, dtype=np.float32).reshape(-1, space.z.shape[1])]
    if not liked and not len(songs):
        if not wish.genre:
            raise InputError(
                "a playlist needs a seed: a track of the dataset by its id or words of its name, or a genre"
            )
        starts = [space.z[of_genre]]
    point = np.concatenate(starts).mean(axis=0)
    if unliked:
        point = (point - AWAY * space.z[unliked].mean(axis=0)) / (1 - AWAY)
    allowed = ~np.isin(space.recordings, space.recordings[[*liked, *unliked]])
    squared = space.squared_distances(point)
    for song in songs:
        same = space.squared_distances(song) < SAME**2
        allowed &= ~np.isin(space.recordings, space.recordings[same])
    if wish.pure:
        genres = set(space.tracks["genre"].iloc[of_genre if wish.genre else liked])
        if not genres:
            raise InputError("--pure needs a genre, or a seed of the dataset that has one")
        allowed &= space.tracks["genre"].isin(genres).to_numpy()
    chosen = choose(space, squared, allowed, wish.length, per_artist=wish.per_artist, adventure=wish.adventure)
    if not chosen:
        only = f" of {' and '.join(sorted(genres))}" if wish.pure else ""
        raise InputError(f"dataset {space.dataset!r} has no other track{only} than the seeds and their copies")
    if wish.order == "flow":
        chosen = flow(space, chosen)
    reasons = reasons_for(space, point, chosen, allowed if wish.pure else None)
    tracks = space.tracks.iloc[chosen].drop(columns="recording").reset_index(drop=True)
    tracks.insert(0, "position", np.arange(1, len(chosen) + 1))
    tracks["distance"] = np.sqrt(squared[chosen]).astype(float)
    tracks["reason"] = [reason.words for reason in reasons]
    said = [_say_start(space, wish, liked, unliked, len(songs), of_genre), *notes]
    if len(chosen) < wish.length:
        said.append(_say_short(space, wish, allowed, len(chosen)))
    return Playlist(tracks, reasons, point, liked, said)


def _say_start(
    space: Space, wish: Wish, liked: list[int], unliked: list[int], n_songs: int, of_genre: np.ndarray
) -> str:
    parts = [name_track(space, place) for place in liked[:3]]
    if len(liked) > 3:
        parts.append(f"{len(liked) - 3} more")
    if n_songs:
        parts.append("your song" if n_songs == 1 else f"your {n_songs} songs")
    if not parts:
        parts.append(f"the middle of {len(of_genre)} tracks of {space.tracks['genre'].iloc[of_genre[0]]}")
    away = f", and away from {'; '.join(name_track(space, place) for place in unliked[:3])}" if unliked else ""
    return f"Like {'; '.join(parts)}{away}."


def _say_short(space: Space, wish: Wish, allowed: np.ndarray, n: int) -> str:
    """Say why a list is shorter than asked for."""
    n_left = len(np.unique(space.recordings[allowed]))
    if n_left > n:
        return f"Asked for were {wish.length} tracks, found {n}: no more with {wish.per_artist} of an artist at most."
    return f"Asked for were {wish.length} tracks, found {n}: there are no more{' of the genre' if wish.pure else ''}."
