"""``genrelab playlist`` on real audio: by words, by files, continued; and what is said where it can't be."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.playlist import Wish, load_space, make_playlist
from pipeline.playlist.song import hear_song, measured
from pipeline.stages.playlist import PlaylistOptions, make, prepare, prove
from pipeline.tables import PLAYLIST
from tests.playlist.made import made_space


@pytest.fixture
def command(songs, main, monkeypatch, tmp_path):
    monkeypatch.setenv("GENRELAB_HOME", str(songs.home))
    monkeypatch.setenv("GENRELAB_EXPORTS", str(tmp_path / "exports"))
    return lambda *arguments: main("playlist", "--dataset", songs.dataset, *arguments)


@pytest.fixture
def track(songs):
    return songs.database["tracks"].find_one({"dataset": songs.dataset, "holdout": False}, sort=[("track_id", 1)])


def test_a_list_is_said_and_written_as_a_table_and_as_a_file_that_starts_another(
    command, songs, track, tmp_path, monkeypatch
):
    told = command(track["title"], "--length", "5", "--order", "flow", "--m3u", tmp_path / "lists" / "mine.m3u8")
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith(f"Like {track['artist']} - {track['title']} ({track['track_id']}).")
    table = pd.read_csv(tmp_path / "exports" / "playlist.csv")
    assert list(table.columns) == ["dataset", *PLAYLIST.names]
    assert list(table["position"]) == [1, 2, 3, 4, 5]
    assert all(reason in told.out for reason in table["reason"])
    lines = (tmp_path / "lists" / "mine.m3u8").read_text().splitlines()
    paths = [line for line in lines if not line.startswith("#")]
    assert not any(path.startswith("/") for path in paths)
    found = [(tmp_path / "lists" / path).resolve().relative_to(songs.folder.resolve()).as_posix() for path in paths]
    assert found == list(table["track_id"])
    again = command(tmp_path / "lists" / "mine.m3u8", "--length", "3")
    assert "5 of 5 entries of mine.m3u8 are tracks of the dataset." in again.out
    assert not set(table["track_id"]) & set(pd.read_csv(tmp_path / "exports" / "playlist.csv")["track_id"])


def test_no_two_lines_look_alike_where_titles_are_not_known(command, songs, tmp_path):
    tracks = songs.database["tracks"]
    known = list(tracks.find({"dataset": songs.dataset}, {"title": True}))
    tracks.update_many({"dataset": songs.dataset}, {"$set": {"title": None}})
    try:
        told = command("--genre", "rock", "--per-artist", "0", "--m3u", tmp_path / "rock.m3u8")
    finally:
        for track in known:
            tracks.update_one({"_id": track["_id"]}, {"$set": {"title": track["title"]}})
    table = pd.read_csv(tmp_path / "exports" / "playlist.csv")
    assert table["artist"].duplicated().any()
    names = [f"{row.artist} - {Path(row.track_id).name}" for row in table.itertuples()]
    assert len({*names}) == len(table)
    assert all(f"  {name} (" in told.out for name in names)
    lines = (tmp_path / "rock.m3u8").read_text().splitlines()
    assert [line for line in lines if line.startswith("#EXTINF")] == [f"#EXTINF:-1,{name}" for name in names]


def test_a_file_of_one_s_own_is_heard_and_is_the_track_that_it_is_a_copy_of(command, songs, track, tmp_path):
    shutil.copyfile(songs.folder / track["path"], tmp_path / "copy.wav")
    command(tmp_path / "copy.wav", "--length", "6")
    of_copy = pd.read_csv(tmp_path / "exports" / "playlist.csv")
    command(songs.folder / track["path"], "--length", "6")
    of_track = pd.read_csv(tmp_path / "exports" / "playlist.csv")
    assert list(of_copy["track_id"]) == list(of_track["track_id"])
    assert list(of_copy["distance"]) == pytest.approx(list(of_track["distance"]), abs=1e-3)
    assert track["track_id"] not in set(of_copy["track_id"])


def test_learned_features_and_sets_by_name_make_the_space(songs):
    space = load_space(songs.database, songs.dataset)
    assert space.feature_set == "spectral-v1"
    assert space.weights.sum() == pytest.approx(1)
    with pytest.raises(InputError, match=r"has no features 'spectral-v9'; it has: spectral-v1"):
        load_space(songs.database, songs.dataset, "spectral-v9")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "needs a seed"),
        (["no such song at all"], "no track of dataset 'songs' is called 'no such song at all'"),
        (["--genre", "polka"], "no usable track of genre 'polka'"),
        (["--genre", "rock", "--continue", "mine"], "--continue needs --playlists"),
        (["--genre", "rock", "--length", "0"], "--length 0 must be"),
        (["--genre", "rock", "--features", "nothing"], "has no features 'nothing'"),
        (["--genre", "rock", "--features", "spectral-v1+spectral-v1"], "joins 'spectral-v1' with itself"),
    ],
)
def test_what_can_t_be_is_one_line(command, arguments, said):
    told = command(*arguments)
    assert (told.status, told.out) == (2, "")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_files_that_are_no_seeds_are_told_of(command, tmp_path):
    (tmp_path / "none.m3u8").write_text("elsewhere/a.mp3\nelsewhere/b.mp3\n")
    assert "none of the 2 entries of 'none.m3u8' is a track" in command(tmp_path / "none.m3u8").err
    (tmp_path / "no music.wav").write_text("la la la")
    assert "can't be heard" in command(tmp_path / "no music.wav").err


def test_a_table_or_another_version_of_features_can_t_be_heard(tmp_path):
    table = made_space([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(InputError, match="they came in a table, or are of another version"):
        hear_song(table, tmp_path)
    old = made_space([[1.0, 2.0], [2.0, 1.0]], features=["rms_mean", "rms_peak"], feature_set="spectral-v1")
    with pytest.raises(InputError, match="another version than those that a song is measured in here, like 'rms_peak'"):
        measured(old)


def test_playlists_that_people_made_are_gone_on_with_and_too_few_prove_nothing(songs, tmp_path, monkeypatch):
    monkeypatch.setenv("GENRELAB_EXPORTS", str(tmp_path))
    space = load_space(songs.database, songs.dataset)
    ids = list(space.tracks["track_id"])
    lists = [(f"list {i}", name) for i in range(12) for name in ids[i::12] + ids[i + 1 :: 12]]
    path = tmp_path / "lists.csv"
    pd.DataFrame(lists, columns=["playlist", "track"]).to_csv(path, index=False)
    options = PlaylistOptions(playlists=str(path), go_on="List 3", length=4, out=str(tmp_path / "out.csv"))
    ready = prepare(songs.database, songs.dataset, options)
    assert any("What counts is learned from playlists" in sentence for sentence in ready.sentences)
    made = make(songs.database, ready, options)
    own = {name for of_list, name in lists if of_list == "list 3"}
    assert not own & set(made.table["track_id"])
    with pytest.raises(InputError, match="a test takes 20"):
        prove(ready)
    none = prove(prepare(songs.database, songs.dataset, PlaylistOptions()))
    assert (none.sentences, len(none.means), none.figure) == ([], 0, None)


def test_a_notebook_that_is_told_nothing_starts_from_the_largest_genre(songs, tmp_path):
    options = PlaylistOptions(out=str(tmp_path / "out.csv"))
    made = make(songs.database, prepare(songs.database, songs.dataset, options), options, largest_genre=True)
    assert "No seed was given" in made.playlist.sentences[1]
    space = load_space(songs.database, songs.dataset)
    assert list(make_playlist(space, Wish(genre=space.tracks["genre"].mode()[0])).tracks["track_id"]) == list(
        made.table["track_id"]
    )
