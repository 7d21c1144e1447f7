"""A folder as people have it, good files and bad, becomes segments and rejects, once."""

import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue import catalogue
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.extract import extract, local, parse_windows, settle, write
from pipeline.extract.batch import TRACK_FIELDS, Batch, Job, make_batches, work
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from pipeline.store import read_segments
from pipeline.store.connection import Address, address_of
from tests.threads_probe import work_and_tell

DATASET = "test-extract"
SMALL = "test-extract-small"
SPECTRAL = get_feature_set("spectral-v1")

SEGMENTS_OF_3_S = {
    "jazz/Ünï cødé (live) – 曲.flac": 2,
    "jazz/44100 stereo.wav": 1,
    "jazz/album 1/cd 2/take.Ogg": 1,
    "jazz/decomposed é.wav": 1,
    "jazz/half silent.wav": 2,
    "rock/a.WAV": 2,
    "rock/a.au": 1,
    "rock/a.aiff": 1,
    "rock/copy of a.flac": 2,
    "rock/broken off.mp3": 1,
    "rock/m.Mp3": 1,
    "rock/almost thirty.wav": 9,
    "rock/twelve.wav": 4,
}
WHY_NOT = {
    "jazz/empty.wav": "empty",
    "jazz/silent.wav": "silent",
    "jazz/nan.wav": "not_finite",
    "jazz/huge.wav": "out_of_range",
    "jazz/lyrics.wav": "undecodable",
    "jazz/broken off.flac": "undecodable",
}


def write_music(root):
    def write(name, samples, rate_hz=SAMPLE_RATE_HZ, **options):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate_hz, **options)
        return path

    def break_off(name, samples, share):
        whole = write(name, samples).read_bytes()
        (root / name).write_bytes(whole[: round(share * len(whole))])

    rock, jazz = (render_track(genre, 0, duration_s=30.0) for genre in ("rock", "jazz"))
    first = (rock[: 6 * SAMPLE_RATE_HZ] * 32767).astype(np.int16)
    songs = (render_track("jazz", number, duration_s=3.3) for number in range(1, 6))
    short = iter([jazz[: round(3.3 * SAMPLE_RATE_HZ)], *songs])
    write("rock/a.WAV", first)
    write("rock/copy of a.flac", first)
    write("rock/a.au", next(short))
    write("rock/a.aiff", next(short), subtype="PCM_24")
    write("rock/m.Mp3", next(short))
    write("rock/twelve.wav", jazz[: 12 * SAMPLE_RATE_HZ])
    write("rock/almost thirty.wav", rock[: round(29.99 * SAMPLE_RATE_HZ)])
    write("rock/second.wav", rock[:SAMPLE_RATE_HZ])
    break_off("rock/broken off.mp3", rock[: 8 * SAMPLE_RATE_HZ], 0.6)
    write("jazz/Ünï cødé (live) – 曲.flac", rock[-round(6.5 * SAMPLE_RATE_HZ) :])
    write("jazz/album 1/cd 2/take.Ogg", next(short))
    write("jazz/44100 stereo.wav", next(short).repeat(2)[:, None] * [1, 0.5], 44_100)
    write(unicodedata.normalize("NFD", "jazz/decomposed é.wav"), next(short))
    write("jazz/half silent.wav", np.pad(jazz[: 3 * SAMPLE_RATE_HZ], (0, 3 * SAMPLE_RATE_HZ)))
    write("jazz/silent.wav", np.zeros(4 * SAMPLE_RATE_HZ))
    write("jazz/nan.wav", np.where(np.arange(80_000) == 7, np.nan, 0.1), subtype="FLOAT")
    write("jazz/huge.wav", jazz[: 4 * SAMPLE_RATE_HZ] * 1e25, subtype="FLOAT")
    break_off("jazz/broken off.flac", jazz[: 8 * SAMPLE_RATE_HZ], 0.01)  # in its first frame
    (root / "jazz" / "empty.wav").write_bytes(b"")
    (root / "jazz" / "lyrics.wav").write_text("la la la " * 1000)
    write("jazz/.hidden.wav", rock[: 4 * SAMPLE_RATE_HZ])
    return root


def run(database, dataset, *, jobs=1, windows_s=(30.0, 3.0)):
    return extract(database, dataset, windows_s=windows_s, feature_sets=["spectral-v1"], jobs=jobs)


def tracks(database, dataset=DATASET):
    return {track["track_id"]: track for track in database["tracks"].find({"dataset": dataset})}


def rejects(database, dataset=DATASET):
    found = database["rejects"].find({"dataset": dataset})
    return {(reject["path"], reject["window_s"]): reject["reason"] for reject in found}


