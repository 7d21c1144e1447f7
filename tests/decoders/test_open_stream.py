"""Whatever a file is called and its header claims: its real length, its real middle, or a true sentence."""

import io
import time
from functools import cache

import numpy as np
import pytest
import soundfile

from pipeline.audio import decode
from pipeline.audio_file import open_audio, read_middle
from pipeline.decoders.sndfile import SndfileStream
from pipeline.errors import AudioError

from .encode import RATE_HZ, encode, noise

LONG_S = 70
CODEC_DELAY_S = 0.08
"""Silence that an encoder may put before and behind the music, where its file does not say so."""


@cache
def music(duration_s):
    return noise(duration_s)


def by_soundfile(y, kind, subtype=None, rate_hz=RATE_HZ):
    file = io.BytesIO()
    soundfile.write(file, y, rate_hz, format=kind, subtype=subtype)
    return file.getvalue()


@cache
def vbr(duration_s=LONG_S, *, header=False):
    variable = {"flags": "+qscale", "global_quality": str(5 * 118)}
    return encode(music(duration_s), "mp3", "libmp3lame", **variable, write_xing=str(int(header)))


def with_xing_field(content, place, value):
    """Return an MP3 whose header says something else: in its frames (`place` 8) or bytes (12)."""
    at = max(content.find(b"Xing"), content.find(b"Info")) + place
    return content[:at] + value.to_bytes(4) + content[at + 4 :]


def chain(kind):
    """Return two recordings, one behind the other; each page of an Ogg file names the stream that it is of."""
    subtype, rate_hz = kind
    return b"".join(by_soundfile(noise(LONG_S / 2, seed), "OGG", subtype, rate_hz) for seed in (1, 2))


def without_length(flac):
    return flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]


def ape_tag(content):
    size = 70_000
    return b"APETAGEX" + (2000).to_bytes(4, "little") + size.to_bytes(4, "little") + bytes(16) + b"\1" * size + content


def cpu_s(call, *args):
    started = time.process_time()
    call(*args)
    return time.process_time() - started


