"""The holdout: drawn once, by artist where artists are known, and never moved."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import GenrelabError, InputError
from pipeline.splits.draw import OVERSHOOT, fill, main_genres
from pipeline.splits.groups import join
from pipeline.splits.sides import on_both_sides

LEFT_FOR_TRAINING = 2
"""A genre keeps at least this many tracks, or artists, outside the holdout, so that it can be trained and tested."""
FEWEST_ARTISTS = 4
"""A genre of fewer artists is held out by track: one artist would be too much of it."""


@dataclass(frozen=True)
class HoldoutDraw:
    """Which tracks are held out, and how it came to that.

    Attributes
    ----------
    held : pd.Series of bool
        by the index of the tracks
    target : pd.Series of int
        tracks that were to be held out, by genre
    by_track : tuple of str
        genres drawn by track though artists are known, since they have too few of them, or none small enough
    """

    held: pd.Series
    target: pd.Series
    by_track: tuple[str, ...]


def draw_holdout(tracks: pd.DataFrame, share: float, seed: int) -> HoldoutDraw:
    """Draw the holdout among tracks that were not drawn upon before; an earlier draw stands.

    Stratified by genre: the places, counted in tracks, are shared out by largest remainder. What is drawn are whole
    artists with their duplicates, and duplicates with each other where the artist is unknown. They are asked in an
    order that a hash of seed and name decides, so that neither order nor number of the others matters to who comes
    first, and each is taken that brings its genre nearer to its target and not far beyond (`fill`). Artists of several
    genres count for the one most of their tracks are of. A genre of fewer than ``FEWEST_ARTISTS`` artists, or of none
    small enough, is drawn by track.

    A new track of an artist who was drawn upon goes where that artist is: outside, if on both sides.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``genre``, ``group`` (duplicates share one), ``artist`` (missing: unknown), ``holdout`` (True, False, or
        missing: not drawn yet)
    share : float
        0 <= share < 1
    seed : int

    Raises
    ------
    InputError
        where `share` is out of range
    """
    if not 0 <= share < 1:
        raise InputError(f"--holdout {share:g} must be at least 0 and below 1")
    genre_names, genres = np.unique(tracks["genre"].to_numpy(), return_inverse=True)
    target = _targets(tracks["genre"], share)
    by_track = _genres_by_track(tracks, target)
    artists = tracks["artist"].where(tracks["artist"].notna() & ~tracks["genre"].isin(by_track), None).astype(object)
    units = join(tracks["group"], artists)
    held, drawn = _stand(tracks, units)
    main = main_genres(units, genres)
    names = _names(tracks["group"], artists, units)
    sizes = np.bincount(units)
    has_held, closed, chosen = (np.zeros(len(sizes), dtype=bool) for _ in range(3))
    has_held[units[held]] = closed[units[drawn]] = True
    for number, genre in enumerate(genre_names):
        here, own = main == number, np.flatnonzero(genres == number)
        left = int((here & ~has_held).sum())
        ranked = sorted(np.flatnonzero(here & ~closed), key=lambda unit: _rank(seed, names[unit]))
        candidates = np.array(ranked, dtype=int)
        missing = target[genre] - int((held[own] | chosen[units[own]]).sum())
        chosen[candidates[fill(sizes[candidates], missing, left - LEFT_FOR_TRAINING)]] = True
    held = held | chosen[units]
    _verify(tracks, units, drawn, held)
    return HoldoutDraw(pd.Series(held, index=tracks.index), target, by_track)


def holdout_units(rows: pd.DataFrame) -> np.ndarray:
    """Return what intervals of scores on the holdout are over, as a number for each row: what it keeps whole.

    That is an artist none of whose tracks is outside, whatever policy the model was chosen under; else a track with its
    copies, as in a genre that was drawn by track.

    Parameters
    ----------
    rows : pd.DataFrame
        of learning and holdout alike: ``holdout``, ``group``, ``artist``
    """
    held, artist = rows["holdout"].to_numpy(dtype=bool), rows["artist"].to_numpy()
    whole = held & ~np.isin(artist, artist[~held])
    return join(np.where(whole, artist, -1 - rows["group"].to_numpy()))


def _targets(genres: pd.Series, share: float) -> pd.Series:
    """Return how many tracks of each genre are to be held out, by largest remainder."""
    quota = genres.value_counts().sort_index() * share
    target = np.floor(quota).astype(int)
    short = round(share * len(genres)) - int(target.sum())
    if short > 0:
        target[(quota - target).sort_values(ascending=False, kind="stable").index[:short]] += 1
    return target


def _genres_by_track(tracks: pd.DataFrame, target: pd.Series) -> tuple[str, ...]:
    """Return the genres in which whole artists can't be drawn, though some are known."""
    names, genres = np.unique(tracks["genre"].to_numpy(), return_inverse=True)
    units = join(tracks["group"], tracks["artist"])
    main, sizes = main_genres(units, genres), np.bincount(units)
    n_groups, n_artists = (tracks.groupby(genres)[name].nunique() for name in ("group", "artist"))
    found = []
    for number, genre in enumerate(names):
        artists = sizes[main == number]
        if not target[genre] or len(artists) == n_groups[number] or not n_artists[number]:
            continue
        if len(artists) < FEWEST_ARTISTS or artists.min() > OVERSHOOT * target[genre]:
            found.append(genre)
    return tuple(found)


def _stand(tracks: pd.DataFrame, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what earlier draws say: which tracks are held out, and of which it is settled."""
    before = tracks["holdout"].map({True: 1.0, False: 0.0}).astype(float)
    by_group = before.groupby(tracks["group"]).transform("max")  # a copy goes with its original
    by_unit = by_group.groupby(units).transform("min")  # an artist who is on both sides stays outside
    settled = by_group.fillna(by_unit)
    return settled.eq(1).to_numpy(), settled.notna().to_numpy()


def _names(groups: pd.Series, artists: pd.Series, units: np.ndarray) -> list[str]:
    """Return the name of each unit that its rank comes from: its first artist's, or its first group's."""
    of_groups = groups.groupby(units).min()
    of_artists = ("artist/" + artists.dropna()).groupby(units[artists.notna()]).min()
    return list(of_artists.reindex(of_groups.index).fillna(of_groups))


def _rank(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def _verify(tracks: pd.DataFrame, units: np.ndarray, drawn: np.ndarray, held: np.ndarray) -> None:
    """Refuse a draw with duplicates on both sides, or with an artist that no earlier draw had put there."""
    sides = np.flatnonzero(~held), np.flatnonzero(held)
    fresh = np.where(np.isin(units, units[drawn]), -1 - np.arange(len(units)), units)
    for torn in (on_both_sides(tracks["group"].to_numpy(), *sides), on_both_sides(fresh, *sides)):
        if torn:
            raise GenrelabError(f"the holdout tears {len(torn)} groups, {torn[0]!r} the first: please report it")
