"""Playlists that people made: what is learned from them, and whether their hidden tracks are found."""

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.playlist.continuation import GENRE, LEARNED, PLAIN, RANDOM, continue_playlists, say_continued
from pipeline.playlist.gathered import read_playlists
from pipeline.playlist.learned import say_weights, weigh
from tests.playlist.made import made_space

TELLING = [1, 4]


@pytest.fixture(scope="module")
def scene():
    """40 playlists whose tracks are alike in two of ten features, and as many of any tracks."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(1600, 10))
    of_list = np.repeat(np.arange(40), 40)
    values[:, TELLING] = rng.normal(size=(40, 2))[of_list] + 0.2 * rng.normal(size=(1600, 2))
    space = made_space(values, genre=[f"g{i % 4}" for i in range(1600)])
    made = [np.flatnonzero(of_list == i) for i in range(40)]
    return space, made, [rng.choice(1600, 40, replace=False) for _ in range(40)]


def test_what_tracks_of_a_playlist_have_in_common_is_what_counts(scene):
    space, made, _ = scene
    learned = weigh(space, made)
    assert learned.weights.sum() == pytest.approx(1)
    assert learned.weights[TELLING].sum() > 0.9
    assert "f01" in say_weights(learned)


def test_hidden_tracks_are_found_where_lists_follow_sound_and_not_where_they_don_t(scene):
    space, made, random = scene
    found = continue_playlists(space, made, repeats=2)
    by = found.differences.set_index(["method", "than", "artists", "metric"])
    for metric in ("recall_at_10", "ndcg_at_10", "r_precision", "hit_rate"):
        assert by.loc[(LEARNED, RANDOM, "all", metric), "ci_low"] > 0
        assert by.loc[(LEARNED, PLAIN, "all", metric), "ci_low"] > 0
    assert found.means.set_index(["method", "artists"]).loc[(LEARNED, "all"), "n"] == 40
    assert "random" in " ".join(say_continued(found))
    nothing = continue_playlists(space, random, repeats=1)
    rows = nothing.differences
    plain = rows[(rows["method"] == PLAIN) & (rows["than"] == RANDOM) & (rows["metric"] == "recall_at_10")]
    assert not (plain["ci_low"] > 0).any()
    assert "which may be chance" in " ".join(say_continued(nothing))


def test_a_perfect_ranking_scores_one(scene):
    made = scene[1]
    genre = np.repeat(np.arange(40), 40)
    clear = made_space(np.eye(40)[genre] + 0.001 * np.random.default_rng(1).normal(size=(1600, 40)))
    means = continue_playlists(clear, made, repeats=1).means.set_index(["method", "artists"])
    for metric in ("recall_at_10", "ndcg_at_10", "r_precision", "hit_rate"):
        assert means.loc[(PLAIN, "all"), metric] == pytest.approx(1)
    assert means.loc[(GENRE, "all"), "recall_at_10"] < 0.2


def test_a_table_of_playlists_is_joined_by_id_else_by_name_and_copies_are_one(tmp_path):
    space = made_space(np.eye(6), recording=["t0000", "t0000", "t0002", "t0003", "t0004", "t0005"])
    path = tmp_path / "lists.csv"
    path.write_text(
        "playlist_id,playlist_name,track_id,artist,title\n1,Mine,t0000,,\n1,Mine,t0001,,\n1,Mine,x,ARTIST 3,song 3\n"
        "2,Yours,t0002,,\n2,Yours,t0000,,\n2,Yours,gone,,\n,,t0005,,\n"
    )
    gathered = read_playlists(path, space)
    assert [list(rows) for rows in gathered.rows] == [[0, 3], [0, 2]]
    assert gathered.names == ["Mine", "Yours"]
    assert list(gathered.find("mine")) == [0, 3]
    assert "1 tracks are in several" in gathered.notes[0]
    assert "2 of 7 rows" in gathered.notes[1]
    with pytest.raises(InputError, match="no playlist is called 'mein'"):
        gathered.find("mein")
    with pytest.raises(InputError, match="2 playlists have two tracks or more"):
        weigh(space, gathered.rows)
    with pytest.raises(InputError, match="a test takes 20"):
        continue_playlists(space, gathered.rows)
    path.write_text("playlist,track\nmine,nothing\n")
    with pytest.raises(InputError, match="none of its 1 rows names a track"):
        read_playlists(path, space)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="needs a column of playlists"):
        read_playlists(path, space)
