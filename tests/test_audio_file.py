"""The middle of a file comes exact, in bounded memory and work, however long, wide, broken or untruthful the file."""

import subprocess
import sys

import librosa
import numpy as np
import pytest
import soundfile

from pipeline.audio_file import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, read_middle
from pipeline.clip import CLIP_S
from pipeline.decoders import mix_down
from pipeline.decoders.sndfile import BLOCK_VALUES
from pipeline.errors import AudioError
from pipeline.sources.demo import render_track
from tests.patience import HANG_S

RATE_HZ = 8_000
HOUR_S = 60 * 60
MOST_MIB = 100
MOST_GOES = 3
"""A file is never worked on for longer than going through it so many times takes, and a second for its middle."""

AS_LONG_AS_OTHERS = 12
"""Nor does going through it once take so many times longer than libsndfile takes; FFmpeg takes three times as long."""

MEASURE = """
import sys, time
from pathlib import Path
import soundfile
import pipeline.audio as audio
from pipeline.decoders import open_stream
from tests.peak_memory import peak_mib

for path in sys.argv[1:]:
    path = Path(path)
    audio.decode(path.with_stem("short"))  # loads what is needed once, however long a file is
    before, start = peak_mib(), time.process_time()
    clip = audio.decode(path)
    mib, cpu_s = peak_mib() - before, time.process_time() - start
    whole = path.with_stem("long")  # of one that breaks off, what it was
    start = time.process_time()
    open_stream(whole).count()
    going_cpu_s, start = time.process_time() - start, time.process_time()
    n = sum(len(block) for block in soundfile.blocks(whole, 2**16, dtype="float32"))
    print(len(clip.y), clip.duration_s, mib, cpu_s, going_cpu_s, time.process_time() - start)
"""


@pytest.fixture(scope="module")
def minute():
    """Return a minute of music as a 16-bit file gives it back."""
    music = np.resize(render_track("rock", 0, duration_s=7.3), 60 * RATE_HZ)
    return np.round(music * 32767).astype(np.int16) / np.float32(32768)


