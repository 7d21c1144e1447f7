"""Audio folders as people keep them: what is a track, what its genre is, and what is left out and counted."""

import os
import shutil
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.sources import audio_root, list_audio


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not opened by the listing")
    return root


def found(root):
    return {track.track_id: track.genre for track in list_audio(root).tracks}


def reasons(root):
    return {reject.path: reject.reason for reject in list_audio(root).rejects}


def test_every_known_format_in_any_case_at_any_depth_is_a_track_of_its_first_folder(tmp_path):
    touch(tmp_path, "rock/a.wav", "rock/b.FLAC", "rock/live/1970/c.Ogg", "jazz/d.MP3", "jazz/e.au", "jazz/f.AIFF")
    touch(tmp_path, "jazz/g.aif", "jazz/h.oga")
    assert found(tmp_path) == {
        "rock/a.wav": "rock",
        "rock/b.FLAC": "rock",
        "rock/live/1970/c.Ogg": "rock",
        "jazz/d.MP3": "jazz",
        "jazz/e.au": "jazz",
        "jazz/f.AIFF": "jazz",
        "jazz/g.aif": "jazz",
        "jazz/h.oga": "jazz",
    }


folder_names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8).filter(
    lambda name: not name.startswith(".")
)


@given(st.sets(st.tuples(folder_names, folder_names), min_size=2, max_size=6))
def test_whatever_the_names_each_file_is_listed_once_and_can_be_found_again(names):
    with tempfile.TemporaryDirectory() as root:
        root = touch(Path(root), *(f"{genre}/{name}.wav" for genre, name in names if len(name.encode()) < 200))
        listing = list_audio(root)
        start = audio_root(root)
        assert len(listing.tracks) + len(listing.rejects) == sum(path.is_file() for path in root.rglob("*"))
        assert len({track.track_id for track in listing.tracks}) == len(listing.tracks)
        assert all((start / track.path).is_file() for track in listing.tracks)
        assert all(unicodedata.is_normalized("NFC", track.track_id) for track in listing.tracks)


def test_hidden_files_and_files_that_are_no_audio_are_ignored_and_counted(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/b.wav", "rock/._a.wav", ".git/x.wav", "rock/cover.jpg", "notes.txt", "jazz/wav")
    listing = list_audio(tmp_path)
    assert (len(listing.tracks), listing.n_hidden, listing.n_not_audio) == (2, 2, 3)
    assert listing.rejects == []


def test_the_listing_is_sorted_and_the_same_each_time(tmp_path):
    touch(tmp_path, "b/2.wav", "a/9.wav", "b/1.wav", "a/10.wav")
    assert list(found(tmp_path)) == ["a/10.wav", "a/9.wav", "b/1.wav", "b/2.wav"]
    assert list_audio(tmp_path) == list_audio(tmp_path)


def test_a_root_with_nothing_but_one_folder_of_genres_is_stepped_into(tmp_path):
    touch(tmp_path, "Data/genres_original/rock/a.wav", "Data/genres_original/jazz/b.wav", "README.md")
    assert found(tmp_path) == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}
    assert audio_root(tmp_path) == tmp_path / "Data" / "genres_original"


def test_a_folder_of_pictures_beside_the_genres_does_not_make_their_parent_a_genre(tmp_path):
    touch(tmp_path, "genres_original/rock/a.wav", "genres_original/jazz/b.wav", "images_original/rock/a.png")
    touch(tmp_path, "__MACOSX/genres_original/rock/._a.wav", "features_30_sec.csv")
    assert found(tmp_path) == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}


def test_a_single_genre_stays_a_genre(tmp_path):
    touch(tmp_path, "rock/a.wav", "rock/b.wav")
    assert found(tmp_path) == {"rock/a.wav": "rock", "rock/b.wav": "rock"}


def test_stray_audio_beside_the_genres_is_a_reject_and_the_genres_stand(tmp_path):
    touch(tmp_path, "stray.wav", "music/rock/a.wav", "music/jazz/b.wav")
    assert found(tmp_path) == {"music/rock/a.wav": "music", "music/jazz/b.wav": "music"}
    assert reasons(tmp_path) == {"stray.wav": "no_genre"}


def test_links_in_a_circle_end_and_a_broken_link_is_a_reject(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    (tmp_path / "rock" / "again").symlink_to(tmp_path)
    (tmp_path / "jazz" / "self").symlink_to(tmp_path / "jazz")
    (tmp_path / "jazz" / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "jazz" / "me.wav").symlink_to(tmp_path / "jazz" / "me.wav")
    assert found(tmp_path) == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}
    assert reasons(tmp_path) == {
        "rock/again": "link_loop",
        "jazz/self": "link_loop",
        "jazz/gone.wav": "unreadable",
        "jazz/me.wav": "link_loop",
    }


