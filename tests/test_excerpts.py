"""The middle, some of it or all: which stretches of a file are analysed, and that a short one is always the same."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio import decode, decode_excerpts, decode_pieces
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.decoders import is_installed
from pipeline.errors import AudioError, InputError
from pipeline.excerpts import ALL, EXCERPTS, LONGEST_WHOLE_S, MIDDLE, MOST_SPREAD, SPREAD, check_excerpts, plan
from pipeline.extract.analyse import analyse
from pipeline.sources.demo import render_track
from tests.patience import HANG_S

RATES_HZ = st.integers(2_000, 192_000)
MOST_MIB = 100

MEASURE = """
import sys
from pathlib import Path
import pipeline.audio as audio
from tests.peak_memory import peak_mib

path = Path(sys.argv[1])
[list(audio.decode_excerpts([path.with_stem("short")], how)[2]) for how in ("middle", "all")]
for how in sys.argv[2:]:
    before = peak_mib()
    print(sum(1 for _ in audio.decode_excerpts([path], how)[2]), peak_mib() - before)
"""


def song(length_s: float, rate_hz: int = 8_000) -> np.ndarray:
    """Return music as a 16-bit file gives it back; no stretch of it is like another."""
    n = round(length_s * rate_hz)
    music = np.resize(render_track("rock", 0, duration_s=7.3), n) * np.linspace(0.2, 1, n)
    return np.round(music * 32767).astype(np.int16) / np.float32(32768)


@given(st.floats(0.5, 4 * 3600), RATES_HZ)
def test_stretches_lie_in_the_file_side_by_side_and_the_middle_is_one_of_a_spread(length_s, rate_hz):
    n = round(length_s * rate_hz)
    clip = round(CLIP_S * rate_hz)
    [middle] = plan(n, rate_hz, MIDDLE)
    for excerpts in EXCERPTS:
        stretches = plan(n, rate_hz, excerpts)
        assert stretches[0][0] >= 0
        assert sum(stretches[-1]) <= n
        assert all(sum(one) <= other[0] for one, other in pairwise(stretches))
        if n <= LONGEST_WHOLE_S * rate_hz:
            assert stretches == [(0, n)]
    spread, every = plan(n, rate_hz, SPREAD), plan(n, rate_hz, ALL)
    assert middle in spread
    assert len(spread) <= min(MOST_SPREAD, max(n // clip, 1))
    assert {wanted for _, wanted in spread} == {middle[1]}
    assert sum(wanted for _, wanted in every) == n


@given(st.floats(LONGEST_WHOLE_S + 1, 3600))
def test_a_spread_lies_evenly_over_the_song(length_s):
    stretches = plan(round(length_s * 1000), 1000, SPREAD)
    middles = np.array([start + wanted / 2 for start, wanted in stretches]) / (length_s * 1000)
    assert middles == pytest.approx((np.arange(len(middles)) + 0.5) / len(middles), abs=1e-3)


@pytest.mark.parametrize("length_s", [0.6, 10, 29, 33])
def test_a_short_song_gives_the_same_to_the_last_bit_whatever_is_asked_for(tmp_path, length_s):
    soundfile.write(tmp_path / "a.flac", song(length_s, 11_025), 11_025)
    track = {"track_id": "a", "path": "a.flac", "extracted": [], "status": "catalogued"}
    outcomes = [analyse(tmp_path, track, ["spectral-v1"], [30.0, 3.0], excerpts) for excerpts in EXCERPTS]
    assert outcomes[0] == outcomes[1] == outcomes[2]


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "caf"])
def test_an_excerpt_is_that_stretch_of_the_file(tmp_path, suffix):
    rate_hz, length_s = SAMPLE_RATE_HZ, 100
    path = tmp_path / f"a.{suffix}"
    if suffix == "caf" and not is_installed():
        pytest.skip("needs the package av")
    with soundfile.SoundFile(path, "w", rate_hz, 1) as file:  # CAF is left to FFmpeg
        for second in np.split(song(length_s, rate_hz), length_s):  # of a minute of Vorbis libsndfile would die
            file.write(second)
    whole = soundfile.read(path, dtype="float32")[0]
    for excerpts, starts_s in ((SPREAD, [1.666667, 35, 68.333333]), (ALL, [0, 30, 60, 90])):
        clip, _, found = decode_excerpts([path], excerpts)
        found = list(found)
        assert clip.content_hash == decode(path).content_hash
        assert [excerpt.start_s for excerpt in found] == pytest.approx(starts_s, abs=0.1)
        for excerpt in found:
            start = round(excerpt.start_s * rate_hz)
            there = whole[start : start + len(excerpt.y)]
            late = 4000 if suffix == "mp3" else 0  # what an MP3 gives after a seek begins damaged
            assert np.abs(excerpt.y[late:] - there[late:]).max() < 1e-3
    assert np.array_equal(next(decode_excerpts([path], MIDDLE)[2]).y, clip.y)


def test_pieces_of_a_song_are_one_song(tmp_path):
    whole = song(75, SAMPLE_RATE_HZ)
    paths = [tmp_path / f"{i}.wav" for i in range(5)]
    for i, path in enumerate(paths):
        soundfile.write(path, whole[i * 15 * SAMPLE_RATE_HZ : (i + 1) * 15 * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ)
    for excerpts, starts_s in ((SPREAD, [22.5]), (ALL, [0, 30, 60])):
        clip, damaged, found = decode_excerpts(paths, excerpts)
        assert not damaged
        assert clip.content_hash == decode_pieces(paths)[0].content_hash
        found = list(found)
        assert [excerpt.start_s for excerpt in found] == starts_s
        for excerpt in found:
            start = round(excerpt.start_s * SAMPLE_RATE_HZ)
            assert np.array_equal(excerpt.y, whole[start : start + len(excerpt.y)])


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize("share", [0.7, 0.95])
def test_of_a_file_that_breaks_off_behind_its_middle_the_stretches_are_of_what_is_left(tmp_path, suffix, share):
    path = tmp_path / f"a.{suffix}"
    whole = song(200)
    soundfile.write(path, whole, 8_000)
    path.write_bytes(path.read_bytes()[: round(share * path.stat().st_size)])
    for excerpts in (SPREAD, ALL):
        found = list(decode_excerpts([path], excerpts)[2])
        end_s = found[-1].start_s + len(found[-1].y) / SAMPLE_RATE_HZ
        assert 200 * share - 31 < end_s < 200 * share + 12
    assert found[0].start_s == 0


def test_silence_is_left_out_and_a_stretch_that_is_none_refused(tmp_path):
    loud = song(120)
    loud[: 31 * 8_000] = 0
    soundfile.write(tmp_path / "a.wav", loud, 8_000)
    assert [excerpt.start_s for excerpt in decode_excerpts([tmp_path / "a.wav"], ALL)[2]] == [30, 60, 90]
    loud[100 * 8_000] = np.nan
    soundfile.write(tmp_path / "a.wav", loud, 8_000, subtype="FLOAT")
    decode(tmp_path / "a.wav")  # not in the middle
    with pytest.raises(AudioError, match="not_finite"):
        list(decode_excerpts([tmp_path / "a.wav"], ALL)[2])
    track = {"track_id": "a", "path": "a.wav", "extracted": [], "status": "catalogued"}
    outcome = analyse(tmp_path, track, ["spectral-v1"], [3.0], ALL)
    assert ([reject.reason for reject in outcome.rejects], outcome.segments) == (["not_finite"], [])


def test_other_words_are_refused_with_those_there_are():
    assert check_excerpts("") == ""
    with pytest.raises(InputError, match="--excerpts 'half': there are middle, spread, all"):
        check_excerpts("half")


@pytest.mark.faults
@pytest.mark.parametrize("suffix", ["flac", "caf"])
def test_three_hours_take_no_more_memory_than_some_clips(tmp_path, suffix):
    minute = song(60)
    soundfile.write(tmp_path / f"short.{suffix}", minute, 8_000)
    with soundfile.SoundFile(tmp_path / f"long.{suffix}", "w", 8_000, 1) as file:
        for _ in range(180):
            file.write(minute)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / f"long.{suffix}"), "spread", "all"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=HANG_S).stdout.splitlines()
    found = [tuple(map(float, line.split())) for line in told]
    assert [n for n, _ in found] == [5, 360]
    assert all(mib < MOST_MIB for _, mib in found)
