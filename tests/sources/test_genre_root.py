"""At which level the genres begin is decided once, and not by what happens to be in sight."""

import pytest

from pipeline.errors import InputError
from pipeline.sources.genre_root import genre_root


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def test_a_decision_stands_though_a_genre_is_not_there_and_the_other_one_has_albums(tmp_path):
    touch(tmp_path, "rock/album1/a.wav", "rock/album2/b.wav")
    assert genre_root(tmp_path) == tmp_path / "rock"
    assert genre_root(tmp_path, tmp_path) == tmp_path


def test_a_decision_stands_below_the_folder_asked_for_too(tmp_path):
    touch(tmp_path, "Data/genres/rock/album1/a.wav", "Data/genres/rock/album2/b.wav")
    assert genre_root(tmp_path, tmp_path / "Data" / "genres") == tmp_path / "Data" / "genres"
    assert genre_root(tmp_path / "Data", tmp_path / "Data" / "genres") == tmp_path / "Data" / "genres"


def test_a_decision_stands_where_what_was_stepped_into_has_no_folders_any_more(tmp_path):
    touch(tmp_path, "genres/a.wav")
    assert genre_root(tmp_path, tmp_path / "genres") == tmp_path / "genres"


def test_a_decision_does_not_stand_where_there_is_music_beside_it_or_it_is_elsewhere(tmp_path):
    touch(tmp_path, "genres/rock/a.wav", "genres/jazz/b.wav", "more/c.wav")
    assert genre_root(tmp_path, tmp_path / "genres") == tmp_path
    assert genre_root(tmp_path, tmp_path / "more" / "elsewhere") == tmp_path


def test_a_decision_stands_by_whichever_name_a_link_gives_it(tmp_path):
    touch(tmp_path / "disk", "rock/album1/a.wav", "rock/album2/b.wav")
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "link").symlink_to(tmp_path / "disk")
    assert genre_root(tmp_path / "music", tmp_path / "disk") == tmp_path / "music" / "link"


@pytest.mark.parametrize("first", ["rock/album1/a.wav", "Data/rock/album1/a.wav"])
def test_what_can_not_be_read_beside_the_one_folder_leaves_it_open_and_that_is_said(tmp_path, first):
    root = touch(tmp_path, first).joinpath(first).parents[2]
    (root / "jazz").symlink_to("/nowhere/jazz")
    with pytest.raises(InputError, match=r"not all of '.*/jazz' can be read, so nobody can tell whether"):
        genre_root(tmp_path)
    assert genre_root(tmp_path, root) == root
    assert genre_root(root / "rock") == root / "rock"


def test_what_can_not_be_read_below_the_one_folder_leaves_it_open_too(tmp_path):
    touch(tmp_path, "rock/a.wav")
    (tmp_path / "rock" / "live").symlink_to("/nowhere")
    with pytest.raises(InputError, match=r"not all of '.*/rock' can be read"):
        genre_root(tmp_path)


def test_what_can_not_be_read_and_would_change_nothing_is_no_hindrance(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    (tmp_path / "blues").symlink_to("/nowhere")
    assert genre_root(tmp_path) == tmp_path
    (tmp_path / ".Trash").symlink_to("/nowhere")
    touch(tmp_path / "below", "genres/rock/a.wav", "genres/jazz/b.wav")
    (tmp_path / "below" / ".Trash").symlink_to("/nowhere")
    assert genre_root(tmp_path / "below") == tmp_path / "below" / "genres"
