"""Genres whose held-out tracks are all by one artist are named, with the artist."""

import pandas as pd
import pytest

from pipeline.evaluation.one_artist import MOST_NAMED, one_artist_genres, say_one_artist


def held(*tracks: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(tracks, columns=["genre", "artist"])


@pytest.mark.parametrize(
    ("tracks", "found"),
    [
        ([("jazz", "Ella"), ("jazz", "ELLA "), ("rock", "A"), ("rock", "B")], [("jazz", 2)]),
        ([("jazz", "Ella"), ("jazz", None)], []),
        ([("jazz", None), ("jazz", None)], []),
        ([("jazz", "Various Artists"), ("jazz", "Various Artists")], []),
        ([("jazz", "Ella")], [("jazz", 1)]),
    ],
)
def test_a_genre_counts_where_all_its_artists_are_known_and_the_same(tracks, found):
    assert [(each["genre"], each["n"]) for each in one_artist_genres(held(*tracks))] == found


def test_the_sentence_names_genre_artist_and_tracks_and_not_more_than_can_be_read():
    assert say_one_artist([]) == ""
    one = say_one_artist([{"genre": "jazz", "artist": "Ella", "n": 2}])
    assert one == (
        "All held-out tracks of one genre are by one artist: jazz (Ella, 2 tracks). "
        "They say how well it knows that artist."
    )
    many = say_one_artist([{"genre": f"g{i}", "artist": "Ella", "n": 1} for i in range(MOST_NAMED + 2)])
    assert many.startswith("In 10 genres all held-out tracks are by one artist: g0 (Ella, 1 track), g1")
    assert "g7 (Ella, 1 track) and 2 more genres." in many
