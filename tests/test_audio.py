"""From any file to one mono signal at 22 050 Hz, and from that to windows; what is no audio says why."""

import os
import socket
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.audio import SHORTEST_S, SHORTEST_SHARE, cut, decode
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import AudioError, InputError
from pipeline.extract import parse_windows
from tests.examples import examples

SUFFIXES = ("wav", "flac", "ogg", "mp3", "au", "aiff")


def tone(duration_s, rate_hz=SAMPLE_RATE_HZ, frequency_hz=440.0):
    return (0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate_hz)) / rate_hz)).astype(
        np.float32
    )


def written(path, samples, rate_hz=SAMPLE_RATE_HZ, **options):
    soundfile.write(path, samples, rate_hz, **options)
    return path


def pitch_hz(samples):
    return np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * SAMPLE_RATE_HZ / len(samples)


def refusal(path):
    with pytest.raises(AudioError) as caught:
        decode(path)
    return caught.value.reason


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "au", "aiff", "WAV", "Mp3"])
def test_every_format_decodes_to_the_tone_that_was_written(tmp_path, suffix):
    clip = decode(written(tmp_path / f"a.{suffix}", tone(2.0)))
    assert clip.y.dtype == np.float32
    assert clip.duration_s == pytest.approx(2.0, abs=0.06)  # an encoder may add a frame
    assert pitch_hz(clip.y) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_every_depth_decodes_to_nearly_the_same_samples(tmp_path, subtype):
    clip = decode(written(tmp_path / "a.wav", tone(1.0), subtype=subtype))
    assert np.abs(clip.y - tone(1.0)).max() < 0.02


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_every_rate_becomes_22050_hz_at_the_same_pitch_and_length(tmp_path, rate_hz):
    clip = decode(written(tmp_path / "a.wav", tone(3.0, rate_hz), rate_hz))
    assert (clip.sample_rate_hz, clip.duration_s) == (rate_hz, 3.0)
    assert len(clip.y) == 3 * SAMPLE_RATE_HZ
    assert pitch_hz(clip.y) == pytest.approx(440, abs=0.5)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_mixed_by_their_mean(tmp_path, channels):
    gains = np.arange(1, channels + 1, dtype=np.float32) / channels
    clip = decode(written(tmp_path / "a.wav", tone(1.0)[:, None] * gains, subtype="FLOAT"))
    assert clip.channels == channels
    assert clip.y == pytest.approx(tone(1.0) * gains.mean(), abs=1e-6)


def test_of_a_long_file_the_middle_30_seconds_are_heard(tmp_path):
    parts = [tone(15.0, frequency_hz=200.0), tone(30.0, frequency_hz=440.0), tone(15.0, frequency_hz=900.0)]
    clip = decode(written(tmp_path / "a.flac", np.concatenate(parts)))
    assert (len(clip.y), clip.duration_s) == (30 * SAMPLE_RATE_HZ, 60.0)
    assert np.abs(clip.y - parts[1]).max() < 1e-4


def test_a_file_a_little_longer_than_30_seconds_is_heard_whole(tmp_path):
    assert len(decode(written(tmp_path / "a.wav", tone(32.9))).y) == round(32.9 * SAMPLE_RATE_HZ)


@pytest.mark.parametrize("suffix", ["wav", "flac", "au", "aiff", "ogg", "mp3"])
def test_a_file_that_breaks_off_gives_what_it_still_holds_and_tells_its_true_length(tmp_path, suffix):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 10 * SAMPLE_RATE_HZ)
    whole = written(tmp_path / f"whole.{suffix}", noise).read_bytes()
    (tmp_path / f"half.{suffix}").write_bytes(whole[: len(whole) // 2])
    clip = decode(tmp_path / f"half.{suffix}")
    assert 3.5 < clip.duration_s < 5.5
    assert len(clip.y) / SAMPLE_RATE_HZ == pytest.approx(clip.duration_s, abs=1e-3)


def test_a_long_mp3_that_breaks_off_is_heard_in_the_middle_of_what_is_left(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 60 * SAMPLE_RATE_HZ)
    whole = written(tmp_path / "whole.mp3", noise).read_bytes()
    for share in (0.2, 0.4, 0.7):
        (tmp_path / "cut.mp3").write_bytes(whole[: round(share * len(whole))])
        clip = decode(tmp_path / "cut.mp3")
        assert clip.duration_s == pytest.approx(60 * share, abs=3)
        assert len(clip.y) / SAMPLE_RATE_HZ == pytest.approx(min(60 * share, CLIP_S), abs=3)


@pytest.mark.parametrize("n_bytes", [1, 4, 20])
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "au", "aiff"])
def test_a_file_with_hardly_more_than_a_header_is_refused_and_nothing_worse(tmp_path, suffix, n_bytes):
    whole = written(tmp_path / f"whole.{suffix}", tone(1.0)).read_bytes()
    (tmp_path / f"start.{suffix}").write_bytes(whole[:n_bytes])
    assert refusal(tmp_path / f"start.{suffix}") in {"undecodable", "no_samples", "too_short"}


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    """Return a folder of short and long files, named by their seconds."""
    rng = np.random.default_rng(0)
    noise = {1: rng.uniform(-0.5, 0.5, (8_000, 2)), 36: rng.uniform(-0.5, 0.5, 36 * 8_000)}
    folder = tmp_path_factory.mktemp("whole")
    for suffix, seconds in product(SUFFIXES, noise):
        written(folder / f"{seconds}.{suffix}", noise[seconds], 8_000)
    return folder


