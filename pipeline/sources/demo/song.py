"""Renders one track of the demo corpus."""

import math

import numpy as np

from pipeline.errors import InputError
from pipeline.sources.demo.arrangement import arrange
from pipeline.sources.demo.artists import ARTISTS, credit, draw_artist
from pipeline.sources.demo.genres import DESCRIPTIONS
from pipeline.sources.demo.mixing import mix
from pipeline.sources.demo.performance import play

GENRES = tuple(DESCRIPTIONS)


def _generator(seed: int, *key: int) -> np.random.Generator:
    """A stream of random numbers of its own for each key, whichever process asks, in whatever order."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def render_track(genre: str, number: int, *, seed: int = 0, duration_s: float = 30.0) -> np.ndarray:
    """Compose, play and mix one track.

    Parameters
    ----------
    genre : str
        one of `GENRES`
    number : int
        which track of the genre, from 0; the same number is by the same artist for every seed
    seed : int
        not negative; another seed gives other music
    duration_s : float
        length of the track, in seconds

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
        mono samples at 22 050 Hz, n = round(22050 · duration_s), peak below 0.99

    Raises
    ------
    InputError
        for an unknown genre, a negative number or seed, or a duration that is not positive

    Examples
    --------
    >>> render_track("jazz", 0, duration_s=2.0).shape
    (44100,)
    """
    if genre not in DESCRIPTIONS:
        raise InputError(f"the demo corpus has no genre {genre!r}: choose from {', '.join(GENRES)}")
    if number < 0 or seed < 0:
        raise InputError(f"track number {number} and seed {seed} must both be 0 or more")
    if not (math.isfinite(duration_s) and duration_s > 0.0):
        raise InputError(f"a track of {duration_s} s cannot be rendered: the duration must be positive")
    genre_key = GENRES.index(genre)
    artist_key = ARTISTS[genre].index(credit(genre, number)[0])
    artist = draw_artist(_generator(seed, 0, genre_key, artist_key))
    rng = _generator(seed, 1, genre_key, number)
    arrangement = arrange(DESCRIPTIONS[genre], artist.taste, duration_s, rng)
    return mix(play(arrangement, artist, duration_s, rng), arrangement, artist, rng)
