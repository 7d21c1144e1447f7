"""From Roman numerals to the notes that are played."""

import re
from dataclasses import dataclass

import numpy as np

DEGREE_SEMITONES = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII"), (0, 2, 4, 5, 7, 9, 11), strict=True))
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
}


@dataclass(frozen=True)
class Chord:
    """A chord as semitones above the tonic: its root, and its notes above the root."""

    root: int
    intervals: tuple[int, ...]


def parse_chord(numeral: str) -> Chord:
    """Read a Roman numeral: lower case is minor, ``b`` lowers the root, ``7`` and ``M7`` add sevenths, ``5`` is bare.

    >>> parse_chord("bVII")
    Chord(root=10, intervals=(0, 4, 7))
    >>> parse_chord("ii7")
    Chord(root=2, intervals=(0, 3, 7, 10))
    """
    match = re.fullmatch(r"(b?)([ivIV]+)(M7|7|5|)", numeral)
    if match is None or match[2].upper() not in DEGREE_SEMITONES:
        raise ValueError(f"{numeral!r} is no chord: write it as I, vi, bVII, ii7, IM7 or i5")
    flat, degree, colour = match.groups()
    triad = (0, 4, 7) if degree.isupper() else (0, 3, 7)
    intervals = {"": triad, "7": (*triad, 10), "M7": (*triad, 11), "5": (0, 7)}[colour]
    return Chord((DEGREE_SEMITONES[degree.upper()] - len(flat)) % 12, intervals)


def nearest_octave(pitch_class: int, centre_midi: int) -> int:
    """MIDI number of the note of that pitch class that lies within a tritone of `centre_midi`."""
    return centre_midi + (pitch_class - centre_midi + 6) % 12 - 6


def voicing(chord: Chord, tonic: int, centre_midi: int) -> list[int]:
    """MIDI notes of a chord, close to a register, lowest first; a bare fifth is doubled at the octave."""
    if len(chord.intervals) == 2:
        root = nearest_octave(tonic + chord.root, centre_midi)
        return [root, root + 7, root + 12]
    return sorted(nearest_octave(tonic + chord.root + i, centre_midi) for i in chord.intervals)


def chord_note(chord: Chord, tonic: int, centre_midi: int, degree: int) -> int:
    """MIDI note of a chord's 1st, 3rd, 5th, 6th, 7th or 8th degree above its root in a register."""
    third = chord.intervals[1] if len(chord.intervals) > 2 else 7
    seventh = chord.intervals[3] if len(chord.intervals) > 3 else 10
    above_root = {1: 0, 2: 2, 3: third, 5: 7, 6: 9, 7: seventh, 8: 12}[degree]
    return nearest_octave(tonic + chord.root, centre_midi) + above_root


def melody_note(scale: str, tonic: int, centre_midi: int, step: int, chord: Chord, *, on_beat: bool) -> int:
    """MIDI note `step` scale steps from a register's centre; on a beat, the chord note nearest to it."""
    semitones = SCALES[scale]
    octave, degree = divmod(step, len(semitones))
    midi = nearest_octave(tonic, centre_midi) + 12 * octave + semitones[degree]
    if not on_beat:
        return midi
    candidates = [nearest_octave(tonic + chord.root + i, midi) for i in chord.intervals]
    return candidates[int(np.argmin(np.abs(np.array(candidates) - midi)))]


def midi_to_hz(midi: float) -> float:
    """Frequency of a MIDI note in equal temperament, A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