positions = st.one_of(st.integers(0, 60), st.integers(0, 10**6))  # headers are where it hurts


@given(
    st.sampled_from(SUFFIXES),
    st.sampled_from([1, 36]),
    st.dictionaries(positions, st.integers(0, 255), max_size=6),
    st.one_of(st.just(1), st.floats(0, 1)),
)
@example(suffix="flac", seconds=36, damage={8: 0}, share=1)  # decodes as a whole, and no second reading follows
@examples(300)
def test_whatever_happened_to_its_bytes_a_file_is_finite_sound_or_refused(whole_files, suffix, seconds, damage, share):
    content = bytearray((whole_files / f"{seconds}.{suffix}").read_bytes())
    for position, byte in damage.items():
        content[position % len(content)] = byte
    path = whole_files / f"damaged.{suffix}"
    path.write_bytes(content[: round(share * len(content))])
    try:
        clip = decode(path)
    except AudioError:
        return
    assert np.isfinite(clip.y).all()
    assert len(clip.y) >= SHORTEST_S * SAMPLE_RATE_HZ
    assert clip.duration_s >= SHORTEST_S


def test_what_is_no_audio_is_refused_with_the_reason(tmp_path):
    (tmp_path / "text.wav").write_text("dear diary")
    (tmp_path / "zero.wav").write_bytes(b"")
    written(tmp_path / "header.wav", tone(0))
    written(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE_HZ))
    written(tmp_path / "offset.wav", np.full(SAMPLE_RATE_HZ, 0.3))
    written(tmp_path / "opposed.wav", tone(1.0)[:, None] * [1, -1])
    for name, value in (("nan", np.nan), ("inf", -np.inf), ("huge", 1e30)):
        samples = tone(1.0)
        samples[777] = value
        written(tmp_path / f"{name}.wav", samples, subtype="FLOAT")
    assert {path.stem: refusal(path) for path in tmp_path.iterdir()} == {
        "text": "undecodable",
        "zero": "empty",
        "header": "no_samples",
        "silent": "silent",
        "offset": "constant",
        "opposed": "silent",
        "nan": "not_finite",
        "inf": "not_finite",
        "huge": "out_of_range",
    }


def test_quiet_music_is_not_silent(tmp_path):
    decode(written(tmp_path / "a.wav", tone(1.0) * 10 ** (-60 / 20), subtype="PCM_24"))


def test_a_file_that_vanished_or_cannot_be_read_is_unreadable_not_undecodable(tmp_path):
    assert refusal(tmp_path / "gone.wav") == "unreadable"
    (tmp_path / "gone.wav").symlink_to("gone.wav")
    assert refusal(tmp_path / "gone.wav") == "unreadable"


def test_a_file_that_opens_and_cannot_be_read_is_unreadable(tmp_path):
    unreadable = Path("/sys/class/net/lo/speed")  # what Linux has of this kind
    if not unreadable.exists():
        pytest.skip("no such file on this system")
    assert refusal(unreadable) == "unreadable"


def test_a_folder_pipe_socket_or_device_is_no_file_and_nobody_waits_for_it(tmp_path):
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "device.wav").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.wav"))  # a socket's path must be short
        assert {path.stem: refusal(path) for path in tmp_path.iterdir()} == dict.fromkeys(
            ("folder", "pipe", "device", "socket"), "not_a_file"
        )


def test_a_file_without_permission_is_unreadable(tmp_path, monkeypatch):
    written(tmp_path / "a.wav", tone(1.0)).chmod(0)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)  # a relative path, as another user may not walk to pytest's folder
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)
        assert refusal(Path("a.wav")) == "unreadable"
    finally:
        os.seteuid(user)


