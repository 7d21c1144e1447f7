"""Neighbours, unusual features and novelty: what they are defined to be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from pipeline.listen.answer import Answer
from pipeline.listen.heard import hear
from pipeline.listen.judge import load_judge, newest_champion
from pipeline.listen.reference import Reference

from ..web.conftest import RATE_HZ, encoded


def make_reference(n: int, p: int, seed: int) -> Reference:
    rng = np.random.default_rng(seed)
    names = [f"t{i}" for i in range(n)]
    tracks = pd.DataFrame({"track_id": names, "genre": np.where(np.arange(n) % 2, "jazz", "rock"), "artist": None,
                           "title": None})  # fmt: skip
    return Reference.of(tracks, tuple(f"f{i}" for i in range(p)), rng.normal(3, [1 + i for i in range(p)], (n, p)))


@given(st.integers(6, 60), st.integers(1, 8), st.integers(0, 1000))
def test_the_nearest_tracks_are_those_of_scikit_learn(n, p, seed):
    reference = make_reference(n, p, seed)
    song = np.random.default_rng(seed + 1).normal(3, 2, p)
    places = (reference.values - reference.centre) / reference.scale
    distances, order = (
        NearestNeighbors(n_neighbors=5).fit(places).kneighbors([(song - reference.centre) / reference.scale])
    )
    nearest = reference.nearest(song)
    assert [track.track_id for track in nearest] == [f"t{i}" for i in order[0]]
    assert [track.distance for track in nearest] == pytest.approx(list(distances[0] / np.sqrt(p)))


def test_a_feature_is_unusual_where_nine_in_ten_tracks_of_the_genre_stay_clear_of_it():
    reference = make_reference(100, 4, 0)
    song = np.median(reference.values, axis=0)
    assert reference.unusual(song, "jazz") == ()
    song[2] += 20 * reference.scale[2]
    song[1] -= 5 * reference.scale[1]
    far, near = reference.unusual(song, "jazz")
    assert (far.feature, near.feature) == ("f2", "f1")
    assert far.deviations > 15
    assert near.deviations < -4
    assert near.value < near.low < near.median < near.high
    assert far.n_tracks == 50
    assert reference.unusual(song, "polka") == ()


@pytest.fixture(scope="module")
def judged(songs) -> Callable[[Path], Answer]:
    judge = load_judge(newest_champion(songs.database, songs.dataset))
    return lambda path: judge.answer(hear(path, judge.wanted))


@pytest.mark.parametrize("sound", ["noise", "sine"])
def test_noise_and_a_sine_are_unlike_all_music(judged, tmp_path, sound):
    t = np.arange(30 * RATE_HZ) / RATE_HZ
    samples = np.sin(2 * np.pi * 440 * t) if sound == "sine" else np.random.default_rng(0).uniform(-1, 1, len(t))
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(samples))
    assert judged(path).is_novel


def test_no_track_of_the_corpus_is_unlike_all_music(songs, judged):
    held = songs.database["tracks"].distinct("track_id", {"holdout": True})
    novel = [track_id for track_id in held if judged(songs.path(track_id=track_id)).is_novel]
    assert len(novel) <= 1, "the rule lets one in a hundred training tracks pass for novel"
    known = judged(songs.path(holdout=False))
    assert known.is_known
    assert not known.is_novel
