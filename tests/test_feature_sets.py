"""Several feature sets of the same windows: vectors for models, sequences beside them."""

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.catalogue import catalogue, extracted_windows
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.evaluation import load_samples, of_main_set, reading
from pipeline.evaluation.reading import read_sequences
from pipeline.extract import extract, parse_features, settle
from pipeline.features import FEATURE_SETS, FeatureSet
from pipeline.quality import check_quality
from pipeline.report import assemble_exports
from pipeline.report.segment_rows import segment_rows
from pipeline.report.sheet.facts import count_rows
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from pipeline.stages.extract import ExtractOptions
from pipeline.stages.extract import extract as extract_stage
from pipeline.store import count_segments, find_run, open_run, read_frames, read_segments, read_track_means
from pipeline.store.datasets import begin_segments, finish_segments
from pipeline.store.frames import frame_fields

DATASET = "feature-sets"
VECTORS = "peak-v1"
FRAMES = "tiny-frames-v1"
TRACKS = [f"{genre}/{n}.wav" for genre in ("jazz", "rock") for n in range(4)]


class Recorder:
    """Two small feature sets that remember the signals they were asked about."""

    def __init__(self):
        self.signals = []
        self.loudest = 1.0

    def peak(self, signal) -> np.ndarray:
        self.signals.append(signal)
        return np.array([signal.rms.mean(), np.abs(signal.y).max()], dtype=np.float64)

    def frames(self, signal) -> np.ndarray:
        self.signals.append(signal)
        return self.loudest * np.vstack([signal.rms, signal.zero_crossing_rate]).T.astype(np.float32)


@pytest.fixture(scope="module")
def sets():
    """Register a set of vectors and one of sequences; of the first, one column is called as one of spectral-v1."""
    recorder = Recorder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FEATURE_SETS, VECTORS, FeatureSet(VECTORS, ("rms_mean", "peak"), recorder.peak))
        patch.setitem(FEATURE_SETS, FRAMES, FeatureSet(FRAMES, ("rms", "crossings"), recorder.frames, "frames"))
        yield recorder


def run(database, *names, windows_s=(3.0, 1.5), dataset=DATASET):
    return extract(database, dataset, windows_s=windows_s, feature_sets=names, jobs=1)


def write_music(root):
    for i, name in enumerate(TRACKS):
        (root / name).parent.mkdir(exist_ok=True)
        samples = render_track(name.split("/")[0], i, duration_s=3.2)
        soundfile.write(root / name, samples, SAMPLE_RATE_HZ)
    return root


@pytest.fixture(scope="module")
def extracted(database, sets, tmp_path_factory):
    root = write_music(tmp_path_factory.mktemp("music"))
    catalogue(database, DATASET, audio=str(root), settings=get_settings())
    report = run(database, VECTORS, "spectral-v1", FRAMES)
    settle(database, DATASET, holdout=0.0, seed=0)
    return report, list(sets.signals)


def test_every_set_has_its_segments_of_every_window(extracted, database):
    report, _ = extracted
    n = {3: len(TRACKS), 1.5: 2 * len(TRACKS)}
    expected = {f"{name}/{w:g}": n[w] for name in (VECTORS, "spectral-v1", FRAMES) for w in (3, 1.5)}
    assert count_segments(database, DATASET) == expected
    assert report.n_segments == sum(expected.values())
    assert database["datasets"].find_one({"dataset": DATASET})["feature_sets"] == [VECTORS, "spectral-v1", FRAMES]


def test_all_sets_of_a_window_look_at_one_signal(extracted):
    _, signals = extracted
    assert len(signals) == 2 * 3 * len(TRACKS)
    assert len({id(signal) for signal in signals}) == len(signals) / 2


def test_frames_come_back_as_halves_in_order(extracted, database):
    found = list(read_frames(database, DATASET, FRAMES, 1.5))
    assert [(track_id, start_s) for track_id, start_s, _ in found] == [(t, s) for t in TRACKS for s in (0.0, 1.5)]
    _, signals = extracted
    asked = [signal for signal in dict.fromkeys(signals) if len(signal.y) == 33_075]
    for (_, _, frames), signal in zip(found, asked, strict=True):
        expected = np.vstack([signal.rms, signal.zero_crossing_rate]).T.astype(np.float16)
        assert frames.dtype == np.float16
        assert np.array_equal(frames, expected)


def test_sequences_are_nothing_that_a_model_sees(extracted, database):
    assert extracted_windows(database, DATASET) == {VECTORS: [3.0, 1.5], "spectral-v1": [3.0, 1.5]}
    samples = load_samples(database, DATASET)
    assert [(s.feature_set, s.window_s, len(s.features)) for s in samples] == [
        (VECTORS, 3.0, 2), (VECTORS, 1.5, 2), ("spectral-v1", 3.0, 57), ("spectral-v1", 1.5, 57),
    ]  # fmt: skip
    assert [s.window_s for s in of_main_set(samples)] == [3.0, 1.5]
    assert {s.feature_set for s in of_main_set(samples)} == {VECTORS}