def test_the_same_sound_has_the_same_hash_in_wav_flac_and_two_equal_channels(tmp_path):
    samples = np.round(tone(1.0) * 32767).astype(np.int16)
    paths = [
        written(tmp_path / "a.wav", samples),
        written(tmp_path / "b.flac", samples),
        written(tmp_path / "c.wav", np.column_stack([samples, samples])),
    ]
    other = samples.copy()
    other[500] += 1
    assert len({decode(path).content_hash for path in paths}) == 1
    assert decode(written(tmp_path / "d.wav", other)).content_hash != decode(paths[0]).content_hash


window_lengths = st.one_of(
    st.sampled_from([30.0, 15.0, 10.0, 6.0, 5.0, 3.0, 2.5, 1.5, 1.2, 0.7, 0.6, 0.5]),
    st.integers(500, 30_000).map(lambda ms: ms / 1000),
    st.integers(1, 60).map(lambda n: CLIP_S / n),
    st.floats(0.5, CLIP_S),
)


@given(st.integers(0, 34 * SAMPLE_RATE_HZ), window_lengths)
def test_windows_are_whole_of_one_length_side_by_side_and_no_more_than_fit_into_a_clip(n_samples, window_s):
    samples = np.arange(n_samples, dtype=np.float32)
    windows = cut(samples, window_s)
    if window_s == CLIP_S:
        assert [window.start_s for window in windows] == [0.0] * (n_samples >= SHORTEST_SHARE * 30 * SAMPLE_RATE_HZ)
        assert all(window.y is samples for window in windows)
        return
    length = round(window_s * SAMPLE_RATE_HZ)
    assert all(len(window.y) == length for window in windows)
    assert np.array_equal(np.concatenate([samples[:0], *(w.y for w in windows)]), samples[: len(windows) * length])
    most = round(CLIP_S / window_s, 6) // 1  # a thirtieth of a clip fits thirty times, whatever its last bit
    assert len(windows) == min(n_samples // length, most)
    assert all(window.start_s + window_s <= CLIP_S + 1e-4 for window in windows)
    starts = [window.start_s for window in windows]
    assert starts == [round(i * window_s, 6) for i in range(len(windows))]


@settings(max_examples=25)
@given(st.sampled_from([8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000]), st.floats(0.5, 10), st.integers(1, 3))
def test_a_window_of_3_seconds_has_66_150_samples_whatever_the_files_rate_and_length(tmp_path_factory, rate_hz, s, n):
    music = np.random.default_rng(0).uniform(-0.5, 0.5, (round(s * rate_hz) + 1, n))
    clip = decode(written(tmp_path_factory.mktemp("any") / "a.wav", music, rate_hz))
    assert len(clip.y) == pytest.approx(clip.duration_s * SAMPLE_RATE_HZ, abs=1)
    windows = cut(clip.y, 3.0)
    assert [len(window.y) for window in windows] == [66_150] * (len(clip.y) // 66_150)
    assert [window.start_s for window in windows] == [0.0, 3.0, 6.0][: len(windows)]


def test_a_file_is_too_short_where_the_shortest_window_that_can_be_asked_for_does_not_fit(tmp_path):
    n_samples = round(SHORTEST_S * 44_100)
    assert len(cut(decode(written(tmp_path / "a.wav", tone(1)[:n_samples], 44_100)).y, SHORTEST_S)) == 1
    assert refusal(written(tmp_path / "b.wav", tone(1)[: n_samples - 1], 44_100)) == "too_short"
    assert parse_windows(str(SHORTEST_S)) == [SHORTEST_S]
    with pytest.raises(InputError):
        parse_windows(str(SHORTEST_S - 0.001))


@pytest.mark.parametrize(
    ("duration_s", "n_windows", "n_clips"),
    [(30, 10, 1), (29.9, 9, 1), (12.1, 4, 0), (33, 10, 1), (3, 1, 0), (2.99, 0, 0)],
)
def test_a_clip_gives_ten_windows_of_3_seconds_and_a_shorter_one_those_it_has(duration_s, n_windows, n_clips):
    samples = tone(duration_s)
    assert (len(cut(samples, 3.0)), len(cut(samples, 30.0))) == (n_windows, n_clips)


def test_times_of_windows_are_as_a_person_writes_them():
    starts = [str(window.start_s) for window in cut(tone(30), 0.7)]
    assert starts[:5] == ["0.0", "0.7", "1.4", "2.1", "2.8"]
