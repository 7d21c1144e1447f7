"""The pitched instruments: each is a spectrum and an envelope, declared in one line and rendered by `render_note`."""

from dataclasses import dataclass

import numpy as np

from pipeline.sources.demo.dsp import SAMPLE_RATE_HZ, bandpass, noise, rms, time_s

TABLE_SIZE = 8192
VOWELS_HZ = ((730, 1090, 2440), (530, 1840, 2480), (390, 1990, 2550), (570, 840, 2410), (440, 1020, 2240))
"""First three formants of five vowels (Peterson & Barney 1952, means for men)."""


@dataclass(frozen=True)
class Tone:
    """Timbre of an instrument; times in seconds, `vibrato_cents` and `detune_cents` in hundredths of a semitone."""

    slope: float = 1.0  # harmonic k has amplitude k**-slope
    drawbars: tuple[float, ...] = ()  # amplitudes of the harmonics, in place of the slope
    even: float = 1.0  # gain of the even harmonics: small in a clarinet
    pluck_at: float = 0.0  # where on the string it is plucked, as a share of its length; 0: not plucked
    vowels_hz: tuple[tuple[float, ...], ...] = ()  # formants; a note takes one of them
    attack_s: float = 0.005
    decay_s: float = 0.0  # time constant of the loudness; 0: sustained
    release_s: float = 0.05
    darken_s: float = 0.0  # time constant with which the upper harmonics fade; 0: they do not
    vibrato_cents: float = 0.0
    detune_cents: float = 0.0  # spread of three voices in unison
    breath: float = 0.0  # breath or bow noise, relative to the tone
    strum_s: float = 0.0  # delay from one note of a chord to the next


INSTRUMENTS = {
    "nylon_guitar": Tone(1.3, pluck_at=0.28, decay_s=0.5, darken_s=0.15, strum_s=0.012),
    "steel_guitar": Tone(0.8, pluck_at=0.17, decay_s=0.7, darken_s=0.25, strum_s=0.012),
    "banjo": Tone(0.5, pluck_at=0.12, decay_s=0.16, darken_s=0.1, strum_s=0.01),
    "clean_guitar": Tone(1.0, pluck_at=0.21, decay_s=0.8, darken_s=0.4, detune_cents=4, strum_s=0.006),
    "electric_guitar": Tone(0.8, pluck_at=0.14, decay_s=1.6, darken_s=0.9, strum_s=0.004),
    "muted_guitar": Tone(0.7, pluck_at=0.1, decay_s=0.09, darken_s=0.06),
    "pedal_steel": Tone(1.3, attack_s=0.06, decay_s=1.5, darken_s=0.8, vibrato_cents=18),
    "piano": Tone(1.2, pluck_at=0.13, decay_s=0.8, darken_s=0.3, detune_cents=2),
    "electric_piano": Tone(drawbars=(1, 0.35, 0.1, 0.16, 0, 0.05), decay_s=0.9, darken_s=0.25),
    "organ": Tone(drawbars=(1, 0.8, 0.6, 0.5, 0, 0.3, 0, 0.25), attack_s=0.01, vibrato_cents=10),
    "harpsichord": Tone(0.4, pluck_at=0.09, decay_s=0.5, darken_s=0.4, strum_s=0.01),
    "strings": Tone(1.1, attack_s=0.12, release_s=0.2, vibrato_cents=14, detune_cents=9, breath=0.03),
    "violin": Tone(0.9, attack_s=0.07, release_s=0.1, vibrato_cents=22, breath=0.03),
    "flute": Tone(2.2, attack_s=0.06, vibrato_cents=15, breath=0.12),
    "clarinet": Tone(1.1, even=0.12, attack_s=0.04, breath=0.03),
    "sax": Tone(0.9, vowels_hz=((650, 1400, 2700),), attack_s=0.035, vibrato_cents=18, breath=0.08),
    "brass": Tone(0.7, attack_s=0.03, darken_s=0.5, breath=0.02, detune_cents=6),
    "harmonica": Tone(0.6, vowels_hz=((900, 2000, 3200),), attack_s=0.03, vibrato_cents=25, breath=0.1),
    "synth_pad": Tone(1.2, attack_s=0.2, release_s=0.3, detune_cents=14),
    "synth_lead": Tone(0.8, even=0.5, attack_s=0.005, vibrato_cents=12, detune_cents=7),
    "synth_pluck": Tone(0.7, decay_s=0.2, darken_s=0.08, detune_cents=6),
    "upright_bass": Tone(1.7, pluck_at=0.3, decay_s=0.4, darken_s=0.12, breath=0.02),
    "electric_bass": Tone(1.2, pluck_at=0.2, decay_s=0.7, darken_s=0.25),
    "picked_bass": Tone(0.8, pluck_at=0.12, decay_s=0.8, darken_s=0.4),
    "synth_bass": Tone(0.9, decay_s=0.5, darken_s=0.12, detune_cents=5),
    "sub_bass": Tone(drawbars=(1, 0.12, 0.04), attack_s=0.008, decay_s=0.9),
    "singer": Tone(0.9, vowels_hz=VOWELS_HZ, attack_s=0.05, vibrato_cents=28, breath=0.05),
    "choir": Tone(1.0, vowels_hz=VOWELS_HZ[:2], attack_s=0.12, release_s=0.2, vibrato_cents=15, detune_cents=12),
    "rapper": Tone(0.7, vowels_hz=VOWELS_HZ, attack_s=0.012, decay_s=0.25, release_s=0.03, breath=0.35),
    "growler": Tone(0.3, vowels_hz=VOWELS_HZ[3:], attack_s=0.02, detune_cents=60, breath=0.6),
}