def segment_counts(database, window_s, dataset=DATASET):
    counts = {}
    for segment in database["segments"].find({"dataset": dataset, "window_s": window_s}):
        counts[segment["track_id"]] = counts.get(segment["track_id"], 0) + 1
    return counts


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    return write_music(tmp_path_factory.mktemp("music"))


@pytest.fixture(scope="module")
def first_run(database, music):
    catalogue(database, DATASET, audio=str(music), settings=get_settings())
    return run(database, DATASET, jobs=2)


@pytest.fixture
def small(database, tmp_path):
    """Return a folder of two short files, catalogued but not extracted."""
    for name in database.list_collection_names():
        database[name].delete_many({"dataset": SMALL})
    for genre in ("rock", "jazz"):
        (tmp_path / genre).mkdir()
        soundfile.write(tmp_path / genre / "a.wav", render_track(genre, 0, duration_s=3.5), SAMPLE_RATE_HZ)
    catalogue(database, SMALL, audio=str(tmp_path), settings=get_settings())
    return tmp_path


def test_every_good_file_gives_the_whole_segments_it_has(first_run, database):
    assert segment_counts(database, 3.0) == SEGMENTS_OF_3_S
    assert segment_counts(database, 30.0) == {"rock/almost thirty.wav": 1}


def test_every_bad_file_is_a_reject_with_its_reason_and_the_run_goes_on(first_run, database):
    whole_files = {path: reason for (path, window_s), reason in rejects(database).items() if window_s is None}
    assert whole_files == WHY_NOT
    status = {name: track["status"] for name, track in tracks(database).items()}
    assert {name for name in status if status[name] == "rejected"} == {*WHY_NOT, "rock/second.wav"}
    assert {name for name in status if status[name] == "ready"} == set(SEGMENTS_OF_3_S)


def test_a_file_below_one_window_is_a_reject_for_that_window_only(first_run, database):
    by_window = {key: reason for key, reason in rejects(database).items() if key[1] is not None}
    expected = {(name, 30.0): "too_short" for name in SEGMENTS_OF_3_S if name != "rock/almost thirty.wav"}
    expected |= {("rock/second.wav", window_s): "too_short" for window_s in (30.0, 3.0)}
    assert by_window == expected


def test_the_report_counts_tracks_segments_and_rejects(first_run):
    assert (first_run.n_extracted, first_run.n_done_before) == (20, 0)
    assert first_run.n_segments == sum(SEGMENTS_OF_3_S.values()) + 1
    assert first_run.n_rejected_files == len(WHY_NOT) + 1
    assert "extracted 20 tracks into 29 segments" in str(first_run)
    assert "7 rejected in all; new: 6 rejects of files, 14 for one window length" in str(first_run)


def test_segments_hold_the_features_of_their_own_stretch_of_the_file(first_run, database, music):
    found = read_segments(database, DATASET, "spectral-v1", 3.0).query("track_id == 'rock/twelve.wav'")
    assert found["start_s"].tolist() == [0, 3, 6, 9]
    assert found["length"].tolist() == [66_150] * 4
    assert list(found.columns[3:]) == list(SPECTRAL.columns)
    samples, _ = soundfile.read(music / "rock" / "twelve.wav", dtype="float32")
    expected = SPECTRAL.compute(Signal(samples[132_300:198_450]))
    assert np.allclose(found.iloc[2, 3:].to_numpy(dtype=float), expected, rtol=1e-6)


def test_tracks_know_what_their_file_is_like(first_run, database):
    found = tracks(database)
    stereo, broken = found["jazz/44100 stereo.wav"], found["rock/broken off.mp3"]
    assert (stereo["sample_rate_hz"], stereo["channels"]) == (44_100, 2)
    assert stereo["duration_s"] == pytest.approx(3.3, abs=0.05)
    assert 3 < broken["duration_s"] < 6  # not the 8 s that its header tells of
    assert found["rock/almost thirty.wav"]["extracted"] == ["spectral-v1/30", "spectral-v1/3"]


def test_copies_and_other_cuts_of_a_recording_are_marked_and_held_out_with_their_original(first_run, database):
    settled = settle(database, DATASET, holdout=0.3, seed=0)
    assert (settled.n_tracks, settled.n_duplicates) == (13, 3)
    found = tracks(database)
    copies = {name: track["duplicate_of"] for name, track in found.items() if track["duplicate_of"]}
    assert copies == {
        "rock/copy of a.flac": "rock/a.WAV",
        "rock/a.au": "jazz/half silent.wav",  # they begin with the same three seconds
        "rock/twelve.wav": "jazz/half silent.wav",
    }
    assert all(found[copy]["holdout"] == found[original]["holdout"] for copy, original in copies.items())
    assert sum(bool(found[name]["holdout"]) for name in SEGMENTS_OF_3_S) == settled.n_holdout > 0
    assert "(3 exactly)" in str(settled)
    cuts_of_rock = ("a.WAV", "copy of a.flac", "almost thirty.wav", "broken off.mp3")
    assert {name: track["same_recording_as"] for name, track in found.items() if track["same_recording_as"]} == {
        **{f"rock/{cut}": "jazz/Ünï cødé (live) – 曲.flac" for cut in cuts_of_rock},
        **{f"rock/{cut}": "jazz/half silent.wav" for cut in ("a.au", "twelve.wav")},
    }
    assert "6 hold the recording of another one" in str(settled)


