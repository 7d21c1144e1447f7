"""Plans a track: what it borrows from its neighbours, its key and tempo, and the bars it consists of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from pipeline.sources.demo.genres import DESCRIPTIONS
from pipeline.sources.demo.harmony import Chord, parse_chord
from pipeline.sources.demo.score import Genre, Span

T = TypeVar("T")

STEPS_PER_BEAT = 4
SECTION_S = 6.0
"""About how long a section lasts: an excerpt of 30 s then passes through all parts of a song."""
CROSSOVER_SHARE = 0.12
"""How likely a track is to borrow any one thing, its drums say, from a neighbouring genre."""
TASTE_SHARE = 0.6
"""How often artists do what they always do."""


@dataclass(frozen=True)
class Bar:
    """One bar: where it begins, the section it belongs to, and its chord."""

    index: int
    first_step: int
    section: str
    opens_section: bool
    closes_section: bool
    chord: Chord


@dataclass(frozen=True)
class Arrangement:
    """A planned track; `onset_s` [shape=(n_steps + 1,)] is when each step is played."""

    genre: Genre
    tonic: int
    scale: str
    step_s: float
    steps_per_bar: int
    onset_s: np.ndarray
    bars: tuple[Bar, ...]


def draw(span: Span, rng: np.random.Generator) -> float:
    """A value from a range, each equally likely."""
    return float(rng.uniform(*span))


def pick(options: Sequence[T], rng: np.random.Generator, taste: float | None = None) -> T:
    """One of the options: mostly the one that an artist's `taste` (from 0 to 1) points at, or any."""
    if taste is not None and rng.random() < TASTE_SHARE:
        return options[int(taste * len(options))]
    return options[int(rng.integers(len(options)))]


def cross_over(genre: Genre, rng: np.random.Generator) -> Genre:
    """Let one of the neighbouring genres lend some of its drumming, tempo, harmony, sound and parts."""
    lender = DESCRIPTIONS[pick(genre.neighbours, rng)]
    lends = {field: rng.random() < CROSSOVER_SHARE for field in ("drumming", "tempo", "harmonies", "sound")}
    lent_parts = {part.role: part for part in lender.parts if rng.random() < CROSSOVER_SHARE}
    if lends["drumming"] and genre.drumming and lender.drumming:
        genre = replace(genre, drumming=lender.drumming)
    if lends["tempo"]:
        genre = replace(genre, tempo_bpm=lender.tempo_bpm, swing=lender.swing)
    if lends["harmonies"]:
        genre = replace(genre, harmonies=lender.harmonies)
    if lends["sound"]:
        genre = replace(genre, sound=lender.sound)
    return replace(genre, parts=tuple(lent_parts.get(part.role, part) for part in genre.parts))


def _onsets_s(n_steps: int, step_s: float, swing: float, rubato: float, rng: np.random.Generator) -> np.ndarray:
    """Instants of all steps: the beat's second half falls late in swing, and the tempo drifts in rubato."""
    half = np.array([0.0, swing / 2, swing, (1 + swing) / 2])
    beats, offbeat = np.divmod(np.arange(n_steps + 1), STEPS_PER_BEAT)
    steps = STEPS_PER_BEAT * (beats + half[offbeat])
    phases = rng.uniform(0, 2 * np.pi, size=3)
    drift = sum(np.sin(2 * np.pi * steps / period + p) for period, p in zip((52.0, 35.0, 19.0), phases, strict=True))
    return step_s * (steps + np.concatenate([[0.0], np.cumsum(np.diff(steps) * rubato * drift[1:])]))


def arrange(genre: Genre, taste: float, duration_s: float, rng: np.random.Generator) -> Arrangement:
    """Plan a track that lasts at least `duration_s`."""
    genre = cross_over(genre, rng)
    step_s = 60.0 / draw(genre.tempo_bpm, rng) / STEPS_PER_BEAT
    steps_per_bar = STEPS_PER_BEAT * pick(genre.beats_per_bar, rng, taste)
    numerals, scale = pick(genre.harmonies, rng, taste)
    chords = [parse_chord(numeral) for numeral in numerals.split()]
    form = pick(genre.forms, rng)
    bar_s = steps_per_bar * step_s
    bars_per_section = max(1, round(SECTION_S / bar_s))
    start = int(rng.integers(len(chords)))  # an excerpt begins anywhere in the song
    bars = tuple(
        Bar(
            index=index,
            first_step=index * steps_per_bar,
            section=form[index // bars_per_section % len(form)],
            opens_section=index % bars_per_section == 0,
            closes_section=index % bars_per_section == bars_per_section - 1,
            chord=chords[(start + index) % len(chords)],
        )
        for index in range(int(duration_s / bar_s * 1.1) + 2)
    )
    onset_s = _onsets_s(len(bars) * steps_per_bar, step_s, draw(genre.swing, rng), genre.rubato, rng)
    return Arrangement(genre, int(rng.integers(12)), scale, step_s, steps_per_bar, onset_s, bars)
