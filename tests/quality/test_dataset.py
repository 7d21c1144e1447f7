"""Checks of the data in words that a person can act on, at every stage of knowing it."""

import pandas as pd
import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.errors import InputError
from pipeline.extract import extract
from pipeline.features import TAGS
from pipeline.quality import artist_concentration, check_quality, grave_warnings, missing_values
from pipeline.settings import get_settings
from pipeline.sources import TableOptions
from pipeline.sources.demo import render_track
from pipeline.store import read_frame
from pipeline.store.datasets import begin_segments
from pipeline.tables import DATA_QUALITY

DATASET = "test-quality"


@pytest.fixture
def check(database, tmp_path):
    """Return a function that catalogues a table, or a folder of audio, and checks it."""
    for name in database.list_collection_names():
        database[name].delete_many({"dataset": DATASET})

    def checked(text="", **source):
        if text:
            (tmp_path / "table.csv").write_text(text, encoding="utf-8")
            source = {"table": str(tmp_path / "table.csv")}
        catalogue(database, DATASET, settings=get_settings(), **source)
        found = check_quality(database, DATASET)
        assert list(found.columns) == DATA_QUALITY.names
        assert found["check"].is_unique
        return found.set_index("check")

    return checked


def tracks(genre, n, start=0, artist="{genre}{i}"):
    return "".join(
        f"{genre}{i}.wav,{i + start}.5,{i % 3},{genre},{artist.format(i=i, genre=genre)}\n" for i in range(n)
    )


HEADER = "filename,x,y,label,artist\n"


def row(found, check):
    return tuple(found.loc[check])


def test_a_sound_table_passes_every_check(check):
    found = check(HEADER + tracks("rock", 12) + tracks("jazz", 12, start=7))
    assert found.index[found["status"] != "ok"].tolist() == []
    assert found.loc["genre_balance", "n"] == 2
    assert "24 segments" in found.loc["constant_features_30s", "detail"]


def test_rejects_are_counted_by_reason(check):
    found = check(
        HEADER + tracks("rock", 2) + tracks("jazz", 2, start=9) + "a.wav,nan,1,rock,\nb.wav,1,,rock,\nc.wav,1,1,,\n"
    )
    assert row(found, "rejects") == ("warning", 3, "not_a_number 2, missing_label 1")


@pytest.mark.parametrize(("n", "warns"), [(3, True), (9, True), (10, False)])
def test_few_songs_a_genre_are_told_with_every_headline_and_what_an_interval_then_means(check, database, n, warns):
    found = check(HEADER + tracks("rock", n) + tracks("jazz", n, start=50) + tracks("folk", 30, start=100))
    assert ("few_tracks" in found.index) == warns
    assert any("other tracks to learn from" in words for words in grave_warnings(database, DATASET)) == warns


@pytest.mark.parametrize("columns", [TAGS.columns, ("loudness", *TAGS.columns), TAGS.columns[:49]])
def test_features_of_a_network_that_learned_from_other_music_are_told_with_every_headline(check, database, columns):
    values = ",".join(["0.5"] * len(columns))
    rows = [f"{genre}{i}.wav,{values[:-1]}{i % 7},{genre}" for genre in ("rock", "jazz") for i in range(12)]
    found = check("\n".join([f"filename,{','.join(columns)},label", *rows]) + "\n")
    learned = set(TAGS.columns) <= set(columns)
    assert ("learned_from_other_music" in found.index) == learned
    assert (
        any("Million Song Dataset, which may include yours" in w for w in grave_warnings(database, DATASET)) == learned
    )


def test_unbalanced_and_small_genres_are_named_with_their_sizes(check):
    found = check(HEADER + tracks("rock", 21) + tracks("jazz", 10, start=50) + tracks("folk", 9, start=70))
    assert row(found, "genre_balance") == ("warning", 3, "rock has 21 tracks, folk has 9: 2.3 to 1")
    assert row(found, "small_genres") == ("warning", 1, "under 10 tracks: folk")


def test_equal_tracks_are_named_and_those_of_two_genres_once_more(check):
    text = HEADER + tracks("rock", 10) + tracks("jazz", 10, start=50)
    found = check(text + "again.wav,3.5,0,rock,z\nwrong.wav,54.5,1,rock,z\n")
    assert row(found, "duplicates") == ("warning", 2, "rock3 = again; wrong = jazz4")
    assert row(found, "duplicates_across_genres") == (
        "warning",
        1,
        "the same content is filed under several genres, where no answer can be right for all: "
        "jazz4 (jazz) = wrong (rock)",
    )