def test_a_second_run_extracts_nothing_and_says_so(first_run, database, music):
    before = list(database["segments"].find({"dataset": DATASET}).sort("_id"))
    report = catalogue(database, DATASET, audio=str(music), settings=get_settings())
    assert (report.n_new, report.n_changed) == (0, 0)
    again = run(database, DATASET, jobs=2)
    assert (again.n_extracted, again.n_segments, again.new_rejects) == (0, 0, [])
    assert again.n_rejected_files == first_run.n_rejected_files
    assert str(again).startswith("nothing to extract: 20 tracks were done already")
    assert list(database["segments"].find({"dataset": DATASET}).sort("_id")) == before


def test_a_changed_file_alone_is_extracted_again(small, database):
    run(database, SMALL)
    before = read_segments(database, SMALL, "spectral-v1", 3.0)
    soundfile.write(small / "rock" / "a.wav", render_track("metal", 1, duration_s=6.2), SAMPLE_RATE_HZ)
    catalogue(database, SMALL, settings=get_settings())
    report = run(database, SMALL)
    assert (report.n_extracted, report.n_done_before) == (1, 1)
    after = read_segments(database, SMALL, "spectral-v1", 3.0)
    assert after["track_id"].tolist() == ["jazz/a.wav", "rock/a.wav", "rock/a.wav"]
    assert after.iloc[0].equals(before.iloc[0])
    assert after.loc[1, "rms_mean"] != before.loc[1, "rms_mean"]


def test_a_mended_file_is_a_reject_no_more_and_a_broken_one_leaves_no_segments(small, database):
    good = (small / "rock" / "a.wav").read_bytes()
    (small / "rock" / "a.wav").write_bytes(b"no audio")
    catalogue(database, SMALL, settings=get_settings())
    assert run(database, SMALL, windows_s=[3.0]).n_rejected_files == 1
    assert rejects(database, SMALL) == {("rock/a.wav", None): "undecodable"}
    (small / "rock" / "a.wav").write_bytes(good)
    (small / "jazz" / "a.wav").write_bytes(b"")
    catalogue(database, SMALL, settings=get_settings())
    assert run(database, SMALL, windows_s=[3.0]).n_rejected_files == 1
    assert rejects(database, SMALL) == {("jazz/a.wav", None): "empty"}
    assert segment_counts(database, 3.0, SMALL) == {"rock/a.wav": 1}


def test_a_file_that_could_not_be_read_is_tried_again_next_time(small, database):
    path = small / "rock" / "a.wav"
    shutil.move(path, small / "away")
    assert run(database, SMALL, windows_s=[3.0]).n_rejected_files == 1
    assert rejects(database, SMALL) == {("rock/a.wav", None): "unreadable"}
    shutil.move(small / "away", path)
    report = run(database, SMALL, windows_s=[3.0])
    assert (report.n_extracted, report.n_rejected_files) == (1, 0)
    assert rejects(database, SMALL) == {}
    assert segment_counts(database, 3.0, SMALL) == {"rock/a.wav": 1, "jazz/a.wav": 1}


def test_another_window_is_added_without_computing_the_first_again(small, database):
    run(database, SMALL, windows_s=[3.0])
    first = list(database["segments"].find({"dataset": SMALL}).sort("_id"))
    report = run(database, SMALL, windows_s=[3.0, 1.5])
    assert (report.n_extracted, report.n_segments) == (2, 4)
    assert list(database["segments"].find({"dataset": SMALL, "window_s": 3.0}).sort("_id")) == first
    assert run(database, SMALL, windows_s=[1.5]).n_extracted == 0