def _wavetable(tone: Tone, freq_hz: float, slope: float, vowel_hz: tuple[float, ...]) -> np.ndarray:
    """One period of a tone [shape=(TABLE_SIZE,)], free of aliases, of unit root mean square."""
    count = max(1, min(60, int(0.45 * SAMPLE_RATE_HZ / freq_hz)))
    k = np.arange(1, count + 1)
    amplitude = k**-slope
    if tone.drawbars:
        amplitude = np.resize(np.pad(np.array(tone.drawbars, float), (0, count)), count) * k ** (1.0 - slope)
    amplitude = np.where(k % 2 == 0, tone.even, 1.0) * amplitude
    if tone.pluck_at:
        amplitude = amplitude * np.abs(np.sin(np.pi * k * tone.pluck_at))
    if vowel_hz:
        distance = (k[:, None] * freq_hz - np.array(vowel_hz)) / (60.0 + 0.09 * np.array(vowel_hz))
        amplitude = amplitude * (0.06 + np.sum(1.0 / (1.0 + distance**2), axis=1))
    spectrum = np.zeros(TABLE_SIZE // 2 + 1, complex)
    spectrum[1 : count + 1] = -1j * amplitude
    table = np.fft.irfft(spectrum).astype(np.float32)
    return table / rms(table)


def _envelope(tone: Tone, t: np.ndarray, held_s: float) -> np.ndarray:
    envelope = np.minimum(1.0, t / tone.attack_s)
    if tone.decay_s:
        envelope = envelope * np.exp(-t / tone.decay_s)
    return envelope * np.clip(1.0 - (t - held_s) / tone.release_s, 0.0, 1.0)


def render_note(
    instrument: str, freq_hz: float, held_s: float, *, brightness: float = 0.0, throat: float = 1.0, vowel: int = 0
) -> np.ndarray:
    """Render one note.

    Parameters
    ----------
    instrument : str
        a key of `INSTRUMENTS`
    freq_hz, held_s : float
        fundamental frequency, and how long the note is held before it is released
    brightness : float
        flattens the spectrum: 0.3 is a clearly brighter instrument
    throat : float
        factor on the formants: 1.15 is a smaller singer
    vowel : int
        which of the instrument's vowels, counted round

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
        the note, release included, at unit root mean square before its envelope
    """
    tone = INSTRUMENTS[instrument]
    t = time_s(held_s + tone.release_s)
    vowel_hz = tuple(f * throat for f in tone.vowels_hz[vowel % len(tone.vowels_hz)]) if tone.vowels_hz else ()
    slope = tone.slope - brightness
    bright = _wavetable(tone, freq_hz, slope, vowel_hz)
    dark = _wavetable(tone, freq_hz, slope + 1.3, vowel_hz) if tone.darken_s else bright

    phase = freq_hz * t
    if tone.vibrato_cents:  # singers and players let the vibrato grow during a note
        depth = freq_hz * (2 ** (tone.vibrato_cents / 1200) - 1) * np.minimum(1.0, t / 0.4)
        phase = phase - depth / (2 * np.pi * 5.6) * np.cos(2 * np.pi * 5.6 * t)
    voices = (-1.0, 0.0, 1.0) if tone.detune_cents else (0.0,)
    fade = np.exp(-t / tone.darken_s).astype(np.float32) if tone.darken_s else np.float32(1.0)
    note = np.zeros(len(t), np.float32)
    for voice in voices:
        detuned = phase * 2 ** (voice * tone.detune_cents / 1200) + 0.37 * voice
        index = (detuned * TABLE_SIZE).astype(np.int64) % TABLE_SIZE
        note += bright[index] if tone.darken_s == 0 else dark[index] + fade * (bright[index] - dark[index])
    note /= np.sqrt(len(voices))
    if tone.breath:
        note += tone.breath * bandpass(noise(len(t), offset=int(freq_hz) * 31), 800.0, 6000.0).astype(np.float32)
    return (note * _envelope(tone, t, held_s)).astype(np.float32)
