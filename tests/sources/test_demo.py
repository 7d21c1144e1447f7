"""The demo corpus: reproducible, resumable, varied, and audibly ten genres."""

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.errors import InputError
from pipeline.sources.demo import GENRES, render_track, write_demo
from pipeline.sources.demo.artists import credit
from pipeline.sources.demo.dsp import SAMPLE_RATE_HZ
from pipeline.sources.demo.genres import DESCRIPTIONS
from pipeline.sources.demo.grooves import FILLS, GROOVES
from pipeline.sources.demo.harmony import Chord, parse_chord, voicing
from pipeline.sources.demo.instruments import INSTRUMENTS, render_note

DURATION_S = 6.0


def level_db(y):
    return 20 * np.log10(np.sqrt(np.mean(np.square(y, dtype=np.float64))))


def mean_level_db(genre):
    return np.mean([level_db(render_track(genre, number, duration_s=DURATION_S)) for number in range(8)])


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert write_demo(folder, tracks_per_genre=2, duration_s=2.0, jobs=1) == 20
    return folder


def test_the_genres_are_the_ten_of_gtzan():
    assert " ".join(GENRES) == "blues classical country disco hiphop jazz metal pop reggae rock"


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_is_finite_audible_and_not_clipped(genre):
    for number in range(2):
        y = render_track(genre, number, duration_s=DURATION_S)
        assert y.dtype == np.float32
        assert y.shape == (round(DURATION_S * SAMPLE_RATE_HZ),)
        assert np.isfinite(y).all()
        assert np.abs(y).max() <= 0.99
        assert -40 < level_db(y) < -6
        one_second_levels = [level_db(second) for second in np.split(y, 6)]
        assert min(one_second_levels) > -60


def test_the_same_seed_gives_the_same_samples_and_another_seed_does_not():
    first = render_track("reggae", 3, seed=5, duration_s=DURATION_S)
    assert np.array_equal(first, render_track("reggae", 3, seed=5, duration_s=DURATION_S))
    assert not np.allclose(first, render_track("reggae", 3, seed=6, duration_s=DURATION_S))


def test_tracks_ignore_global_random_state():
    np.random.seed(1)
    first = render_track("jazz", 0, duration_s=2.0)
    np.random.seed(2)
    assert np.array_equal(first, render_track("jazz", 0, duration_s=2.0))


@pytest.mark.parametrize("genre", GENRES)
def test_tracks_within_a_genre_differ(genre):
    tracks = [render_track(genre, number, duration_s=DURATION_S) for number in range(4)]
    for i, a in enumerate(tracks):
        for b in tracks[i + 1 :]:
            assert abs(np.corrcoef(a, b)[0, 1]) < 0.9


@pytest.mark.parametrize("duration_s", [0.01, 0.5, 3.3])
def test_a_track_has_the_requested_length(duration_s):
    assert render_track("classical", 0, duration_s=duration_s).shape == (round(duration_s * SAMPLE_RATE_HZ),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"genre": "polka", "number": 0}, "'polka'.*blues"),
        ({"genre": "jazz", "number": -1}, "-1"),
        ({"genre": "jazz", "number": 0, "seed": -3}, "-3"),
        ({"genre": "jazz", "number": 0, "duration_s": 0.0}, "0.0 s"),
        ({"genre": "jazz", "number": 0, "duration_s": float("nan")}, "nan s"),
    ],
)
def test_what_cannot_be_rendered_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        render_track(**arguments)


@pytest.mark.parametrize("genre", GENRES)
def test_very_short_tracks_are_finite(genre):
    assert all(np.isfinite(render_track(genre, number, duration_s=0.01)).all() for number in range(6))


def test_loudness_ranks_as_in_real_recordings():
    levels = {genre: mean_level_db(genre) for genre in ("classical", "jazz", "metal", "hiphop")}
    assert levels["classical"] < levels["metal"] - 4
    assert levels["jazz"] < levels["hiphop"] - 4


def test_hiphop_has_more_bass_than_country():
    def bass_share(genre):
        shares = []
        for number in range(8):
            power = np.abs(np.fft.rfft(render_track(genre, number, duration_s=DURATION_S))) ** 2
            frequency_hz = np.fft.rfftfreq(round(DURATION_S * SAMPLE_RATE_HZ), 1 / SAMPLE_RATE_HZ)
            shares.append(power[frequency_hz < 90].sum() / power.sum())
        return np.mean(shares)

    assert bass_share("hiphop") > 1.5 * bass_share("country")


def test_files_are_16_bit_mono_flac_at_22050_hz(corpus):
    info = soundfile.info(corpus / "blues" / "blues.00001.flac")
    assert (info.format, info.subtype, info.channels) == ("FLAC", "PCM_16", 1)
    assert (info.samplerate, info.frames) == (22050, 44100)