@pytest.fixture(scope="module")
def hours(tmp_path_factory, minute):
    """Return files of three hours that were quickly made, each beside one of a second."""
    folder = tmp_path_factory.mktemp("hours")
    for suffix in ("wav", "flac", "mp3"):
        soundfile.write(folder / f"short.{suffix}", minute[:RATE_HZ], RATE_HZ)
    paths = [folder / "long.wav", folder / "long.flac", folder / "long.mp3"]
    for path in paths[:2]:
        with soundfile.SoundFile(path, "w", RATE_HZ, 1, "PCM_16") as file:
            for _ in range(180):
                file.write(minute)
    soundfile.write(paths[2], minute, RATE_HZ)
    frames = paths[2].read_bytes()
    frames = frames[frames.index(frames[:3], 3) :]  # without the first frame, which tells the length
    paths[2].write_bytes(180 * frames)
    broken = folder / "broken.flac"
    broken.write_bytes(paths[1].read_bytes()[: paths[1].stat().st_size * 2 // 5])
    return {path.name: path for path in [*paths, broken]}


@pytest.fixture(scope="module")
def measured(hours):
    command = [sys.executable, "-c", MEASURE, *map(str, hours.values())]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=HANG_S).stdout.splitlines()
    return {name: tuple(map(float, line.split())) for name, line in zip(hours, lines, strict=True)}


@pytest.mark.faults
def test_three_hours_take_no_more_memory_than_a_clip_and_no_more_work_than_their_bytes(measured):
    for name, (n_samples, _, mebibytes, cpu_s, going_cpu_s, reading_cpu_s) in measured.items():
        assert n_samples == CLIP_S * 22_050, name
        assert mebibytes < MOST_MIB, name
        assert cpu_s < MOST_GOES * going_cpu_s + 1, name
        assert going_cpu_s < AS_LONG_AS_OTHERS * reading_cpu_s + 1, name


@pytest.mark.faults
def test_three_hours_are_known_as_such_and_a_broken_file_as_long_as_what_is_left(measured):
    assert measured["long.wav"][1] == measured["long.flac"][1] == 3 * HOUR_S
    assert measured["broken.flac"][1] == pytest.approx(3 * HOUR_S * 0.4, rel=0.01)


@pytest.mark.parametrize("share", [0.2, 0.4, 0.7, 0.9])
@pytest.mark.parametrize("damage", ["breaks off", "scratch"])
def test_a_flac_gives_every_sample_before_its_damage_and_the_middle_of_those(tmp_path, minute, damage, share):
    path = tmp_path / "a.flac"
    soundfile.write(path, minute, RATE_HZ)
    content = bytearray(path.read_bytes())
    at = round(share * len(content))
    content[at:] = b"" if damage == "breaks off" else bytes(200) + content[at + 200 :]
    path.write_bytes(content)
    middle = read_middle(path)
    left_s = middle.n_frames / RATE_HZ
    start = (middle.n_frames - len(middle.y)) // 2
    assert np.array_equal(middle.y, minute[start : start + len(middle.y)])
    met = 60 * share < 45 and (damage == "breaks off" or 60 * share > 15)  # reading the middle, from 15 to 45 s
    assert left_s == pytest.approx(60 * share if met else 60, abs=2 if met else 0)
    assert len(middle.y) == (middle.n_frames if left_s <= 33 else 30 * RATE_HZ)


@pytest.mark.parametrize(
    ("claimed", "heard"),
    [(0, 10), (2**36 - 1, 10), (20 * RATE_HZ, 10), (90 * RATE_HZ, 10), (4 * RATE_HZ, 4)],
    ids=["unknown, as streamed", "days", "20 s", "90 s", "4 s"],
)
def test_a_flac_that_claims_another_length_gives_what_it_holds_up_to_that(tmp_path, minute, claimed, heard):
    path = tmp_path / "a.flac"
    soundfile.write(path, minute[: 10 * RATE_HZ], RATE_HZ)
    content = bytearray(path.read_bytes())
    content[21:26] = (content[21] >> 4 << 36 | claimed).to_bytes(5, "big")  # the last 36 bits of this field
    path.write_bytes(content)
    middle = read_middle(path)
    assert np.array_equal(middle.y, minute[: heard * RATE_HZ])
    assert middle.n_frames == heard * RATE_HZ


@pytest.mark.parametrize("rate_hz", [1, LOWEST_RATE_HZ - 1, HIGHEST_RATE_HZ + 1, 2**31 - 1])
def test_a_rate_that_no_music_has_is_refused_with_the_rate(tmp_path, rate_hz):
    soundfile.write(tmp_path / "a.wav", np.ones(5), rate_hz)
    with pytest.raises(AudioError, match=f"bad_rate: {rate_hz} Hz is not from 2000 to 768000 Hz"):
        read_middle(tmp_path / "a.wav")


def test_the_widest_and_fastest_file_is_read_in_blocks_and_mixed_as_a_whole(tmp_path):
    noise = np.random.default_rng(0).uniform(-1, 1, (12_000, 1024)).astype(np.float32)
    assert noise.size > 2 * BLOCK_VALUES
    soundfile.write(tmp_path / "a.wav", noise, HIGHEST_RATE_HZ, subtype="FLOAT")
    middle = read_middle(tmp_path / "a.wav")
    assert (middle.n_frames, middle.sample_rate_hz, middle.channels) == (12_000, HIGHEST_RATE_HZ, 1024)
    assert np.array_equal(middle.y, noise.mean(axis=1))


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 7, 8, 9, 32])
def test_the_mean_of_the_channels_is_that_of_librosa_to_the_last_bit(channels):
    block = np.random.default_rng(channels).uniform(-1, 1, (5_001, channels)).astype(np.float32)
    mixed = mix_down(block)
    assert mixed.dtype == np.float32
    np.testing.assert_array_equal(mixed, librosa.to_mono(block.T))