def test_a_genre_by_one_artist_alone_is_called_worthless(check):
    found = check(HEADER + tracks("rock", 10, artist="Morphine") + tracks("jazz", 10, start=50))
    status, n, detail = row(found, "one_artist_genres")
    assert (status, n) == ("warning", 1)
    assert detail == (
        "a score on this data says nothing about rock: it rests on one artist (rock: Morphine, 10 tracks)"
    )


def test_where_some_artists_are_unknown_the_warning_speaks_of_the_others(check):
    rock = tracks("rock", 8, artist="Morphine") + "a.wav,77,1,rock,\nb.wav,78,1,rock,\n"
    found = check(HEADER + rock + tracks("jazz", 10, start=50))
    assert row(found, "one_artist_genres")[2] == (
        "a score on this data says nothing about rock: it rests on one artist "
        "(rock: Morphine, 8 tracks, 2 more by unknown ones)"
    )
    assert row(found, "missing_metadata")[:2] == ("warning", 2)


def by_artists(followers, n_artists=12, n_tracks=5):
    """Tracks of a table with a column that is a function of artist and track."""
    lines = [
        f"{genre}{artist}-{track},{start + 99 * track + artist},{followers(artist, track)},{genre},{genre}{artist}\n"
        for genre, start in (("rock", 0), ("jazz", 5000))
        for artist in range(n_artists)
        for track in range(n_tracks)
    ]
    return "filename,x,followers,label,artist\n" + "".join(lines)


def artist_constants(found):
    (name,) = (name for name in found.index if name.startswith("artist_constant_features"))
    return row(found, name)


def test_a_feature_that_is_the_same_on_all_tracks_of_each_artist_is_named_and_can_be_left_out(check, tmp_path):
    status, n, detail = artist_constants(check(by_artists(lambda artist, track: 1000 + 7 * artist)))
    assert (status, n) == ("warning", 1)
    assert "24 artists" in detail
    assert detail.endswith("followers; --leave-out followers does without")
    source = {"table": str(tmp_path / "table.csv"), "options": TableOptions(leave_out="followers")}
    assert artist_constants(check(**source))[0] == "ok"


@pytest.mark.parametrize(
    ("followers", "n_artists", "n_tracks"),
    [
        (lambda artist, track: 1000 * artist + track, 12, 5),  # differs within artists
        (lambda artist, track: 5, 12, 5),  # never varies at all
        (lambda artist, track: int(artist == 0), 2, 2),  # two artists of two tracks: chance does that
    ],
)
def test_a_feature_that_chance_explains_is_not_said_to_name_the_artist(check, followers, n_artists, n_tracks):
    assert artist_constants(check(by_artists(followers, n_artists, n_tracks)))[0] == "ok"


def test_a_genre_mostly_by_one_artist_is_named_with_how_many_it_counts_as(check):
    rock = tracks("rock", 6, artist="Queen") + tracks("rock2", 4, start=20).replace(",rock2,", ",rock,")
    found = check(HEADER + rock + tracks("jazz", 10, start=50))
    assert row(found, "artist_concentration") == (
        "warning",
        1,
        "mostly by one artist, so a score there is much about that artist: rock: 60% by Queen, 5 artists that count "
        "as 2.5",
    )
    assert row(found, "one_artist_genres")[0] == "ok"


def test_concentration_is_the_inverse_of_the_summed_squared_shares_of_known_artists():
    genres = pd.DataFrame(
        [("a", "x"), ("a", "x"), ("a", "y"), ("a", "z"), ("a", None), ("b", "x"), ("b", "x"), ("c", None)],
        columns=["genre", "artist"],
    )
    found = artist_concentration(genres)
    assert found.loc["a"].tolist() == [5, 1, 3, "x", 0.5, pytest.approx(1 / (0.25 + 2 / 16))]
    assert found.loc["b"].tolist() == [2, 0, 1, "x", 1.0, 1.0]
    assert found.loc["c", "artists"] == 0
    assert found.index[0] == "b"


def test_unknown_artists_are_no_artist(check):
    found = check(HEADER + tracks("rock", 10, artist="") + tracks("jazz", 10, start=50, artist="nan"))
    assert row(found, "one_artist_genres") == ("ok", 0, "no artist is known (--metadata names them)")


