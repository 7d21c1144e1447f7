"""The dataset's own music: read from its folder alone, whatever the database says."""

from datetime import UTC, datetime

import pytest

from pipeline.listen.library import draw_unheard, has_sound, read_track
from pipeline.store import upsert


def test_a_track_comes_with_its_label_side_and_bytes(songs):
    for side in (True, False):
        path = songs.path(holdout=side)
        own = read_track(songs.database, songs.dataset, path.relative_to(songs.folder).as_posix())
        assert own.content == path.read_bytes()
        assert own.holdout == side
        assert own.genre == path.parent.name


def test_the_one_to_try_was_not_learned_from(songs):
    assert has_sound(songs.database, songs.dataset)
    drawn = {draw_unheard(songs.database, songs.dataset)["track_id"] for _ in range(30)}
    assert len(drawn) > 1
    assert all(read_track(songs.database, songs.dataset, track_id).holdout for track_id in drawn)


@pytest.fixture
def elsewhere(songs, tmp_path):
    """A dataset whose entries lead out of its folder, and to a folder, and to nothing."""
    (tmp_path / "music").mkdir()
    (tmp_path / "secret").write_bytes(b"of no concern to visitors")
    (tmp_path / "music" / "link.wav").symlink_to(tmp_path / "secret")
    entry = {"dataset": "elsewhere", "source": "audio", "location": str(tmp_path / "music")}
    upsert(songs.database["datasets"], [{**entry, "catalogued_at": datetime.now(UTC)}])
    paths = {"up": "../secret", "absolute": str(tmp_path / "secret"), "linked": "link.wav", "folder": ".", "gone": "a"}
    held = {"dataset": "elsewhere", "genre": "g", "status": "ready", "holdout": True}
    upsert(songs.database["tracks"], [{**held, "track_id": name, "path": path} for name, path in paths.items()])
    yield paths
    for name in ("datasets", "tracks"):
        songs.database[name].delete_many({"dataset": "elsewhere"})


def test_nothing_beside_the_dataset_s_folder_is_read(songs, elsewhere):
    for track_id in (*elsewhere, "unknown", ""):
        assert read_track(songs.database, "elsewhere", track_id) is None, track_id


def test_a_track_that_is_joined_of_pieces_has_no_sound_of_its_own(songs, elsewhere, tmp_path):
    (tmp_path / "music" / "a").write_bytes(b"one piece")
    assert has_sound(songs.database, "elsewhere")
    assert read_track(songs.database, "elsewhere", "gone").content == b"one piece"
    songs.database["tracks"].update_one({"dataset": "elsewhere", "track_id": "gone"}, {"$set": {"pieces": ["a", "b"]}})
    assert not has_sound(songs.database, "elsewhere")
    assert read_track(songs.database, "elsewhere", "gone") is None


def test_tracks_of_a_table_have_no_sound(songs):
    assert not has_sound(songs.database, "unheard")
    assert draw_unheard(songs.database, "unheard") is None
