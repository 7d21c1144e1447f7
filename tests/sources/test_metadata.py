"""Metadata find their tracks by file name, however either is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.sources import read_metadata
from pipeline.sources.metadata import ORIGIN, read_origin


def metadata(folder, text, **options):
    path = folder / "metadata.csv"
    path.write_text(text, **({"encoding": "utf-8"} | options))
    return read_metadata(path)


def artists(joined):
    return {track: entry["artist"] for track, entry in joined.items()}


def test_folder_extension_case_leading_zeros_and_blanks_do_not_keep_a_track_from_its_entry(tmp_path):
    found = metadata(tmp_path, "file,artist\n Blues.00001.WAV ,A\n574.mp3, B \ngenres/rock/so far.au,C\n")
    tracks = ["blues/blues.00001.flac", "000/000574.mp3", "Rock/So Far.wav", "jazz/unknown.wav"]
    assert artists(found.join(tracks)) == dict(zip(tracks, "ABC", strict=False))


def test_the_ids_of_a_table_find_their_entries_too(tmp_path):
    found = metadata(tmp_path, "file,artist\nblues.00001.wav,A\nblues_69.wav,B\n")
    assert artists(found.join(["blues.00001", "blues_69", "blues_7"])) == {"blues.00001": "A", "blues_69": "B"}


def test_files_of_one_name_in_several_folders_are_told_apart_by_their_folders(tmp_path):
    found = metadata(tmp_path, "file,artist\nmusic/rock/x/01.wav,A\nmusic/rock/y/01.wav,B\nmusic/jazz/x/01.wav,C\n")
    tracks = ["rock/x/01.wav", "rock/y/01.wav", "jazz/x/01.wav", "jazz/z/01.wav"]
    assert artists(found.join(tracks)) == dict(zip(tracks, "ABC", strict=False))


def test_a_bare_name_that_fits_several_tracks_fits_none(tmp_path):
    found = metadata(tmp_path, "file,artist\n01.wav,A\n02.wav,B\n")
    assert artists(found.join(["rock/01.wav", "jazz/01.wav", "rock/02.wav"])) == {"rock/02.wav": "B"}


def test_entries_that_contradict_each_other_say_nothing_and_repeated_ones_do(tmp_path):
    found = metadata(tmp_path, "file,artist\na.wav,A\na.wav,B\nb.wav,B\nb.wav,B\na.wav,A\n")
    assert artists(found.join(["rock/a.wav", "rock/b.wav"])) == {"rock/b.wav": "B"}


def test_empty_cells_and_words_for_missing_values_are_no_artists(tmp_path):
    found = metadata(tmp_path, "file,artist,title,split\na.wav,,nan,train\n,X,Y,Z\n")
    assert found.join(["rock/a.wav"]) == {"rock/a.wav": {"artist": None, "title": None, "predefined_split": "train"}}
    assert len(found.entries) == 1


def test_columns_are_recognised_in_any_case_and_order_and_what_spreadsheets_write(tmp_path):
    found = metadata(tmp_path, "Title;ARTIST;Filename\r\nÉté; Zoé ;a.wav\r\n", encoding="utf-8-sig", newline="")
    assert found.join(["x/a.wav"])["x/a.wav"] == {"artist": "Zoé", "title": "Été"}


def test_rows_not_as_wide_as_the_header_are_left_out_and_counted(tmp_path):
    found = metadata(tmp_path, "file,artist\na.wav,A\nb.wav,Earth, Wind & Fire\n")
    assert artists(found.join(["r/a.wav", "r/b.wav"])) == {"r/a.wav": "A"}
    assert found.n_ragged == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,artist\nx,y\n", "no column of file names.*its columns: name, artist"),
        (
            "file,bpm\nx,97\n",
            "nothing of tracks: neither artist, title, split, genre, place nor year; its columns: file, bpm",
        ),
        ("file,artist\n", "holds no rows"),
    ],
)
def test_a_table_that_is_no_metadata_is_refused_naming_its_columns(tmp_path, text, message):
    with pytest.raises(InputError, match=f"--metadata .*{message}"):
        metadata(tmp_path, text)


@pytest.mark.realdata
def test_gtzan_metadata_describe_all_clips_and_all_but_81_artists(real_data):
    found = read_metadata(real_data / "tables" / "gtzan_metadata.csv")
    tracks = [f"{genre}/{genre}.{number:05}.wav" for genre in ("blues", "metal", "rock") for number in range(100)]
    assert len(found.join(tracks)) == 300
    assert sum(entry["artist"] is None for _, entry in found.entries) == 81
    splits = [entry["predefined_split"] for _, entry in found.entries]
    assert {split: splits.count(split) for split in splits} == {
        "train": 443,
        "valid": 197,
        "test": 290,
        "excluded_faulty": 70,
    }


def test_where_and_when_a_track_is_from_is_kept_and_what_cannot_be_is_not(tmp_path):
    said = metadata(
        tmp_path,
        "file,Country,region,lat,lon,release_date\n"
        "a.wav,Mali,Africa,0,-7.99,1987-05-01\n"
        "b.wav,,Asia,91,200,soon\n"
        "d.wav,,,999,,2001\n"
        "c.wav,Peru,,-12.05,-77.04,2001\n",
    )
    told = dict(said.entries)
    assert told["a.wav"] == {
        "country": "Mali", "region": "Africa", "latitude": 0.0, "longitude": -7.99, "year": 1987,
    }  # fmt: skip
    assert told["b.wav"] == {"country": None, "region": "Asia", "latitude": 91.0, "longitude": None, "year": None}
    assert (told["d.wav"]["latitude"], told["d.wav"]["longitude"]) == (None, None)
    assert told["c.wav"]["year"] == 2001


def test_numbers_under_the_name_of_a_country_are_no_country(tmp_path):
    said = metadata(tmp_path, "file,artist,country\na.wav,A,0.1\nb.wav,B,0.7\n")
    assert dict(said.entries) == {"a.wav": {"artist": "A"}, "b.wav": {"artist": "B"}}


@given(st.text(max_size=8) | st.floats().map(str), st.sampled_from(sorted(ORIGIN)))
def test_no_cell_says_a_place_or_year_that_cannot_be(cell, field):
    said = read_origin(field, cell)
    if field == "year":
        assert said is None or 1000 <= said < 3000
    elif field in ("latitude", "longitude"):
        assert said is None or abs(said) <= 180
    else:
        assert said == (cell or None)
