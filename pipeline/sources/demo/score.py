"""What a genre is made of: the vocabulary in which `genres` is written.

Rhythms are strings of 16 steps a bar (four steps a beat; a waltz plays the first 12 of them), bars parted by ``|``:

====  ======================================  ====  =====================================
 x    the chord (a drum: a hit)                1-8   that degree of the chord
 X    the same, accented                       m     a note of the part's melody
 .    silence                                  -     the note before sounds on
====  ======================================  ====  =====================================

Sections are letters: ``i`` intro, ``v`` verse, ``c`` chorus, ``s`` solo, ``b`` breakdown.
"""

from dataclasses import dataclass

Span = tuple[float, float]
"""A range from which each track, or each artist, draws its own value."""


@dataclass(frozen=True)
class Part:
    """What one player does; of the instruments and of the rhythms, parted by blanks, a track takes one each."""

    role: str
    instruments: str
    rhythms: str
    register_midi: int
    level_db: float
    sections: str = "ivcsb"
    chance: float = 1.0  # share of the tracks that have this part at all
    drive: Span = (0.0, 0.0)  # overdrive of the amplifier
    gate: float = 1.0  # how much of its length a note is held: small is staccato


@dataclass(frozen=True)
class Drumming:
    """What the drummer does: keys of `drums.KITS` and of `grooves.GROOVES`, parted by blanks."""

    kits: str
    grooves: str
    level_db: float
    fill_chance: float = 0.6


@dataclass(frozen=True)
class Sound:
    """How the recording sounds."""

    loudness_dbfs: Span  # root mean square of the whole track
    bandwidth_hz: Span = (8000.0, 10500.0)
    hiss_dbfs: Span = (-75.0, -60.0)
    room_s: Span = (0.3, 1.2)
    wet: Span = (0.05, 0.25)  # level of the room, relative to the players
    bass_db: Span = (-2.0, 2.0)
    treble_db: Span = (-3.0, 3.0)
    squash: Span = (0.0, 0.4)  # how hard the whole mix is driven into the limiter


@dataclass(frozen=True)
class Genre:
    """A genre: time, harmony, players and sound, and the genres that its tracks borrow from."""

    name: str
    tempo_bpm: Span
    harmonies: tuple[tuple[str, str], ...]  # (a chord a bar in Roman numerals, scale of the melodies)
    parts: tuple[Part, ...]
    sound: Sound
    neighbours: tuple[str, ...]
    drumming: Drumming | None = None
    beats_per_bar: tuple[int, ...] = (4,)
    swing: Span = (0.5, 0.53)  # where in the beat its second half falls
    rubato: float = 0.0  # relative depth of the slow changes of tempo
    dynamics_db: float = 2.0  # depth of the slow changes of loudness
    forms: tuple[str, ...] = ("ivcvc", "vcvcb", "vcbcs", "vvcsc", "cvbcc")
