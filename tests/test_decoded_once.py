"""A file is decoded once a pass, and a window transformed once, however many feature sets are asked for."""

from collections import Counter

import pytest
import soundfile

from pipeline import audio
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.extract.analyse import analyse
from pipeline.features import signal
from pipeline.sources.demo import render_track

WINDOWS_S = (6.0, 3.0)
SETS = ("spectral-v1", "mfcc-gaussian-v1", "mfcc-frames-v1")


@pytest.fixture
def counted(monkeypatch):
    """Count what is done, and let it be done."""
    counts: Counter[str] = Counter()

    def count(room, name):
        done = getattr(room, name)

        def counting(*args):
            counts[name] += 1
            return done(*args)

        monkeypatch.setattr(room, name, counting)

    count(audio, "read_middle")
    count(signal, "transform")
    return counts


def measure(root, extracted, feature_sets=SETS):
    track = {"track_id": "a.wav", "path": "a.wav", "pieces": None, "extracted": extracted, "status": "ready"}
    return analyse(root, track, feature_sets, WINDOWS_S)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    soundfile.write(folder / "a.wav", render_track("rock", 0, duration_s=6.0), SAMPLE_RATE_HZ)
    return folder


def test_all_sets_and_windows_share_one_decoding_and_each_windows_transform(root, counted):
    outcome = measure(root, [])
    assert len(outcome.segments) == len(SETS) * (1 + 2)
    assert counted == {"read_middle": 1, "transform": 1 + 2}


def test_a_set_that_is_added_later_costs_one_decoding_and_nothing_that_is_in_already(root, counted):
    first = measure(root, [], SETS[:1])
    added = measure(root, [f"{name}/{window_s:g}" for name, window_s in first.finished])
    assert {segment["feature_set"] for segment in added.segments} == set(SETS[1:])
    assert counted == {"read_middle": 2, "transform": 2 * (1 + 2)}
