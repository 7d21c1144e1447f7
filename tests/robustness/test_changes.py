"""The harmless changes: each does what its words say, and nothing else."""

import numpy as np
import pytest

from pipeline.audio import Clip
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.robustness import CHANGES
from pipeline.settings import PROJECT_DIR

BY_NAME = {change.name: change for change in CHANGES}
LENGTH_S = 3.0
TIMES_S = np.arange(round(LENGTH_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def sine(frequency_hz: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * frequency_hz * TIMES_S)).astype(np.float32)


def changed(name: str, y: np.ndarray, stored: np.ndarray | None = None, rate_hz: int = SAMPLE_RATE_HZ) -> np.ndarray:
    clip = Clip(y, LENGTH_S, rate_hz, 1, np.empty(0, dtype=np.float32) if stored is None else stored)
    return BY_NAME[name].of(clip)


def gain_db(name: str, frequency_hz: float) -> float:
    """Return what a change makes of a sine, decibels; away from both ends."""
    before, after = (y[len(y) // 4 : -len(y) // 4] for y in (sine(frequency_hz), changed(name, sine(frequency_hz))))
    return 10 * np.log10(np.square(after).mean() / np.square(before).mean())


@pytest.mark.parametrize("name", BY_NAME)
def test_a_change_gives_a_clip_that_can_be_analysed_the_same_each_time_and_of_silence_too(name):
    noise = np.random.default_rng(0).normal(0, 0.1, len(TIMES_S)).astype(np.float32)
    found = changed(name, noise)
    assert found.dtype == np.float32
    assert found.ndim == 1
    assert np.isfinite(found).all()
    assert np.isfinite(changed(name, np.zeros_like(noise))).all()
    assert len(found) == round(len(noise) / BY_NAME[name].parameters.get("rate", 1))
    np.testing.assert_array_equal(found, changed(name, noise))
    assert not np.array_equal(found, noise)


@pytest.mark.parametrize(
    ("name", "frequency_hz", "low_db", "high_db"),
    [
        ("quieter", 440, -6.01, -5.99),
        ("high_pass_20", 15, -90, -35),
        ("high_pass_20", 30, -0.1, 0.1),
        ("high_pass_20", 5_000, -0.1, 0.1),
        ("brighter", 100, -3.2, -2.5),
        ("brighter", 1_000, -0.1, 0.1),
        ("brighter", 9_900, 2.9, 3.1),
        ("darker", 100, 2.5, 3.2),
        ("darker", 9_900, -3.1, -2.9),
        ("telephone", 100, -60, -30),
        ("telephone", 1_000, -0.5, 0.1),
        ("telephone", 8_000, -90, -30),
        ("resampled", 1_000, -0.1, 0.1),
        ("mp3_64", 1_000, -1, 1),
        ("room", 1_000, -6, 6),
        ("slower", 1_000, -0.5, 0.5),
        ("faster", 1_000, -0.5, 0.5),
    ],
)
def test_a_frequency_is_as_loud_as_the_words_of_the_change_say(name, frequency_hz, low_db, high_db):
    assert low_db <= gain_db(name, frequency_hz) <= high_db


@pytest.mark.parametrize("name", ["slower", "faster"])
def test_another_tempo_keeps_the_pitch(name):
    found = changed(name, sine(1_000))
    spectrum = np.abs(np.fft.rfft(found * np.hanning(len(found))))
    assert abs(spectrum.argmax() * SAMPLE_RATE_HZ / len(found) - 1_000) < 2


@pytest.mark.parametrize("name", ["quieter", "mp3_64", "high_pass_20", "resampled"])
def test_nothing_is_moved_in_time(name):
    noise = np.random.default_rng(1).normal(0, 0.1, len(TIMES_S)).astype(np.float32)
    noise = np.convolve(noise, np.ones(8) / 8, mode="same").astype(np.float32)  # what a lossy file keeps
    assert np.corrcoef(noise, changed(name, noise))[0, 1] > 0.98


def test_the_other_resampler_takes_the_files_own_samples_where_it_has_a_rate_of_its_own():
    stored_hz = 44_100
    stored = (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(LENGTH_S * stored_hz)) / stored_hz)).astype(np.float32)
    found = changed("resampled", np.zeros_like(TIMES_S, dtype=np.float32), stored, stored_hz)
    np.testing.assert_allclose(found[1_000:-1_000], sine(440)[1_000:-1_000], atol=2e-3)


def test_the_page_has_every_change_with_its_words_its_parameters_and_its_source():
    page = (PROJECT_DIR / "docs" / "harmless_changes.md").read_text()
    for change in CHANGES:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{change.name}` |"))
        parameters = ", ".join(f"{name} = {value:.4g}" for name, value in change.parameters.items())
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1:] == [change.words, parameters, "nobody" if change.unheard else "", change.source]
    assert len(BY_NAME) == len(CHANGES)
