"""Changes as playing music makes them: another tempo, another converter, a lossy file, a room."""

import io
from functools import lru_cache
from math import gcd

import av
import librosa
import numpy as np
import scipy.signal

from pipeline.audio import Clip
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.random_streams import stream

CD_RATE_HZ = 44_100


def change_tempo(y: np.ndarray, *, rate: float) -> np.ndarray:
    """Play a signal faster or slower at the same pitch, by a phase vocoder (Flanagan and Golden 1966).

    A phase vocoder makes drums quieter, as what belongs together gets phases of its own. A tempo is no volume, so the
    root mean square is made the same again.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    rate : float
        above 1 is faster

    Returns
    -------
    np.ndarray [shape=(n / rate,)]
    """
    stretched = librosa.effects.time_stretch(y, rate=rate)
    power = np.square(stretched).mean(dtype=np.float64)
    return stretched * np.sqrt(np.square(y).mean(dtype=np.float64) / power) if power else stretched


def resample_otherwise(clip: Clip) -> np.ndarray:
    """Bring a clip from its file's own rate to 22 050 Hz by a polyphase filter, and not as the extraction does.

    What is stored at that rate already, or was put together from pieces, is brought to 44 100 Hz first, by the
    extraction's own resampler.

    Returns
    -------
    np.ndarray [shape=(n,)]
        as long as ``clip.y``, but for a sample or so
    """
    y, rate_hz = clip.stored, clip.sample_rate_hz
    if not len(y) or rate_hz == SAMPLE_RATE_HZ:
        y, rate_hz = librosa.resample(clip.y, orig_sr=SAMPLE_RATE_HZ, target_sr=CD_RATE_HZ), CD_RATE_HZ
    common = gcd(SAMPLE_RATE_HZ, rate_hz)
    return scipy.signal.resample_poly(y, SAMPLE_RATE_HZ // common, rate_hz // common)


def through_mp3(y: np.ndarray, *, bits_per_s: int) -> np.ndarray:
    """Encode a signal as MP3 (LAME, constant bit rate, mono) and decode it again.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    bits_per_s : int

    Returns
    -------
    np.ndarray [shape=(n,)]
        what the encoder put before it, and filled up behind it, is taken away
    """
    written = io.BytesIO()
    with av.open(written, "w", format="mp3") as file:
        encoder = file.add_stream("libmp3lame", rate=SAMPLE_RATE_HZ, layout="mono", format="fltp")
        encoder.bit_rate = bits_per_s
        frame = av.AudioFrame.from_ndarray(y[None, :].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        for packet in (*encoder.encode(frame), *encoder.encode(None)):
            file.mux(packet)
    written.seek(0)
    with av.open(written, "r", format="mp3") as file:
        decoded = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    return np.pad(decoded[: len(y)], (0, max(len(y) - len(decoded), 0)))


def in_a_room(y: np.ndarray, *, decay_s: float, delay_s: float, reverberant_db: float) -> np.ndarray:
    """Play a signal in a room: `room_response` after it, no louder as a whole, and cut to its length.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    decay_s, delay_s, reverberant_db : float
        as for `room_response`
    """
    return scipy.signal.oaconvolve(y, room_response(decay_s, delay_s, reverberant_db))[: len(y)]


@lru_cache
def room_response(decay_s: float, delay_s: float, reverberant_db: float) -> np.ndarray:
    """Return the impulse response of a room: the direct sound, then noise that decays (Moorer 1979; Polack 1988).

    Parameters
    ----------
    decay_s : float
        in which reverberation falls by 60 dB, seconds
    delay_s : float
        after which it begins, seconds
    reverberant_db : float
        its energy against that of the direct sound, decibels

    Returns
    -------
    np.ndarray [shape=(n,)]
        of energy 1, so that noise stays as loud as it is
    """
    delay, length = round(delay_s * SAMPLE_RATE_HZ), round(decay_s * SAMPLE_RATE_HZ)
    noise = stream("room").standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    response = np.zeros(delay + length)
    response[0] = 1.0
    response[delay:] += noise * np.sqrt(10 ** (reverberant_db / 10) / np.square(noise).sum())
    return response / np.sqrt(np.square(response).sum())