def test_values_that_are_none_are_counted_whether_they_were_kept_out_or_came_in(check, database):
    text = HEADER + tracks("rock", 12) + tracks("jazz", 12, start=50) + "a.wav,inf,1,rock,\nb.wav,1,,rock,\n"
    found = check(text)
    assert row(found, "non_finite_values_30s") == (
        "warning",
        2,
        "none among 48 values; 2 rows or files were rejected for one",
    )
    begin_segments(database, DATASET)
    database["segments"].update_one({"dataset": DATASET, "track_id": "rock3"}, {"$set": {"y": float("inf")}})
    status, n, detail = row(check_quality(database, DATASET).set_index("check"), "non_finite_values_30s")
    assert (status, n) == ("warning", 3)
    assert detail.startswith("1 of 48 values, in y; 2 rows")


def test_a_duplicate_that_settling_found_counts_though_the_content_differs(check, database):
    check(HEADER + tracks("rock", 10) + tracks("jazz", 10, start=50))
    database["tracks"].update_one({"dataset": DATASET, "track_id": "rock7"}, {"$set": {"duplicate_of": "rock2"}})
    found = check_quality(database, DATASET).set_index("check")
    assert row(found, "duplicates") == ("warning", 1, "rock7 = rock2")


def test_features_that_never_vary_are_named(check):
    found = check("x,y,z,label\n1,7,0,rock\n2,7,0,jazz\n")
    assert row(found, "constant_features_30s") == ("warning", 2, "y, z")


def test_audio_can_be_checked_before_extraction_and_even_where_none_of_it_can_be_used(check, database, tmp_path):
    for genre in ("rock", "jazz"):
        (tmp_path / genre).mkdir()
        (tmp_path / genre / "a.wav").write_bytes(b"no audio")
    assert row(check(audio=str(tmp_path)), "genre_balance")[0] == "ok"
    extract(database, DATASET, windows_s=[3.0], feature_sets=["spectral-v1"], jobs=1)
    found = check(audio=str(tmp_path))
    assert row(found, "rejects") == ("warning", 2, "undecodable 2")
    assert row(found, "genre_balance") == ("warning", 0, "no track can be used")


def test_after_extraction_each_window_has_its_own_check_of_constant_features(check, database, tmp_path):
    for genre in ("rock", "jazz"):
        (tmp_path / genre).mkdir()
        soundfile.write(tmp_path / genre / "a.wav", render_track(genre, 0, duration_s=3.2), 22_050)
    assert not any("constant" in name for name in check(audio=str(tmp_path)).index)
    extract(database, DATASET, windows_s=[3.0, 1.5, 30.0], feature_sets=["spectral-v1"], jobs=1)
    found = check(audio=str(tmp_path))
    names = [f"{what}constant_features_{window}s" for window in ("3", "1.5") for what in ("", "artist_")]
    assert [name for name in found.index if "constant" in name] == names
    assert row(found, "rejects") == ("warning", 2, "too_short 2")


def test_missing_values_are_counted_a_field(check, database):
    check(HEADER + tracks("rock", 3, artist="") + tracks("jazz", 1, start=50))
    found = missing_values(
        read_frame(database["tracks"], {"dataset": DATASET}, ["genre", "artist", "title", "duration_s"])
    )
    assert found["n_missing"].to_dict() == {"genre": 0, "artist": 3, "title": 4, "duration_s": 4}
    assert found.loc["artist", "share"] == 0.75


def test_a_dataset_that_there_is_not_is_refused(database):
    with pytest.raises(InputError, match="no dataset 'nope'"):
        check_quality(database, "nope")


def test_two_spellings_of_an_artist_are_one_and_unknown_is_none():
    spelled = pd.DataFrame({"genre": "a", "artist": ["Nina  Simone", "nina simone", "Unknown", "Björk"]})
    found = artist_concentration(spelled).loc["a"]
    assert found.tolist() == [4, 1, 2, "Nina  Simone", pytest.approx(2 / 3), pytest.approx(1 / (4 / 9 + 1 / 9))]


@pytest.mark.parametrize(("n", "warns"), [(4, False), (5, True)])
def test_where_over_a_tenth_of_the_rows_have_no_label_every_headline_says_so(check, database, n, warns):
    without = "".join(f"unknown{i}.wav,{i + 80}.5,{i % 3},None,a\n" for i in range(n))
    found = check(HEADER + tracks("rock", 20) + tracks("jazz", 20, start=50) + without)
    sentence = f"{n} of {40 + n} rows have no label and are left out: no score says anything about them"
    assert row(found, "no_label") == ("warning" if warns else "ok", n, sentence)
    assert (sentence in grave_warnings(database, DATASET)) == warns
