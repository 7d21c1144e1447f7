"""Whatever lies in a folder: each file gives librosa's own features of what can be heard, or a reject that says why."""

import os
import socket
import struct

import librosa
import numpy as np
import pytest
import soundfile

from benchmarks.recipe import published
from pipeline.catalogue import catalogue
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.extract import extract
from pipeline.features import get_feature_set
from pipeline.reasons import REASONS
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from pipeline.store import read_segments

DATASET = "test-bad-input"
WINDOW_S = 3.0
N_WINDOW = round(WINDOW_S * SAMPLE_RATE_HZ)
HOURS_3_S = 3 * 60 * 60
WHY_NOT = {
    "no samples.wav": "no_samples",
    "one sample.wav": "too_short",
    "half a window.wav": "too_short",
    "silent.wav": "silent",
    "opposed channels.wav": "silent",
    "denormal.wav": "silent",
    "constant.wav": "constant",
    "nan.wav": "not_finite",
    "inf.wav": "not_finite",
    "far too loud.wav": "out_of_range",
    "text.wav": "undecodable",
    "broken from the start.flac": "undecodable",
    "0 bytes.wav": "empty",
    "2 GHz.wav": "bad_rate",
    "1 Hz.wav": "bad_rate",
    "vanishes.wav": "unreadable",
    "broken link.wav": "unreadable",
    "refuses to be read.wav": "unreadable",
    "links to itself.wav": "link_loop",
    "folder above": "link_loop",
    "same folder": "same_folder",
    "pipe.wav": "not_a_file",
    "socket.wav": "not_a_file",
    "device.wav": "not_a_file",
    "becomes a pipe.wav": "not_a_file",
    r"caf\xe9.wav": "bad_name",
}


def riff(samples, *, riff_bytes=None, data_bytes=None, rate_hz=SAMPLE_RATE_HZ):
    """Return a 16-bit mono wav file whose header may lie."""
    data = np.round(samples * 32767).astype("<i2").tobytes()
    riff_bytes = 36 + len(data) if riff_bytes is None else riff_bytes
    data_bytes = len(data) if data_bytes is None else data_bytes
    fmt = struct.pack("<HHIIHH", 1, 1, rate_hz, 2 * rate_hz & 0xFFFFFFFF, 2, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", riff_bytes, b"WAVE", b"fmt ", 16)
        + fmt
        + struct.pack("<4sI", b"data", data_bytes)
        + data
    )


def write_what_can_be_heard(folder, y):
    """Write `y` in every guise; all are at least one window long."""

    def write(name, samples, rate_hz=SAMPLE_RATE_HZ, **options):
        soundfile.write(folder / name, samples, rate_hz, **options)
        return (folder / name).read_bytes()

    n_bytes = 2 * len(y)
    write("clipped.wav", np.clip(8 * y, -1, 1))
    write("8 kHz.wav", librosa.resample(y, orig_sr=SAMPLE_RATE_HZ, target_sr=8_000), 8_000)
    write("96 kHz.wav", librosa.resample(y, orig_sr=SAMPLE_RATE_HZ, target_sr=96_000), 96_000)
    write("8 channels.wav", np.stack([np.roll(y, 99 * i) / (i + 1) for i in range(8)], axis=1))
    write("255 channels.wav", y[:, None] * np.linspace(-0.5, 1, 255))
    write("new\nline.wav", y[::-1])
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"):
        write(f"{subtype}.wav", y, subtype=subtype)
    write("ULAW.au", y, subtype="ULAW")
    write("1e9 times full scale.wav", 1e9 * y, subtype="FLOAT")
    write("ends in denormals.wav", np.where(np.arange(len(y)) < 40_000, y, np.float32(-1e-40)), subtype="FLOAT")
    write("begins with -0.wav", np.where(np.arange(len(y)) < 20_000, np.float32(-0.0), y), subtype="FLOAT")
    (folder / "header says twice.wav").write_bytes(riff(y, riff_bytes=2 * n_bytes, data_bytes=2 * n_bytes))
    (folder / "header says less.wav").write_bytes(riff(y, riff_bytes=99, data_bytes=2 * N_WINDOW + 500))
    (folder / "data says thrice.wav").write_bytes(riff(y, data_bytes=3 * n_bytes))
    (folder / "streamed.wav").write_bytes(riff(y, riff_bytes=0xFFFFFFFF, data_bytes=0xFFFFFFFF))
    long = np.tile(y, 2)
    for suffix in ("mp3", "ogg"):
        whole = write(f"whole.{suffix}", long)
        (folder / f"breaks off.{suffix}").write_bytes(whole[: round(0.7 * len(whole))])
        scratched = bytearray(whole)
        scratched[int(0.65 * len(whole)) :: 2000] = bytes(len(scratched[int(0.65 * len(whole)) :: 2000]))
        (folder / f"scratched.{suffix}").write_bytes(scratched)
    mp3 = (folder / "whole.mp3").read_bytes()
    (folder / "garbage before.mp3").write_bytes(b"\0garbage" * 700 + mp3)
    (folder / "large tag before.mp3").write_bytes(b"ID3\4\0\0\0\4\0\0" + bytes(4 << 14) + mp3)
    flac = write("whole.flac", y)
    (folder / "breaks off.flac").write_bytes(flac[: round(0.95 * len(flac))])
    (folder / "streamed.flac").write_bytes(flac[:21] + bytes([flac[21] & 0xF0, 0, 0, 0, 0]) + flac[26:])  # no length


