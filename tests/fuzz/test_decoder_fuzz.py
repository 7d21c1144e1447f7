"""Damaged audio: whatever is in a file, the decoder gives a clip or one sentence, without much ado, and lives on."""

import math

import pytest
import soundfile

from pipeline.audio_file import read_middle
from pipeline.decoders.sndfile import FORMATS
from pipeline.errors import AudioError
from tests.fuzz.campaign import fuzz
from tests.fuzz.faulty_reader import N
from tests.fuzz.mutations import MAIN, _mend_ogg_sums, mutation, seeds


@pytest.mark.parametrize("n", [400, pytest.param(4_000, marks=pytest.mark.faults)])
def test_damaged_files_crash_nothing_hang_nothing_hoard_nothing_and_reach_the_decoders(n):
    findings = fuzz(seed=0, most=n, seconds=math.inf)
    assert findings.faults == []
    assert findings.n == n
    assert findings.told["decoded"] > n / 5, "the damage is to reach the decoders,"
    assert findings.told["undecodable"] > n / 5, "as well as the doors before them"
    assert len(findings.told) >= 6, findings.told


def test_a_decoder_that_breaks_a_promise_is_found_out():
    found = fuzz(seed=0, most=N, seconds=math.inf, reader="tests.fuzz.faulty_reader")
    crashed, hung, *others = found.faults
    assert crashed.startswith("0 (")
    assert "SIGSEGV" in crashed
    assert hung.startswith("1 (")
    assert "Timeout" in hung
    assert "decode" in hung
    assert [fault.split("FAULT ")[1][:12] for fault in others] == [
        "ValueError: ", "memory grew ", "lines: 'one\\", "samples that", "it took 0.3 ",
    ]  # fmt: skip
    assert found.n == N


def test_a_mutation_is_the_same_again():
    assert [mutation(3, number) for number in range(20)] == [mutation(3, number) for number in range(20)]


def test_check_sums_of_ogg_pages_are_those_that_the_encoder_writes():
    content = seeds()["OGG VORBIS 2 ch 48000 Hz"]
    mended = bytearray(content)
    _mend_ogg_sums(mended)
    assert bytes(mended) == content


@pytest.mark.parametrize("name", [name for name in seeds() if " 1 ch " in name])
def test_music_in_every_format_that_is_promised_is_decoded_and_in_any_other_decoded_or_refused(tmp_path, name):
    path = tmp_path / "a.wav"
    path.write_bytes(seeds()[name])
    try:
        n_samples, reason = len(read_middle(path).y), ""
    except AudioError as error:
        n_samples, reason = 0, error.reason
    if soundfile.info(path).format in FORMATS or not reason:
        assert n_samples > 10_000
    else:
        assert reason == "undecodable"
    assert set(MAIN) <= FORMATS