def test_a_folder_with_two_names_is_listed_once_and_the_other_name_is_a_reject_that_tells_the_first(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/live/b.wav", "jazz/.cache/c.wav")
    (tmp_path / "rock" / "live").symlink_to(tmp_path / "jazz" / "live")
    (tmp_path / "rock" / ".cache").symlink_to(tmp_path / "jazz" / ".cache")
    assert found(tmp_path) == {"rock/a.wav": "rock", "jazz/live/b.wav": "jazz"}
    (reject,) = list_audio(tmp_path).rejects
    assert (reject.path, reject.reason, reject.detail) == ("rock/live", "same_folder", "listed already as 'jazz/live'")


def test_a_root_that_links_to_itself_does_not_trap_the_search_for_genres(tmp_path):
    (tmp_path / "again").symlink_to(tmp_path)
    with pytest.raises(InputError, match="no audio"):
        list_audio(tmp_path)
    touch(tmp_path, "set/rock/a.wav", "set/jazz/b.wav")
    assert found(tmp_path) == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}


def test_a_linked_folder_of_genres_is_followed(tmp_path):
    touch(tmp_path / "elsewhere", "rock/a.wav", "jazz/b.wav")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "music").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "root") == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}


def test_names_that_differ_only_in_the_encoding_of_accents_are_one_track_and_one_reject(tmp_path):
    touch(tmp_path, "rock/Beyonc\u00e9.wav", "rock/Beyonce\u0301.wav", "jazz/b.wav")
    assert found(tmp_path) == {"rock/Beyonc\u00e9.wav": "rock", "jazz/b.wav": "jazz"}
    assert list(reasons(tmp_path).values()) == ["same_name"]


def test_a_name_with_decomposed_accents_has_a_composed_id_and_is_still_found(tmp_path):
    touch(tmp_path, "rock/Beyonce\u0301.wav", "jazz/b.wav")
    track = list_audio(tmp_path).tracks[1]
    assert track.track_id == "rock/Beyonc\u00e9.wav"
    assert (tmp_path / track.path).is_file()


def test_names_that_differ_in_case_or_extension_are_tracks_of_their_own(tmp_path):
    touch(tmp_path, "rock/a.wav", "rock/A.wav", "rock/a.WAV", "rock/a.mp3", "jazz/b.wav")
    assert len(found(tmp_path)) == 5


def test_a_genre_whose_accents_are_encoded_in_two_ways_is_one_genre(tmp_path):
    touch(tmp_path, "forr\u00f3/a.wav", "forro\u0301/b.wav", "samba/c.wav")
    assert set(found(tmp_path).values()) == {"forr\u00f3", "samba"}


def test_a_name_that_is_no_utf8_is_a_reject_that_can_be_shown(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    with open(os.fsencode(tmp_path / "rock") + b"/caf\xe9.wav", "wb"):
        pass
    (reject,) = list_audio(tmp_path).rejects
    assert (reject.path, reject.reason) == (r"rock/caf\xe9.wav", "bad_name")
    assert "rename" in reject.detail


def test_a_root_whose_name_is_no_utf8_is_an_error_that_can_be_shown(tmp_path):
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    touch(root, "rock/a.wav", "jazz/b.wav")
    with pytest.raises(InputError, match="has a name that is not valid UTF-8; rename the folder") as caught:
        list_audio(root)
    assert r"caf\xe9" in str(caught.value).replace(r"\\", "\\")


def test_a_pipe_named_like_audio_is_a_reject_and_nobody_waits_for_it(tmp_path):
    touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    os.mkfifo(tmp_path / "rock" / "pipe.wav")
    assert reasons(tmp_path) == {"rock/pipe.wav": "not_a_file"}


@pytest.fixture
def as_nobody():
    """Yield an open folder, seen with the rights of a user who is not root."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    user = os.geteuid()
    yield root, lambda: os.seteuid(65534) if user == 0 else None
    os.seteuid(user)
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(root)


def test_a_folder_that_may_not_be_opened_is_a_reject(as_nobody):
    root, drop_rights = as_nobody
    touch(root, "rock/a.wav", "jazz/b.wav", "jazz/private/c.wav")
    (root / "jazz" / "private").chmod(0)
    drop_rights()
    assert found(root) == {"rock/a.wav": "rock", "jazz/b.wav": "jazz"}
    assert reasons(root) == {"jazz/private": "unreadable"}


@pytest.mark.parametrize("mode", [0o311, 0o644])
def test_a_root_that_may_not_be_listed_or_entered_is_an_error_that_says_so(as_nobody, mode):
    root, drop_rights = as_nobody
    touch(root, "rock/a.wav").chmod(mode)
    drop_rights()
    with pytest.raises(InputError, match="Permission denied"):
        list_audio(root)


@pytest.mark.parametrize("names", [[], ["a.wav", "b.mp3"], ["rock/a.txt"], ["rock/.a.wav"]])
def test_a_folder_without_a_track_is_an_error_that_says_what_was_expected(tmp_path, names):
    with pytest.raises(InputError, match=r"no audio in .*one sub-folder a genre with audio in it, like aiff, au, flac"):
        list_audio(touch(tmp_path, *names))


def test_a_file_or_nothing_at_all_is_no_folder(tmp_path):
    touch(tmp_path, "a.wav")
    for path in (tmp_path / "a.wav", tmp_path / "none"):
        with pytest.raises(InputError, match=r"--audio .* is not a folder"):
            list_audio(path)


@pytest.mark.realdata
def test_the_clips_of_gtzan_lie_ten_a_genre(real_data):
    listing = list_audio(real_data / "gtzan-mini")
    genres = [track.genre for track in listing.tracks]
    assert (len(genres), len(set(genres)), {genres.count(genre) for genre in genres}) == (100, 10, {10})
    assert listing.rejects == []
