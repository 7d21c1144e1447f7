"""What is told to be unlike the training music: as many false alarms as promised, and no ear for loudness."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.promise import make_population
from pipeline.evaluation import measure_unlike, say_unlike
from pipeline.features import FEATURE_SETS, get_feature_set
from pipeline.features.signal import Signal
from pipeline.models import FittedModel, Unlike, load_unlike, pack_unlike
from pipeline.models.unlike import level_free
from pipeline.store import StageRows
from pipeline.store.runs import start_run

CHAMPION = FittedModel(
    "knn_3", "test-v1", 30.0, "artist", tuple(f"f{i}" for i in range(8)), tuple("abcde"), None, 1, 0.5
)


@pytest.fixture(scope="module")
def measured():
    return measure_unlike(CHAMPION, make_population(400, 2, np.random.default_rng(0)), 0)


def test_one_in_twenty_tracks_by_new_artists_is_called_unlike_and_another_place_always(measured):
    unlike, rows = measured
    new = make_population(2000, 1, np.random.default_rng(1)).X
    assert (unlike.distances(new) > unlike.limit).mean() == pytest.approx(0.05, abs=0.02)
    assert (unlike.distances(new + 20) > unlike.limit).all()
    assert rows["kind"].tolist() == ["known", *["left_out"] * 5]
    assert unlike.false_alarms == rows["noticed"].iloc[0] == pytest.approx(0.05, abs=0.01)
    assert unlike.noticed == pytest.approx(rows["noticed"].iloc[1:].mean())
    assert f"notices {unlike.noticed:.0%}" in say_unlike(unlike)


def test_of_a_handful_of_tracks_nothing_is_told():
    unlike, rows = measure_unlike(CHAMPION, make_population(15, 1, np.random.default_rng(0)), 0)
    assert unlike is None
    assert rows.empty
    assert "Too few" in say_unlike(unlike)


def test_it_comes_back_from_mongodb_as_it_was(measured, database):
    run = start_run(database, "unlike", {})
    assert load_unlike(run, CHAMPION) is None
    run.record("holdout", StageRows(models=[pack_unlike(measured[0], CHAMPION)]))
    X = make_population(50, 1, np.random.default_rng(2)).X
    loaded = load_unlike(run, CHAMPION)
    np.testing.assert_array_equal(loaded.distances(X), measured[0].distances(X))
    assert (loaded.limit, loaded.noticed) == (measured[0].limit, measured[0].noticed)
    assert load_unlike(run, replace(CHAMPION, features=("other",))) is None


@pytest.mark.parametrize(
    "name", ["spectral-v1", "spectral-stats4", "mfcc-gaussian-v1", "mfcc-frames-v1", "melspec-frames-v1"]
)
def test_the_same_song_12_db_louder_lies_where_it_lay(name):
    rng = np.random.default_rng(0)
    t = np.arange(3 * 22_050) / 22_050
    y = 0.05 * (np.sin(440 * t * 2 * np.pi) * (1 + np.sin(4 * t)) + 0.3 * rng.standard_normal(len(t)))
    songs = [get_feature_set(name).compute(Signal((gain * y).astype(np.float32))) for gain in (1.0, 4.0)]
    songs = np.array([song if song.ndim == 1 else song.mean(axis=0) for song in songs], dtype=float)
    values = songs[0] * rng.normal(1, 0.3, (60, songs.shape[1]))
    unlike = Unlike.fit(values, np.arange(60) % 3, level_free(FEATURE_SETS[name].columns, FEATURE_SETS[name].level))
    quiet, loud = unlike.distances(songs)
    assert loud == pytest.approx(quiet, rel=0.01)
