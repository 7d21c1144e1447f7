"""The harmless changes: what may be done to music without making it another genre, in one table.

After Sturm 2014, *A simple method to determine if a music information retrieval system is a "horse"* (IEEE Transactions
on Multimedia 16/6): a system that names genres rightly, and is thrown off by what leaves the genre as it is, listens to
something else than music, as the horse did that seemed to do sums. His own changes were a filter and a tempo 6 % off.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.audio import Clip
from pipeline.robustness import filters, playback


@dataclass(frozen=True)
class Change:
    """A change that should not matter.

    Attributes
    ----------
    name : str
        its code, in tables
    words : str
        what is done, to follow "with" or to stand by itself
    function : callable
        samples [shape=(n,)] at 22 050 Hz, or where `of_clip` the whole `Clip`, and `parameters` -> samples
    source : str
        where change and parameters come from
    parameters : mapping
    unheard : bool
        whether nobody hears it: a model that listens to music has nothing to lose by it
    of_clip : bool
    """

    name: str
    words: str
    function: Callable[..., np.ndarray]
    source: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unheard: bool = False
    of_clip: bool = False

    def of(self, clip: Clip) -> np.ndarray:
        """Return the samples of a clip, changed [shape=(m,), dtype=float32]."""
        changed = self.function(clip if self.of_clip else clip.y, **self.parameters)
        return np.ascontiguousarray(changed, dtype=np.float32)


CHANGES = (
    Change("quieter", "6 dB quieter", filters.change_level, "half the amplitude", {"gain_db": -6.0}),
    Change(
        "mp3_64", "an MP3 of 64 kb/s", playback.through_mp3, "ISO/IEC 13818-3, by LAME, mono at 22 050 Hz",
        {"bits_per_s": 64_000},
    ),
    Change(
        "slower", "6 % slower", playback.change_tempo, "Sturm 2014; librosa's phase vocoder", {"rate": 1 / 1.06},
    ),
    Change("faster", "6 % faster", playback.change_tempo, "Sturm 2014; librosa's phase vocoder", {"rate": 1.06}),
    Change(
        "high_pass_20", "nothing below 20 Hz", filters.high_pass,
        "20 Hz is taken for the lowest tone that is heard as one (ISO 226:2003 begins there)",
        {"cutoff_hz": 20.0, "order": 8}, unheard=True,
    ),
    Change("brighter", "3 dB brighter", filters.tilt, "a tone control about 1 kHz, as hi-fi has it", {"high_db": 3.0}),
    Change("darker", "3 dB darker", filters.tilt, "the same, turned the other way", {"high_db": -3.0}),
    Change(
        "resampled", "another resampler", playback.resample_otherwise,
        "scipy's polyphase filter (Kaiser window) instead of soxr", unheard=True, of_clip=True,
    ),
    Change(
        "room", "a small room", playback.in_a_room, "Moorer 1979; Polack 1988: noise that decays as in a living room",
        {"decay_s": 0.3, "delay_s": 0.003, "reverberant_db": -3.0},
    ),
    Change(
        "telephone", "a telephone's band", filters.band_pass, "300 to 3400 Hz: ITU-T G.712",
        {"low_hz": 300.0, "high_hz": 3_400.0, "order": 4},
    ),
)  # fmt: skip
"""All of them, in the order of tables and pictures: eight kinds, two of them both ways."""