def test_files_hold_what_render_track_returns(corpus):
    samples, _ = soundfile.read(corpus / "pop" / "pop.00001.flac", dtype="float32")
    assert np.abs(samples - render_track("pop", 1, duration_s=2.0)).max() < 2 / 32768


def test_two_jobs_write_the_same_files_as_one(corpus, tmp_path):
    assert write_demo(tmp_path, tracks_per_genre=2, duration_s=2.0, jobs=2) == 20
    assert contents(tmp_path) == contents(corpus)


def test_a_second_call_writes_nothing_and_a_lost_track_comes_back(corpus, tmp_path):
    write_demo(tmp_path, tracks_per_genre=1, duration_s=0.5, jobs=1)
    before = contents(tmp_path)
    assert write_demo(tmp_path, tracks_per_genre=1, duration_s=0.5, jobs=1) == 0
    (tmp_path / "rock" / "rock.00000.flac").unlink()
    assert write_demo(tmp_path, tracks_per_genre=1, duration_s=0.5, jobs=1) == 1
    assert contents(tmp_path) == before


def test_an_interrupted_track_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(file, *args, **kwargs):
        Path(file).write_bytes(b"half a track")
        raise KeyboardInterrupt

    monkeypatch.setattr(soundfile, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_demo(tmp_path, tracks_per_genre=1, duration_s=0.1, jobs=1)
    assert contents(tmp_path) == {}


def test_metadata_covers_every_file(corpus):
    with (corpus / "metadata.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["file", "artist", "title"]
    assert sorted(row["file"] for row in rows) == sorted(name for name in contents(corpus) if name.endswith(".flac"))
    assert all(row["artist"] and row["title"] for row in rows)


def test_metadata_still_covers_the_tracks_of_a_larger_earlier_call(tmp_path):
    write_demo(tmp_path, tracks_per_genre=2, duration_s=0.1, jobs=1)
    write_demo(tmp_path, tracks_per_genre=1, duration_s=0.1, jobs=1)
    assert len((tmp_path / "metadata.csv").read_text(encoding="utf-8").splitlines()) == 21


def test_a_dozen_tracks_of_a_genre_are_by_four_artists_and_no_artist_has_two_genres():
    artists = {genre: {credit(genre, number)[0] for number in range(12)} for genre in GENRES}
    assert all(len(names) == 4 for names in artists.values())
    assert len(set.union(*artists.values())) == 40
    assert len({credit(genre, number) for genre in GENRES for number in range(12)}) == 120


def test_a_corpus_needs_a_track(tmp_path):
    with pytest.raises(InputError, match="tracks_per_genre is 0"):
        write_demo(tmp_path, tracks_per_genre=0)


@pytest.mark.parametrize("genre", GENRES)
def test_descriptions_name_what_exists_and_fill_their_bars(genre):
    description = DESCRIPTIONS[genre]
    assert set(description.neighbours) < set(GENRES) - {genre}
    for part in description.parts:
        assert set(part.instruments.split()) <= set(INSTRUMENTS)
        assert {len(bar) for rhythm in part.rhythms.split() for bar in rhythm.split("|")} == {16}
    if description.drumming:
        assert set(description.drumming.grooves.split()) <= set(GROOVES)
    for numerals, _ in description.harmonies:
        assert all(parse_chord(numeral) for numeral in numerals.split())


def test_drum_patterns_fill_their_bars():
    for name, pattern in [*GROOVES.items(), *(("fill", fill) for fill in FILLS)]:
        assert {len(hits) for hits in pattern.values()} == {12 if name == "waltz" else 16}


def test_chords_are_read_as_harmony_writes_them():
    assert parse_chord("V7") == Chord(7, (0, 4, 7, 10))
    assert parse_chord("bIII") == Chord(3, (0, 4, 7))
    assert [midi % 12 for midi in voicing(parse_chord("ii"), tonic=0, centre_midi=62)] == [9, 2, 5]
    with pytest.raises(ValueError, match="'H7'"):
        parse_chord("H7")


@pytest.mark.parametrize("instrument", sorted(set(INSTRUMENTS) - {"growler", "rapper"}))
def test_notes_sound_at_their_pitch(instrument):
    note = render_note(instrument, 220.0, 1.0)
    power = np.abs(np.fft.rfft(note * np.hanning(len(note)))) ** 2
    frequency_hz = np.fft.rfftfreq(len(note), 1 / SAMPLE_RATE_HZ)
    nearest_harmonic_hz = 220.0 * np.maximum(1, np.round(frequency_hz / 220.0))
    in_tune = np.abs(frequency_hz - nearest_harmonic_hz) < 0.03 * nearest_harmonic_hz + 5
    assert power[in_tune].sum() / power.sum() > 0.9