def test_sequences_come_after_all_vectors_where_a_model_takes_them(extracted, database):
    vectors, everything = load_samples(database, DATASET, ["knn_3"]), load_samples(database, DATASET, ["knn_3", "lstm"])
    assert [(s.kind, s.feature_set, s.window_s) for s in everything] == [
        *((s.kind, s.feature_set, s.window_s) for s in vectors), ("frames", FRAMES, 3.0), ("frames", FRAMES, 1.5),
    ]  # fmt: skip
    found = everything[-1]
    assert (found.features, found.means_only()) == (("rms", "crossings"), None)
    assert {s.feature_set for s in of_main_set(everything)} == {VECTORS}
    stored = list(read_frames(database, DATASET, FRAMES, 1.5))
    assert found.rows[["track_id", "start_s"]].to_numpy().tolist() == [key for *key, _ in stored]
    assert found.X.dtype == np.float16
    assert np.array_equal(found.X, np.array([frames for *_, frames in stored]))
    same_windows = next(s for s in vectors if s.window_s == 1.5)
    pd.testing.assert_frame_equal(found.rows, same_windows.rows)


def test_sequences_are_cut_to_the_shortest(extracted, database):
    of_one = {"dataset": DATASET, "feature_set": FRAMES, "window_s": 3.0, "track_id": TRACKS[2]}
    before = database["segments"].find_one(of_one)
    short = np.frombuffer(before["frames"], "<f2").reshape(-1, 2)[:-5]
    begin_segments(database, DATASET)
    database["segments"].update_one(of_one, {"$set": frame_fields(short)})
    try:
        found = read_sequences(database, DATASET, FRAMES, 3.0)
    finally:
        database["segments"].replace_one({"_id": before["_id"]}, before)
        finish_segments(database, DATASET)
    X = found.values.read()
    assert X.shape == (len(TRACKS), len(short), 2)
    assert np.array_equal(X[list(found.identity["track_id"]).index(TRACKS[2])], short)


def test_sequences_that_take_too_much_memory_are_refused_before_it_is_taken(extracted, database, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"the 8 3-second sequences of 'tiny-frames-v1' would take .* GiB"):
        load_samples(database, DATASET, ["lstm"])


def test_vectors_are_no_frames_and_what_there_is_not_is_said(extracted, database):
    with pytest.raises(InputError, match=r"3-second segments of 'spectral-v1' hold no frames, but one vector each"):
        next(read_frames(database, DATASET, "spectral-v1", 3.0))
    with pytest.raises(InputError, match=r"no 10-second segments of 'tiny-frames-v1': run 02_extract"):
        next(read_frames(database, DATASET, FRAMES, 10.0))


def test_features_of_all_vector_sets_are_exported_and_a_cell_is_empty_where_a_set_has_no_such_column(
    extracted, database
):
    segments = assemble_exports(open_run(database, DATASET))["features"]
    features = segments.take(np.arange(len(segments)))
    assert dict(features["feature_set"].value_counts()) == {VECTORS: 24, "spectral-v1": 24}
    mine = features["feature_set"] == VECTORS
    assert features.loc[mine, ["rms_mean", "peak"]].notna().all(axis=None)
    assert features.loc[mine, "tempo"].isna().all()
    assert features.loc[~mine, "peak"].isna().all()
    assert features.loc[~mine, ["rms_mean", "tempo"]].notna().all(axis=None)


def test_quality_is_that_of_the_main_set(extracted, database):
    checks = check_quality(database, DATASET).set_index("check")["detail"]
    assert "all 2 features vary over 8 segments" in checks["constant_features_3s"]
    assert sum(name.startswith("constant_features") for name in checks.index) == 2


def test_a_set_asked_for_later_is_added_without_computing_the_first_again(database, sets, tmp_path):
    name = f"{DATASET}-later"
    catalogue(database, name, audio=str(write_music(tmp_path)), settings=get_settings())
    run(database, VECTORS, windows_s=[3.0], dataset=name)
    first = list(database["segments"].find({"dataset": name}).sort("_id"))
    sets.signals.clear()
    report = run(database, VECTORS, FRAMES, windows_s=[3.0], dataset=name)
    assert (report.n_extracted, report.n_segments) == (len(TRACKS), len(TRACKS))
    assert len(sets.signals) == len(TRACKS)
    vectors = {"dataset": name, "feature_set": VECTORS}
    assert list(database["segments"].find(vectors).sort("_id")) == first
    assert run(database, FRAMES, windows_s=[3.0], dataset=name).n_extracted == 0
    assert extracted_windows(database, name) == {}
    with pytest.raises(InputError, match="no segments yet, or none that are one vector each"):
        load_samples(database, name)


