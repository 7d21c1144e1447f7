"""What a playlist starts from, by id, by words and by files of playlists; and what is said of a miss."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.playlist import find_track
from pipeline.playlist.seeds import match_entries, read_m3u
from tests.playlist.made import made_space

NAMES = [
    ("Beyoncé", "Déjà Vu"),
    ("Maroon 5", "Memories"),
    ("Maroon 5", "Sugar"),
    ("Sugar", "Fell in Love"),
    ("Sugar Ray", "Fly"),
    ("Maroon 5", "Memories - Remix"),
]


@pytest.fixture(scope="module")
def space():
    paths = [f"pop/{artist} - {title}.mp3" for artist, title in NAMES]
    return made_space(
        np.random.default_rng(0).normal(size=(6, 3)),
        artist=[a for a, _ in NAMES],
        title=[t for _, t in NAMES],
        path=paths,
    )


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ("t0003", 3),
        ("deja vu", 0),
        ("BEYONCE", 0),
        ("memories", 1),
        ("maroon remix", 5),
        ("maroon 5 memories", 1),
        ("sugar ray", 4),
        ("sugar", 2),
    ],
)
def test_a_track_is_found_by_id_or_words(space, asked, row):
    assert find_track(space, asked) == row


def test_a_miss_offers_the_nearest_names_and_several_are_named(space):
    with pytest.raises(
        InputError, match=r"no track of dataset 'made' is called 'memoris maron'; the nearest: Maroon 5"
    ):
        find_track(space, "memoris maron")
    with pytest.raises(InputError, match=r"'maroon' fits 3 tracks: Maroon 5 - Memories \(t0001\).*say more"):
        find_track(space, "maroon")
    for nothing in ("", " ", "…", "zzzzzz", "\udcff"):
        with pytest.raises(InputError, match="no track of dataset"):
            find_track(space, nothing)


def test_copies_of_one_recording_are_no_choice():
    copies = made_space(np.eye(3), title=["One", "One", "Two"], artist="A", recording=["t0000", "t0000", "t0002"])
    assert find_track(copies, "a one") == 0


def test_entries_of_a_playlist_are_known_by_path_by_file_name_or_by_what_is_told(space):
    text = "\ufeff#EXTM3U\n#EXTINF:-1,whatever\n../music/pop/Maroon 5 - Sugar.mp3\n\n"
    text += "C:\\Users\\me\\BEYONCÉ - Déjà Vu.mp3\n#EXTINF:3,Sugar Ray - Fly\nhttp://radio/1\nnowhere.mp3\n"
    entries = read_m3u(text)
    assert len(entries) == 4
    assert match_entries(space, entries, Path("/music"), Path("/lists")) == [2, 0, 4]
    assert match_entries(space, entries[:1]) == [2]
    assert match_entries(space, read_m3u("#EXTM3U\n")) == []