def write_3_hours(path, y):
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_U8") as file:
        for _ in range(HOURS_3_S // 90):
            file.write(np.resize(y, 90 * 8_000))


def write_what_cannot_be_used(folder, y):
    def write(name, samples, **options):
        soundfile.write(folder / name, samples, SAMPLE_RATE_HZ, **options)

    spoilt = {"nan": np.nan, "inf": -np.inf, "far too loud": 1e30}
    for name, value in spoilt.items():
        write(f"{name}.wav", np.where(np.arange(len(y)) == 777, value, y), subtype="FLOAT")
    write("no samples.wav", y[:0])
    write("one sample.wav", y[:1])
    write("half a window.wav", y[: N_WINDOW // 2])
    write("silent.wav", 0 * y)
    write("opposed channels.wav", y[:, None] * [1, -1])
    write("denormal.wav", 1e-40 * y, subtype="FLOAT")
    write("constant.wav", 0 * y + 0.3)
    write("broken from the start.flac", y)
    os.truncate(folder / "broken from the start.flac", 300)
    (folder / "text.wav").write_text("la la la " * 9000)
    (folder / "0 bytes.wav").touch()
    (folder / "2 GHz.wav").write_bytes(riff(y, rate_hz=2**31 - 1))
    (folder / "1 Hz.wav").write_bytes(riff(y, rate_hz=1))
    (folder / "broken link.wav").symlink_to("nowhere.wav")
    (folder / "refuses to be read.wav").symlink_to("/sys/class/net/lo/speed")
    (folder / "links to itself.wav").symlink_to("links to itself.wav")
    (folder / "folder above").symlink_to("..")
    (folder / "same folder").symlink_to("../a music")
    os.mkfifo(folder / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.wav"))  # a socket's path must be short
    (folder / "device.wav").symlink_to("/dev/zero")
    (folder / os.fsdecode(b"caf\xe9.wav")).write_bytes(riff(y))
    for name in ("vanishes.wav", "becomes a pipe.wav"):
        write(name, y)


@pytest.fixture(scope="module")
def music():
    return render_track("rock", 0, duration_s=3.5)


@pytest.fixture(scope="module")
def root(tmp_path_factory, music):
    root = tmp_path_factory.mktemp("root")
    for name in ("a music", "bad"):
        (root / name).mkdir()
    write_what_can_be_heard(root / "a music", music)
    write_3_hours(root / "a music" / "3 hours.wav", music)
    write_what_cannot_be_used(root / "bad", music)
    return root


@pytest.fixture(scope="module")
def report(database, root):
    """Catalogue and extract the folder, of which two files change in between."""
    catalogue(database, DATASET, audio=str(root), settings=get_settings())
    (root / "bad" / "vanishes.wav").unlink()
    (root / "bad" / "becomes a pipe.wav").unlink()
    os.mkfifo(root / "bad" / "becomes a pipe.wav")
    return extract(database, DATASET, windows_s=[WINDOW_S], feature_sets=["spectral-v1"], jobs=1)


def tracks(database, status):
    return {track["track_id"] for track in database["tracks"].find({"dataset": DATASET, "status": status})}


def test_everything_is_heard_or_has_a_reason_of_its_own_and_nothing_stops_the_run(report, database, root):
    found = {reject["path"]: reject["reason"] for reject in database["rejects"].find({"dataset": DATASET})}
    assert found == {f"bad/{name}": reason for name, reason in WHY_NOT.items()}
    heard = {f"a music/{path.name}" for path in (root / "a music").iterdir()}
    assert tracks(database, "ready") == heard
    assert tracks(database, "catalogued") == set()
    assert report.n_extracted == len(heard) + len(tracks(database, "rejected"))


def test_what_could_not_be_read_is_tried_again_and_nothing_else(report, database):
    again = extract(database, DATASET, windows_s=[WINDOW_S], feature_sets=["spectral-v1"], jobs=1)
    tried = {reject.path for reject in again.new_rejects}
    listed_then_not_read = {"bad/vanishes.wav", "bad/refuses to be read.wav"}  # the second only where /sys is Linux's
    assert {"bad/vanishes.wav"} <= tried <= listed_then_not_read
    assert again.n_extracted == len(tried)


def decoded(path):
    """Return what librosa decodes of a file, or of the whole one where it refuses what is left of it."""
    if path.suffix == ".flac":
        return librosa.load(path.with_name("whole.flac"))[0]
    if path.name == "3 hours.wav":
        return librosa.load(path, offset=HOURS_3_S / 2 - CLIP_S / 2, duration=CLIP_S)[0]
    return librosa.load(path)[0]


@pytest.mark.filterwarnings("ignore:'(aifc|audioop|sunau)' is deprecated:DeprecationWarning")  # librosa.load's
def test_the_features_are_librosas_own_of_the_signal_that_librosa_decodes(report, database, root):
    columns = list(get_feature_set("spectral-v1").columns)
    segments = read_segments(database, DATASET, "spectral-v1", WINDOW_S)
    assert segments["track_id"].value_counts()["a music/3 hours.wav"] == CLIP_S / WINDOW_S
    for track_id, rows in segments.groupby("track_id"):
        y = decoded(root / track_id)
        last = rows.iloc[-1]
        start = round(last["start_s"] * SAMPLE_RATE_HZ)
        expected = published(y[start : start + N_WINDOW])
        assert last[columns].to_dict() == pytest.approx(expected, rel=1e-4, abs=1e-6), track_id


def test_every_reason_for_a_file_is_met_here_or_is_one_of_names_and_places(report):
    of_tables = {"wrong_cell_count", "missing_label", "not_a_number", "label_conflict", "repeated_segment", "too_large"}
    assert set(REASONS) - set(WHY_NOT.values()) - of_tables == {"same_name", "no_genre", "changed", "several_labels"}