def test_frames_too_large_for_a_half_are_a_reject_and_no_infinity(database, sets, tmp_path, monkeypatch):
    name = f"{DATASET}-loud"
    monkeypatch.setattr(sets, "loudest", 1e9)
    catalogue(database, name, audio=str(write_music(tmp_path)), settings=get_settings())
    report = run(database, VECTORS, FRAMES, windows_s=[1.5], dataset=name)
    assert report.n_segments == 2 * len(TRACKS)
    assert [(reject.reason, reject.window_s) for reject in report.new_rejects] == [("not_finite", 1.5)] * len(TRACKS)
    assert report.new_rejects[0].detail == "rms of the window at 0 s is not finite"
    assert len(read_segments(database, name, VECTORS, 1.5)) == 2 * len(TRACKS)


@given(arrays(np.float16, st.tuples(st.integers(0, 20), st.integers(1, 6)), elements=st.floats(-6e4, 6e4, width=16)))
def test_frames_survive_being_stored_to_the_last_bit(frames):
    fields = frame_fields(frames)
    assert len(fields["frames"]) == 2 * frames.size
    again = np.frombuffer(fields["frames"], dtype="<f2").reshape(-1, fields["frame_columns"])
    assert again.shape == (fields["n_frames"], fields["frame_columns"])
    assert again.tobytes() == frames.tobytes()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("spectral-v1", ["spectral-v1"]),
        (f"{FRAMES},spectral-v1", [FRAMES, "spectral-v1"]),
        (f" {VECTORS} , spectral-v1,,{VECTORS}", [VECTORS, "spectral-v1"]),
    ],
)
def test_feature_sets_are_read_in_the_order_given_and_each_once(sets, text, names):
    assert parse_features(text) == names


@pytest.mark.parametrize("text", ["", ",", "spectral", "spectral-v1;peak-v1", "spectral-v1,SPECTRAL-V1"])
def test_feature_sets_that_there_are_not_are_refused_naming_those_there_are(text):
    with pytest.raises(InputError, match=r"--features .*there are: spectral-v1"):
        parse_features(text)


def test_a_combination_is_read_from_its_parts_and_stored_nowhere(sets, database, tmp_path):
    name, both = "combined", f"spectral-v1+{VECTORS}"
    catalogue(database, name, audio=str(write_music(tmp_path)), settings=get_settings())
    run(database, both, VECTORS, dataset=name)
    settle(database, name, holdout=0.0, seed=0)
    stored = {f"{part}/{w:g}" for part in ("spectral-v1", VECTORS) for w in (3, 1.5)}
    assert count_segments(database, name).keys() == stored
    assert extracted_windows(database, name) == {both: [3.0, 1.5], VECTORS: [3.0, 1.5]}
    combined, alone = load_samples(database, name)[0], load_samples(database, name)[2]
    assert (combined.feature_set, combined.features[-1], len(combined.features)) == (both, "peak", 58)
    peaks = combined.X[:, -1]
    assert np.array_equal(peaks, alone.X[:, alone.features.index("peak")])
    assert [*combined.rows["track_id"]] == [*alone.rows["track_id"]]
    means = read_track_means(database, name, both, 1.5, ["peak", "tempo"])
    windows = read_segments(database, name, both, 1.5)
    expected = windows.groupby("track_id")[["peak", "tempo"]].mean().reset_index()
    pd.testing.assert_frame_equal(means, expected)
    assert run(database, both, VECTORS, dataset=name).n_segments == 0


def test_of_a_combination_alone_the_parts_are_exported_and_its_rows_counted(sets, database, tmp_path):
    name, both = "combined-alone", f"spectral-v1+{VECTORS}"
    catalogue(database, name, audio=str(write_music(tmp_path)), settings=get_settings())
    run(database, both, dataset=name)
    settle(database, name, holdout=0.0, seed=0)
    stored, counted = count_segments(database, name), count_rows(find_run(database, name, may_be_new=True))
    assert counted == {(both, w): stored[f"{VECTORS}/{w:g}"] for w in (3.0, 1.5)}
    exported = segment_rows(database, name, "a run")
    assert {*exported.features} == {"spectral-v1", VECTORS}
    assert len(exported.take(np.arange(len(exported)))) == sum(stored.values())


def test_music_of_ones_own_gets_learned_features_beside_the_others(database, tmp_path):
    run = find_run(database, "usual-sets", may_be_new=True)
    catalogue(database, run.dataset, audio=str(write_music(tmp_path)), settings=get_settings())
    extracted = extract_stage(run, ExtractOptions(windows="3", jobs=1))
    assert extracted.n_segments == {"musicnn-msd-v1/3": len(TRACKS), "spectral-v1/3": len(TRACKS)}
    known = database["datasets"].find_one({"dataset": run.dataset})
    assert known["feature_sets"] == ["spectral-v1", "musicnn-msd-v1", "spectral-v1+musicnn-msd-v1"]