def test_a_run_stopped_between_segments_and_track_leaves_the_track_to_be_done(small, database, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "_voucher", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(database, SMALL)
    monkeypatch.undo()
    assert segment_counts(database, 3.0, SMALL) == {"jazz/a.wav": 1}
    assert tracks(database, SMALL)["jazz/a.wav"]["status"] == "catalogued"
    report = run(database, SMALL)
    assert (report.n_extracted, report.n_done_before) == (2, 0)
    assert segment_counts(database, 3.0, SMALL) == {"jazz/a.wav": 1, "rock/a.wav": 1}
    assert {track["status"] for track in tracks(database, SMALL).values()} == {"ready"}


def test_workers_compute_on_one_thread_each(small, database, monkeypatch):
    monkeypatch.setattr(local, "work_alone", work_and_tell)
    report = run(database, SMALL, jobs=2, windows_s=[3.0])
    assert (report.n_segments, len(report.new_rejects)) == (2, 2)
    for told in report.new_rejects:
        threads = dict(pool.split("=") for pool in told.detail.split(","))
        assert {"numba", "libscipy_openblas"} <= threads.keys()
        assert set(threads.values()) == {"1"}, told.detail


def test_an_audio_folder_that_went_away_is_one_error_and_makes_no_rejects(small, database):
    shutil.move(small, small.with_name("away"))
    with pytest.raises(InputError, match=r"the audio folder '.*' is not there, or empty, on .*: mount it"):
        run(database, SMALL)
    assert rejects(database, SMALL) == {}
    shutil.move(small.with_name("away"), small)
    assert run(database, SMALL, windows_s=[3.0]).n_segments == 2


def test_a_track_that_was_catalogued_anew_meanwhile_is_not_vouched_for(small, database):
    before = list(database["tracks"].find({"dataset": SMALL}, dict.fromkeys(TRACK_FIELDS, 1)))
    soundfile.write(small / "rock" / "a.wav", render_track("metal", 1, duration_s=6.2), SAMPLE_RATE_HZ)
    job = Job(address_of(database), SMALL, small, ("spectral-v1",), (3.0,))
    catalogue(database, SMALL, settings=get_settings())
    work(Batch(job, before), database)
    assert {name: track["extracted"] for name, track in tracks(database, SMALL).items()} == {
        "jazz/a.wav": ["spectral-v1/3"],
        "rock/a.wav": [],
    }
    run(database, SMALL, windows_s=[3.0])
    assert segment_counts(database, 3.0, SMALL) == {"jazz/a.wav": 1, "rock/a.wav": 2}


def test_segments_that_no_window_stands_for_any_more_are_removed(small, database):
    run(database, SMALL, windows_s=[3.0])
    surplus = database["segments"].find_one({"dataset": SMALL, "track_id": "rock/a.wav"}, {"_id": False})
    database["segments"].insert_one(surplus | {"start_s": 3.0})
    database["tracks"].update_one({"dataset": SMALL, "track_id": "rock/a.wav"}, {"$set": {"extracted": []}})
    run(database, SMALL, windows_s=[3.0])
    assert segment_counts(database, 3.0, SMALL) == {"jazz/a.wav": 1, "rock/a.wav": 1}


@given(n_tracks=st.integers(1, 300), n_workers=st.integers(1, 40))
def test_batches_are_small_and_hold_every_track_once(n_tracks, n_workers):
    job = Job(Address("", ""), "d", Path("/"), ("spectral-v1",), (3.0,))
    batches = make_batches(job, [{"track_id": n} for n in range(n_tracks)], n_workers)
    assert [track["track_id"] for batch in batches for track in batch.tracks] == list(range(n_tracks))
    assert max(len(batch.tracks) for batch in batches) <= 8
    assert len(batches) >= min(n_tracks, 4 * n_workers)


def test_one_genre_alone_cannot_be_compared_and_the_error_says_so(small, database):
    (small / "jazz" / "a.wav").write_bytes(b"no audio")
    catalogue(database, SMALL, settings=get_settings())
    run(database, SMALL, windows_s=[3.0])
    with pytest.raises(InputError, match="one genre only, 'rock': a comparison needs two"):
        settle(database, SMALL, holdout=0.1, seed=0)


def test_nothing_usable_and_unknown_names_are_errors_that_say_what_to_do(small, database):
    with pytest.raises(InputError, match=f"dataset '{SMALL}' has no usable track: its rejects say why"):
        settle(database, SMALL, holdout=0.1, seed=0)
    with pytest.raises(InputError, match=r"there is no dataset 'nope'.*01_catalogue"):
        run(database, "nope")
    with pytest.raises(InputError, match="no feature set 'mel'"):
        extract(database, SMALL, windows_s=[3.0], feature_sets=["mel"], jobs=1)


@pytest.mark.parametrize(
    ("text", "windows_s"),
    [("30,3", [30, 3]), ("3,30", [30, 3]), (" 3 , 0.5,3.0,", [3, 0.5]), ("6", [6]), ("1e1", [10])],
)
def test_windows_are_read_longest_first_and_each_once(text, windows_s):
    assert parse_windows(text) == windows_s


@pytest.mark.parametrize("text", ["", ",", "x", "30;3", "0", "-3", "0.4", "31", "nan", "inf", "30,nan"])
def test_windows_that_are_no_lengths_are_refused_with_an_example(text):
    with pytest.raises(InputError, match=r"--windows .*from 0.5 to 30 seconds, like 30,3"):
        parse_windows(text)
