"""The mixing desk: balances the parts, and gives the recording its room, tone, noise and loudness."""

import numpy as np

from pipeline.sources.demo.arrangement import Arrangement, draw
from pipeline.sources.demo.artists import Artist
from pipeline.sources.demo.dsp import SAMPLE_RATE_HZ, db_to_gain, lowpass, noise, reverberate, rms, saturate, shelve
from pipeline.sources.demo.score import Span

SECTION_DB = {"i": -4.0, "v": -2.0, "c": 0.0, "s": 0.0, "b": -4.0}
PEAK = 0.98
BALANCE_DB = 1.5
"""Standard deviation of the levels of the parts from one track of an artist to the next."""


def _studio(span: Span, artist: Artist, rng: np.random.Generator) -> float:
    """A value from a range, halfway between the artist's usual one and any."""
    low, high = span
    return low + (high - low) * 0.5 * (artist.studio + rng.uniform())


def _dynamics(arrangement: Arrangement, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Gain over time [shape=(n_samples,)]: the sections' levels, and slow waves on top of them."""
    starts_s = arrangement.onset_s[[bar.first_step for bar in arrangement.bars]]
    sections_db = np.array([SECTION_DB[bar.section] for bar in arrangement.bars])
    waves = np.cumsum(rng.normal(0.0, 0.5, size=len(starts_s)))
    waves_db = arrangement.genre.dynamics_db * np.sin(waves + rng.uniform(0, 2 * np.pi))
    level_db = np.interp(np.arange(n_samples) / SAMPLE_RATE_HZ, starts_s, sections_db + waves_db)
    return (10.0 ** (level_db / 20.0)).astype(np.float32)


def _limit(y: np.ndarray) -> np.ndarray:
    """Leave what is below half of the peak as it is, and bend the rest below `PEAK`."""
    excess = np.maximum(np.abs(y) - PEAK / 2, 0.0)
    return np.sign(y) * (np.minimum(np.abs(y), PEAK / 2) + PEAK / 2 * np.tanh(excess / (PEAK / 2)))


def mix(
    recorded: dict[str, np.ndarray], arrangement: Arrangement, artist: Artist, rng: np.random.Generator
) -> np.ndarray:
    """Mix recorded parts into a finished track.

    Parameters
    ----------
    recorded : dict of np.ndarray [shape=(n,)]
        one entry a role, as `performance.play` returns it

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
        peak below `PEAK`; root mean square as the genre's sound asks, less what the limiter takes
    """
    genre, sound = arrangement.genre, arrangement.genre.sound
    levels_db = {part.role: part.level_db for part in genre.parts}
    levels_db["drums"] = genre.drumming.level_db if genre.drumming else 0.0
    habits_db = np.resize(artist.balance_db, len(recorded)) + rng.normal(0.0, BALANCE_DB, size=len(recorded))

    n_samples = len(recorded["drums"])
    y = np.zeros(n_samples, np.float32)
    for (role, track), habit_db in zip(recorded.items(), habits_db, strict=True):
        played = np.abs(track) > 1e-4
        if played.any():  # a part's level is that of where it plays
            y += track * np.float32(db_to_gain(levels_db[role] + habit_db) / rms(track[played]))
    y *= _dynamics(arrangement, n_samples, rng)
    y = reverberate(y, _studio(sound.room_s, artist, rng), _studio(sound.wet, artist, rng))
    y = shelve(y, 250.0, draw(sound.bass_db, rng) + artist.bass_db, 0.0)
    y = shelve(y, 3000.0, 0.0, draw(sound.treble_db, rng) + artist.treble_db)
    y = saturate(y, draw(sound.squash, rng))
    low_hz, high_hz = sound.bandwidth_hz
    y = lowpass(y, _studio((high_hz, low_hz), artist, rng), 4)
    y *= db_to_gain(draw(sound.loudness_dbfs, rng)) / max(rms(y), 1e-6)  # a very short track may be one long rest
    y += db_to_gain(_studio(sound.hiss_dbfs, artist, rng)) * noise(n_samples, offset=int(rng.integers(2**18)))
    return _limit(y).astype(np.float32)
