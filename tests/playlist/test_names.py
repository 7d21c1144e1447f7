"""What tracks are called in a list: never two alike, and no longer than that takes."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.playlist import say_unlisted, shown_names

PATHS = st.lists(
    st.builds("/".join, st.lists(st.sampled_from("ab"), min_size=1, max_size=4)), unique=True, min_size=1, max_size=8
)


@given(PATHS, st.sampled_from([None, "Nina"]), st.sampled_from([None, "", "One"]))
def test_tracks_of_one_artist_and_title_are_told_apart_by_the_ends_of_their_paths(paths, artist, title):
    names = shown_names([artist] * len(paths), [title] * len(paths), paths)
    assert len(set(names)) == len(paths)
    for name, path in zip(names, paths, strict=True):
        end = name.removeprefix("Nina - ").removeprefix("One").strip("( )")
        assert path.endswith(end)


def test_a_track_that_comes_twice_is_called_the_same_and_no_longer():
    assert shown_names(["Nina"] * 2, [None] * 2, ["a/1.mp3"] * 2) == ["Nina - 1.mp3"] * 2
    assert shown_names(["Nina", "Ella"], [None] * 2, ["a/1.mp3", "b/1.mp3"]) == ["Nina - 1.mp3", "Ella - 1.mp3"]


def test_files_that_no_playlist_can_hold_are_counted_and_one_is_named():
    assert say_unlisted(["a.mp3", None]) == []
    (said,) = say_unlisted(["a.mp3", "b\nc.mp3"])
    assert said == "1 file is in no playlist: it can't hold a path with a line break, as 'b\\nc.mp3' has."
    assert say_unlisted(["b\nc.mp3", "d\r.mp3"])[0].startswith("2 files are in no playlist: ")
