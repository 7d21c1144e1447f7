"""What holds for every feature set, those of the future too, and for the table that documents them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.features
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features import FEATURE_SETS
from pipeline.features.signal import Signal
from pipeline.settings import PROJECT_DIR
from pipeline.sources.demo import render_track

HALF_A_SECOND = SAMPLE_RATE_HZ // 2
THREE_SECONDS = 3 * SAMPLE_RATE_HZ
HOP_LENGTH = 512

each_set = pytest.mark.parametrize("feature_set", FEATURE_SETS.values(), ids=FEATURE_SETS)


def impulse(n_samples):
    return np.eye(1, n_samples, n_samples // 2, dtype=np.float32)[0]


def clipped_square_wave(n_samples):
    return np.sign(np.sin(2 * np.pi * 440 * np.arange(n_samples) / SAMPLE_RATE_HZ)).astype(np.float32)


def white_noise(n_samples):
    return np.random.default_rng(0).uniform(-1, 1, n_samples).astype(np.float32)


def alternating(n_samples):
    return np.resize(np.float32([1, -1]), n_samples)


HARSH = {
    "silence": lambda n_samples: np.zeros(n_samples, dtype=np.float32),
    "constant": lambda n_samples: np.full(n_samples, 0.5, dtype=np.float32),
    "impulse": impulse,
    "square": clipped_square_wave,
    "noise": white_noise,
    "alternating": alternating,
    "barely-above-silence": lambda n_samples: white_noise(n_samples) * np.float32(1e-30),
    "far-above-full-scale": lambda n_samples: white_noise(n_samples) * np.float32(1e4),
}


@pytest.fixture(scope="module")
def music():
    return render_track("rock", 0, duration_s=6.5)


def assert_shaped_and_finite(feature_set, values, n_samples):
    n_columns = len(feature_set.columns)
    if feature_set.is_sequence:
        assert (values.shape, values.dtype) == ((1 + n_samples // HOP_LENGTH, n_columns), np.float32)
        assert values.flags.c_contiguous
    else:
        assert (values.shape, values.dtype) == ((n_columns,), np.float64)
    assert np.isfinite(values).all()


def test_the_default_stays_first():
    assert next(iter(FEATURE_SETS)) == "spectral-v1"


@each_set
def test_a_name_ends_in_a_version(feature_set):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*-v[1-9][0-9]*|spectral-stats4", feature_set.name)


@each_set
def test_columns_are_unique_field_names_that_mean_nothing_else_in_a_segment(feature_set):
    schema = json.loads((PROJECT_DIR / "mongo" / "schema" / "segments.json").read_text(encoding="utf-8"))
    reserved = schema["validator"]["$jsonSchema"]["properties"].keys()
    assert len(set(feature_set.columns)) == len(feature_set.columns)
    assert not set(feature_set.columns) & (reserved | {"genre"})
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in feature_set.columns)


def test_no_two_sets_of_vectors_have_the_same_columns():
    columns = [frozenset(known.columns) for known in FEATURE_SETS.values() if not known.is_sequence]
    assert len(set(columns)) == len(columns)


def test_a_column_of_two_vectors_has_one_value_whichever_set_is_asked(music):
    computed = [
        dict(zip(feature_set.columns, feature_set.compute(Signal(music)), strict=True))
        for feature_set in FEATURE_SETS.values()
        if not feature_set.is_sequence
    ]
    spectral, stats4, gaussian, *_ = computed
    assert {"mfcc1_mean", "rms_mean", "spectral_centroid_mean", "tempo"} <= spectral.keys() & stats4.keys()
    assert "mfcc13_var" in spectral.keys() & gaussian.keys()
    for values in computed:
        shared = values.keys() & spectral.keys()
        assert {name: values[name] for name in shared} == pytest.approx({name: spectral[name] for name in shared})


@each_set
@pytest.mark.parametrize("n_samples", [HALF_A_SECOND, THREE_SECONDS - 1, THREE_SECONDS, 6 * SAMPLE_RATE_HZ])
def test_a_window_of_any_length_has_the_shape_promised(feature_set, n_samples, music):
    assert_shaped_and_finite(feature_set, feature_set.compute(Signal(music[:n_samples])), n_samples)


@settings(max_examples=15)
@given(n_samples=st.integers(HALF_A_SECOND, 6 * SAMPLE_RATE_HZ), start=st.integers(0, HALF_A_SECOND))
def test_any_stretch_of_music_has_finite_values(n_samples, start, music):
    signal = Signal(music[start : start + n_samples])
    for feature_set in FEATURE_SETS.values():
        assert_shaped_and_finite(feature_set, feature_set.compute(signal), n_samples)


@pytest.mark.parametrize("n_samples", [HALF_A_SECOND, THREE_SECONDS])
@pytest.mark.parametrize("sound", HARSH.values(), ids=HARSH)
def test_sounds_that_are_no_music_have_finite_values(sound, n_samples):
    signal = Signal(sound(n_samples))
    for feature_set in FEATURE_SETS.values():
        assert_shaped_and_finite(feature_set, feature_set.compute(signal), n_samples)


@each_set
def test_the_same_samples_give_the_same_values_to_the_last_bit(feature_set, music):
    once, again = (feature_set.compute(Signal(samples)) for samples in (music, music.copy()))
    assert once.tobytes() == again.tobytes()


def test_sets_of_one_signal_do_not_change_what_another_sees(music):
    shared = Signal(music)
    one_after_another = [feature_set.compute(shared) for feature_set in FEATURE_SETS.values()]
    alone = [feature_set.compute(Signal(music)) for feature_set in FEATURE_SETS.values()]
    backwards = [feature_set.compute(shared) for feature_set in reversed(FEATURE_SETS.values())][::-1]
    for values in zip(one_after_another, alone, backwards, strict=True):
        assert len({computed.tobytes() for computed in values}) == 1


@pytest.fixture(scope="module")
def documented():
    return Path(pipeline.features.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_the_table_lists_each_set_with_its_size(documented):
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|", documented, re.MULTILINE)
    assert listed == [
        (name, f"frames × {len(known.columns)}" if known.is_sequence else str(len(known.columns)))
        for name, known in FEATURE_SETS.items()
    ]


def test_each_perceptual_column_is_defined(documented):
    defined = re.findall(r"^\| `(estimated_\w+)` \|", documented, re.MULTILINE)
    assert defined == list(FEATURE_SETS["perceptual-v1"].columns)
