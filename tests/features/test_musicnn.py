"""Learned features: the network against TensorFlow, its spectra, combinations, and what is said where parts lack."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio import cut
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.extract import parse_features
from pipeline.features import FEATURE_SETS, get_feature_set, usual_features
from pipeline.features.musicnn import checkpoint, weights
from pipeline.features.musicnn.patches import N_FRAMES, N_MELS, cut_patches, log_mel, resample
from pipeline.features.signal import Signal
from pipeline.settings import DEMO_DATASET

TAGS, EMBEDDING = get_feature_set("musicnn-msd-v1"), get_feature_set("musicnn-msd-embedding-v1")
BY_TENSORFLOW = Path(__file__).parent / "musicnn_by_tensorflow.npz"
"""What TensorFlow 2.15.1 made of `patches` with the graph of musicnn 0.1.0 itself.

That is ``musicnn.models.define_model(x, is_training, "MSD_musicnn", 50)`` with the checkpoint restored by TensorFlow's
``Saver``: the sigmoid of its first result, and its last result.
"""


def patches() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 4, (3, N_FRAMES, N_MELS)).astype(np.float32)


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    """Seven seconds: a melody over noise."""
    time_s = np.arange(7 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 220 * 2 ** (np.floor(2 * time_s) % 12 / 12)
    noise = np.random.default_rng(1).normal(scale=0.05, size=time_s.size)
    return (0.3 * np.sin(2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ) + noise).astype(np.float32)


def test_the_network_gives_what_tensorflow_gives():
    theirs = np.load(BY_TENSORFLOW)
    tags, penultimate = weights.load_network().run(["tags", "penultimate"], {"patches": patches()})
    np.testing.assert_allclose(tags, theirs["tags"], atol=1e-5)
    np.testing.assert_allclose(penultimate, theirs["penultimate"], atol=1e-4)


def test_a_clip_has_the_mean_of_its_three_second_windows(music):
    for known in (TAGS, EMBEDDING):
        windows = [known.compute(Signal(window.y)) for window in cut(music, 3.0)]
        np.testing.assert_array_equal(known.compute(Signal(music)), np.mean(windows, axis=0))


def test_tags_are_shares_under_the_names_of_the_public_table(music):
    values = TAGS.compute(Signal(music))
    assert ((values > 0) & (values < 1)).all()
    assert len(set(TAGS.columns)) == 50
    assert {"tag_rock", "tag_hip_hop", "tag_80s", "tag_female_vocalists"} <= set(TAGS.columns)


@settings(max_examples=25)
@given(n=st.integers(SAMPLE_RATE_HZ // 2, 7 * SAMPLE_RATE_HZ))
def test_patches_are_whole_stretches_or_the_short_signal_itself(music, n):
    cut_up = cut_patches(music[:n])
    assert len(cut_up) == max(1, n // (3 * SAMPLE_RATE_HZ))
    assert all(len(patch) == min(n, 3 * SAMPLE_RATE_HZ) for patch in cut_up)
    seen = log_mel(cut_up[0])
    assert seen.shape == (N_FRAMES, N_MELS)
    assert np.isfinite(seen).all()


def test_a_short_window_is_filled_by_repetition(music):
    seen, n_frames = log_mel(music[:SAMPLE_RATE_HZ]), 1 + 16_000 // 256
    np.testing.assert_array_equal(seen[n_frames : 2 * n_frames], seen[:n_frames])


@settings(max_examples=25)
@given(hertz=st.floats(50, 7000), n=st.integers(2000, 30_000))
def test_a_tone_keeps_its_pitch_and_level_at_16_khz(hertz, n):
    resampled = resample(np.sin(2 * np.pi * hertz * np.arange(n) / SAMPLE_RATE_HZ).astype(np.float32))
    expected = np.sin(2 * np.pi * hertz * np.arange(len(resampled)) / 16_000)
    assert len(resampled) == -(-n * 320 // 441)
    inside = slice(64, -64)  # the filter's reach
    np.testing.assert_allclose(resampled[inside], expected[inside], atol=2e-3)


def test_what_16_khz_cannot_hold_is_filtered_out():
    tone = np.sin(2 * np.pi * 9000 * np.arange(20_000) / SAMPLE_RATE_HZ).astype(np.float32)
    assert np.abs(resample(tone)[64:-64]).max() < 1e-3


def test_a_combination_has_the_columns_of_both_once(music):
    signal = Signal(music[: 3 * SAMPLE_RATE_HZ])
    both = get_feature_set("spectral-v1+spectral-stats4+musicnn-msd-v1")
    values = dict(zip(both.columns, both.compute(signal), strict=True))
    for name in ("spectral-v1", "spectral-stats4", "musicnn-msd-v1"):
        part = FEATURE_SETS[name]
        alone = dict(zip(part.columns, part.compute(signal), strict=True))
        assert {column: values[column] for column in alone} == pytest.approx(alone)


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ("spectral-v1+mfcc-frames-v1", "'mfcc-frames-v1' has one row a frame"),
        ("spectral-v1+musicnn-msd-v1+spectral-v1", "joins 'spectral-v1' with itself: name each"),
        ("spectral-v1+nothing", "no feature set 'nothing'"),
        ("spectral-v1+", "no feature set ''"),
    ],
)
def test_what_cannot_be_combined_is_refused(features, told):
    with pytest.raises(InputError, match=told):
        parse_features(features)


@pytest.fixture
def without_weights(monkeypatch):
    monkeypatch.setattr(weights, "weights_folder", lambda: None)
    weights.load_network.cache_clear()
    yield
    weights.load_network.cache_clear()


@pytest.mark.usefixtures("without_weights")
def test_without_its_weights_the_usual_sets_go_without_it(music):
    assert usual_features("mine") == "spectral-v1"
    with pytest.raises(InputError, match=r"pip install --no-deps musicnn==0\.1\.0"):
        parse_features("spectral-v1,musicnn-msd-v1")
    with pytest.raises(InputError, match=r"pip install --no-deps musicnn==0\.1\.0"):
        TAGS.compute(Signal(music[: SAMPLE_RATE_HZ + 1]))


def test_without_the_runtime_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(weights, "find_spec", lambda name: None if name == "onnxruntime" else find(name))
    with pytest.raises(InputError, match=r"onnxruntime, not installed here: .*learned"):
        parse_features("spectral-v1+musicnn-msd-v1")


def test_other_weights_are_refused(monkeypatch, tmp_path):
    for name in (".index", ".data-00000-of-00001"):
        content = (weights.weights_folder() / name).read_bytes()
        (tmp_path / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr(weights, "weights_folder", lambda: tmp_path)
    weights.load_network.cache_clear()
    with pytest.raises(InputError, match=r"are not those of musicnn==0\.1\.0"):
        weights.load_network()


def test_music_of_ones_own_is_compared_on_both_and_together():
    assert usual_features("mine") == "spectral-v1,musicnn-msd-v1,spectral-v1+musicnn-msd-v1"
    assert usual_features(DEMO_DATASET) == "spectral-v1"


def test_what_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / ".data-00000-of-00001").write_bytes(b"")
    (tmp_path / ".index").write_bytes(b"something else" * 10)
    with pytest.raises(ValueError, match="not the index of a TensorFlow checkpoint"):
        checkpoint.read_checkpoint(tmp_path)