LENGTHS = {
    "MP3 of no header": lambda: vbr(),
    "MP3 of a header that claims no frames": lambda: with_xing_field(vbr(header=True), 8, 0),
    "MP3 of a header that claims too few": lambda: with_xing_field(vbr(header=True), 8, 900),
    "MP3 of a header that claims too many": lambda: with_xing_field(vbr(header=True), 8, 9000),
    "MP3 behind zeros": lambda: bytes(2**17) + vbr(),
    "MP3 behind an APE tag": lambda: ape_tag(vbr()),
    "FLAC of unknown length": lambda: without_length(by_soundfile(music(LONG_S), "FLAC")),
    "Vorbis in a chain": lambda: chain(("VORBIS", RATE_HZ)),
    "WAV of a stream, no bytes claimed": lambda: (wav := by_soundfile(music(LONG_S), "WAV"))[:40] + bytes(4) + wav[44:],
    "AAC in MP4": lambda: encode(music(LONG_S), "ipod", "aac"),
    "Apple Lossless": lambda: encode(music(LONG_S), "ipod", "alac"),
    "AAC": lambda: encode(music(LONG_S), "adts", "aac"),
    "Windows Media": lambda: encode(music(LONG_S), "asf", "wmav2"),
    "FLAC in Ogg": lambda: encode(music(LONG_S), "ogg", "flac"),
    "WavPack": lambda: encode(music(LONG_S), "wv", "wavpack"),
    "Matroska": lambda: encode(music(LONG_S), "matroska", "aac"),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_file_lasts_as_long_as_its_sound_and_is_heard_in_the_middle(tmp_path, name):
    path = tmp_path / "named.mp3"  # names tell nothing
    path.write_bytes(LENGTHS[name]())
    middle, stream = read_middle(path), open_audio(path)
    assert middle.n_frames / middle.sample_rate_hz == pytest.approx(LONG_S, abs=CODEC_DELAY_S)
    assert len(middle.y) == 30 * middle.sample_rate_hz
    assert stream.claimed_frames is None or stream.claimed_frames < (LONG_S + 0.5) * stream.sample_rate_hz
    if name != "Vorbis in a chain":
        start = (LONG_S - 30) // 2 * RATE_HZ
        seconds = middle.y.reshape(30, -1).std(axis=1)
        expected = music(LONG_S)[start : start + 30 * RATE_HZ].reshape(30, -1).std(axis=1)
        assert np.corrcoef(seconds, expected)[0, 1] > 0.95


@pytest.mark.parametrize("name", ["Apple Lossless", "FLAC in Ogg", "WAV of a stream, no bytes claimed"])
def test_what_loses_nothing_gives_the_same_samples_by_either_decoder(tmp_path, name):
    (tmp_path / "a").write_bytes(LENGTHS[name]())
    (tmp_path / "b").write_bytes(by_soundfile(music(LONG_S), "WAV"))
    assert np.abs(read_middle(tmp_path / "a").y - read_middle(tmp_path / "b").y).max() <= 2 / 32768


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF", "AU"])
def test_what_libsndfile_reads_to_its_end_it_goes_on_reading(tmp_path, kind):
    (tmp_path / "a").write_bytes(by_soundfile(music(10), kind))
    assert isinstance(open_audio(tmp_path / "a"), SndfileStream)
    assert open_audio(tmp_path / "a").claimed_frames == 10 * RATE_HZ


def test_an_mp3_that_broke_off_is_told_from_one_whose_header_is_wrong(tmp_path):
    whole = vbr(header=True)
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    cut = open_audio(tmp_path / "cut")
    assert cut.claimed_frames == pytest.approx(LONG_S * RATE_HZ, abs=CODEC_DELAY_S * RATE_HZ)
    assert read_middle(tmp_path / "cut").n_frames < 0.7 * cut.claimed_frames


def test_a_stretch_of_an_mp3_is_sought_and_what_is_before_it_is_not_decoded(tmp_path):
    (tmp_path / "song").write_bytes(vbr(header=True))
    stream = open_audio(tmp_path / "song")
    last = (LONG_S - 2) * RATE_HZ, RATE_HZ
    np.testing.assert_array_equal(stream.read(*last), stream.read_through(*last))
    sought, through = (min(cpu_s(read, *last) for _ in range(3)) for read in (stream.read, stream.read_through))
    assert sought < through / 2


NO_AUDIO = {
    "a web page": b"<!DOCTYPE html><html><body>404</body></html>",
    "text": "Liebes Tagebuch, größer".encode(),
    "a PDF": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "a ZIP archive": b"PK\x03\x04" + bytes(range(256)) * 20,
    "a JPEG picture": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20,
    "MIDI": b"MThd" + bytes(range(256)),
    "MP4": b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(2000),
    "no format that is known": np.random.default_rng(0).bytes(50_000),
}


@pytest.mark.parametrize("name", NO_AUDIO)
def test_what_is_no_audio_is_named(tmp_path, name):
    (tmp_path / "a.mp3").write_bytes(NO_AUDIO[name])
    with pytest.raises(AudioError, match=f"undecodable: not audio that can be decoded: it .*{name}"):
        decode(tmp_path / "a.mp3")


def test_a_playlist_opens_no_other_file(tmp_path):
    (tmp_path / "secret.wav").write_bytes(by_soundfile(music(10), "WAV"))
    for text in (
        f"#EXTM3U\n#EXTINF:10,\n{tmp_path}/secret.wav\n",
        f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n",
    ):
        (tmp_path / "a.m4a").write_text(text)
        with pytest.raises(AudioError, match=r"undecodable: .*(playlist|text)"):
            decode(tmp_path / "a.m4a")


def test_without_av_such_files_are_told_apart_and_the_rest_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.decoders.choose.is_installed", lambda: False)
    (tmp_path / "a").write_bytes(LENGTHS["AAC in MP4"]())
    with pytest.raises(AudioError, match=r"it is MP4, .* needs the package av, which is not installed: pip install av"):
        decode(tmp_path / "a")
    (tmp_path / "b").write_bytes(by_soundfile(music(10), "MP3"))
    assert decode(tmp_path / "b").duration_s == 10
