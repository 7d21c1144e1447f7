"""Plays an arrangement: every part onto its own track, as the players in a studio do."""

from collections.abc import Iterator

import numpy as np

from pipeline.sources.demo.arrangement import STEPS_PER_BEAT, Arrangement, Bar, draw, pick
from pipeline.sources.demo.artists import Artist
from pipeline.sources.demo.drums import render_kit
from pipeline.sources.demo.dsp import SAMPLE_RATE_HZ, add_at, saturate
from pipeline.sources.demo.grooves import CYMBALS, FILLS, GROOVES
from pipeline.sources.demo.harmony import chord_note, melody_note, midi_to_hz, voicing
from pipeline.sources.demo.instruments import INSTRUMENTS, render_note
from pipeline.sources.demo.score import Part

STRENGTH = {"X": 1.0, "x": 0.7, "o": 0.25}
TIMING_S = 0.005
"""Standard deviation of the players' timing."""
LONGEST_PHRASE = 64


def _rhythm_of_bar(rhythm: str, index: int, steps: int) -> str:
    """The steps of one bar of a rhythm of one or several bars."""
    bars = rhythm.split("|")
    return bars[index % len(bars)][:steps]


def _strokes(rhythm: str) -> Iterator[tuple[int, str, int]]:
    """Step, symbol and length in steps of every note of a bar."""
    for step, symbol in enumerate(rhythm):
        if symbol not in ".-":
            held = len(rhythm) - step - len(rhythm[step + 1 :].lstrip("-"))
            yield step, symbol, held


def _draw_phrase(rng: np.random.Generator) -> np.ndarray:
    """A melody as scale steps from its register's centre [shape=(LONGEST_PHRASE,)]: small steps, drawn back to it."""
    phrase = np.zeros(LONGEST_PHRASE, int)
    for i, move in enumerate(rng.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3], size=LONGEST_PHRASE - 1)):
        phrase[i + 1] = move + round(0.85 * phrase[i])
    return phrase


def _pitches(arrangement: Arrangement, part: Part, bar: Bar, step: int, symbol: str, scale_step: int) -> list[int]:
    if symbol in "xX":
        return voicing(bar.chord, arrangement.tonic, part.register_midi)
    if symbol.isdigit():
        return [chord_note(bar.chord, arrangement.tonic, part.register_midi, int(symbol))]
    on_beat = step % STEPS_PER_BEAT == 0
    scale = arrangement.scale
    return [melody_note(scale, arrangement.tonic, part.register_midi, scale_step, bar.chord, on_beat=on_beat)]


def play_part(
    part: Part, arrangement: Arrangement, artist: Artist, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Play one part [shape=(n_samples,)]; silent where its sections do not occur."""
    track = np.zeros(n_samples, np.float32)
    instrument = pick(part.instruments.split(), rng, artist.taste)
    rhythm = pick(part.rhythms.split(), rng, artist.taste)
    phrases = {section: _draw_phrase(rng) for section in "ivcsb"}  # a chorus returns with its own melody
    notes: dict[tuple[int, int, int], np.ndarray] = {}
    sung = 0
    for bar in arrangement.bars:
        if bar.section not in part.sections:
            continue
        if bar.opens_section:
            sung = 0
        for step, symbol, held in _strokes(_rhythm_of_bar(rhythm, bar.index, arrangement.steps_per_bar)):
            scale_step = phrases[bar.section][sung % LONGEST_PHRASE]
            sung += symbol == "m"
            onset_s = arrangement.onset_s[bar.first_step + step] + rng.normal(0.0, TIMING_S)
            strength = STRENGTH.get(symbol, 0.8) * rng.uniform(0.85, 1.1)
            for i, midi in enumerate(_pitches(arrangement, part, bar, step, symbol, scale_step)):
                key = (midi, held, sung % 5)
                if key not in notes:
                    notes[key] = render_note(
                        instrument,
                        midi_to_hz(midi + artist.tuning_cents / 100),
                        held * arrangement.step_s * part.gate,
                        brightness=artist.brightness,
                        throat=artist.throat,
                        vowel=sung % 5,
                    )
                add_at(track, notes[key], onset_s + i * INSTRUMENTS[instrument].strum_s, strength)
    return saturate(track, draw(part.drive, rng))


def play_drums(arrangement: Arrangement, artist: Artist, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Play the drums [shape=(n_samples,)]: cymbals only in an intro, a fill before a new section, then a crash."""
    track = np.zeros(n_samples, np.float32)
    drumming = arrangement.genre.drumming
    if drumming is None:
        return track
    kit = render_kit(
        pick(drumming.kits.split(), rng, artist.taste), tuning=artist.drum_tuning, ring=rng.uniform(0.75, 1.3)
    )
    groove = GROOVES[pick(drumming.grooves.split(), rng, artist.taste)]
    if arrangement.steps_per_bar == 12:
        groove = GROOVES["waltz"]
    silent_in = pick(("b", "i", "", "b"), rng)
    for bar in arrangement.bars:
        if bar.section == silent_in:
            continue
        played = dict(groove)
        if bar.section == "i":
            played = {drum: hits for drum, hits in groove.items() if drum in (*CYMBALS, "rim", "conga")}
        elif bar.closes_section and rng.random() < drumming.fill_chance:
            played = {drum: hits for drum, hits in groove.items() if drum in CYMBALS} | pick(FILLS, rng)
        if bar.opens_section and bar.section in "cs":
            played["crash"] = "x..............."
        for drum, hits in played.items():
            for step, symbol, _ in _strokes(hits[: arrangement.steps_per_bar]):
                onset_s = arrangement.onset_s[bar.first_step + step] + rng.normal(0.0, TIMING_S)
                add_at(track, kit[drum], onset_s, STRENGTH[symbol] * rng.uniform(0.85, 1.1))
    return track


def play(
    arrangement: Arrangement, artist: Artist, duration_s: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Record a track, the drums and every part by itself.

    Returns
    -------
    dict of np.ndarray [shape=(n,), dtype=float32]
        role to samples at `SAMPLE_RATE_HZ`
    """
    n_samples = round(duration_s * SAMPLE_RATE_HZ)
    recorded = {"drums": play_drums(arrangement, artist, n_samples, rng)}
    for part in arrangement.genre.parts:
        if rng.random() < part.chance:
            recorded[part.role] = play_part(part, arrangement, artist, n_samples, rng)
    return recorded
