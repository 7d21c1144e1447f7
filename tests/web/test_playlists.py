"""Playlists on the page, by the interface and as a file; what can't be made is told in the command line's words."""

import json

import jsonschema
import pytest

from tests.patience import until
from tests.web.test_api import described
from tests.web.test_pages import LOOKS, assert_fits, grave_barriers

from .conftest import as_form, keep


def ask(site, **wish):
    return site.post("/api/playlist", json.dumps(wish).encode(), **{"Content-Type": "application/json"})


@pytest.fixture
def track(songs):
    return songs.database["tracks"].find_one({"dataset": songs.dataset, "holdout": False}, sort=[("track_id", 1)])


def test_a_playlist_is_answered_as_described(site, track):
    reply = ask(site, like=[track["track_id"]], length=5)
    assert reply.status == 200
    jsonschema.validate(reply.json, described("Playlist"))
    assert len(reply.json["tracks"]) == 5
    assert track["track_id"] not in {row["track_id"] for row in reply.json["tracks"]}
    assert all(row["reason"] for row in reply.json["tracks"])


def test_a_song_is_known_and_gives_what_its_track_gives(site, songs, track):
    of_song = site.send((songs.folder / track["path"]).read_bytes(), path="/api/playlist").json
    of_track = ask(site, like=[track["track_id"]]).json
    assert [row["track_id"] for row in of_song["tracks"]] == [row["track_id"] for row in of_track["tracks"]]


def bring(site, content, name, **wish):
    body, kind = as_form(content, name, **wish)
    return site.post("/api/playlist", body, **{"Content-Type": kind})


def test_a_song_goes_with_what_else_is_wanted(site, music, track):
    reply = bring(site, music, "song.wav", length="3", unlike=track["track_id"], order="flow")
    assert reply.status == 200, reply.text
    assert len(reply.json["tracks"]) == 3
    assert track["track_id"] not in {row["track_id"] for row in reply.json["tracks"]}
    for wrong, said in (({"length": "many"}, "length as a whole number"), ({"path": "x"}, "some of these beside")):
        refused = bring(site, music, "song.wav", **wrong)
        assert (refused.status, said in refused.json["detail"]) == (400, True)


def test_a_playlist_file_gives_what_its_tracks_give(site, songs, track):
    text = f"#EXTM3U\n#EXTINF:-1,nobody - nothing\nelsewhere/unknown.mp3\n{track['path']}\n"
    reply = bring(site, text.encode(), "evening.M3U8", length="4")
    assert reply.status == 200, reply.text
    assert "1 of 2 entries of evening.M3U8 are tracks of the dataset." in reply.json["sentences"]
    of_track = ask(site, like=[track["track_id"]], length=4).json
    assert reply.json["tracks"] == of_track["tracks"]
    refused = bring(site, b"other.mp3\n", "evening.m3u")
    assert refused.status == 422
    assert (
        "None of the 1 entries of 'evening.m3u' is a track of dataset 'songs'; the first is" in refused.json["detail"]
    )


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ({}, 422, "needs a seed"),
        ({"like": ["no such song at all"]}, 422, "No track of dataset 'songs' is called"),
        ({"genre": "polka"}, 422, "has no usable track of genre 'polka'; its genres:"),
        ({"genre": "rock", "length": 0}, 422, "--length 0 must be from 1 to 500"),
        ({"genre": "rock", "length": "5"}, 400, "length as a whole number"),
        ({"genre": "rock", "length": True}, 400, "length as a whole number"),
        ({"genre": 5}, 400, "genre as text"),
        ({"like": "rock"}, 400, "like as a list of texts"),
        ({"like": ["x"] * 51}, 400, "50 tracks at most"),
        ({"path": "/etc/passwd"}, 400, "an object with some of: like"),
    ],
)
def test_what_can_t_be_made_is_a_problem_with_the_reason(site, wish, status, said):
    reply = ask(site, **wish)
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json")
    jsonschema.validate(reply.json, described("Problem"))
    assert said in reply.json["detail"]


def test_a_file_on_the_disk_is_no_seed(site, songs, track):
    reply = ask(site, like=[str(songs.folder / track["path"])])
    assert reply.status == 422
    assert "No track of dataset" in reply.json["detail"]


def test_the_file_has_relative_paths_of_the_same_tracks(site, songs, track):
    query = f"like={track['track_id']}&length=4"
    lines = site.get(f"/playlist.m3u8?{query}").text.splitlines()
    told = ask(site, like=[track["track_id"]], length=4).json["tracks"]
    paths = [line for line in lines if not line.startswith("#")]
    assert lines[0] == "#EXTM3U"
    assert len(paths) == len(told)
    assert all((songs.folder / path).is_file() for path in paths)
    assert site.get("/playlist.m3u8?like=nothing").status == 422


@pytest.mark.parametrize("look", ["dark", "phone"])
def test_a_person_gets_a_list_that_plays(site, track, open_page, look):
    page = open_page(**LOOKS[look], bypass_csp=True)
    page.goto(f"{site.address}/playlist")
    assert grave_barriers(page) == []
    page.get_by_label("Like (title").fill(track["title"])
    page.get_by_label("Tracks").fill("6")
    page.get_by_role("button", name="Make a playlist").click()
    page.get_by_role("heading", name="6 tracks").wait_for()
    assert_fits(page)
    assert grave_barriers(page) == []
    keep(page, f"playlist-{look}")
    assert page.locator("tbody tr").count() == 6
    player = page.locator("tbody audio").first
    player.evaluate("audio => audio.play()")
    until(lambda: player.evaluate("audio => audio.duration > 5 && audio.currentTime > 0"))
    assert page.get_by_role("link", name="Save as .m3u8").get_attribute("href").startswith("/playlist.m3u8?")


def test_what_is_wrong_stands_above_the_form_which_keeps_what_was_said(site, open_page):
    page = open_page()
    page.goto(f"{site.address}/playlist")
    page.get_by_label("Like (title").fill("no such song at all")
    page.get_by_role("button", name="Make a playlist").click()
    assert "No track of dataset 'songs' is called" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Like (title").input_value() == "no such song at all"


def test_a_song_of_one_s_own_gets_a_list(site, music, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"{site.address}/playlist")
    page.get_by_label("Or a song of yours").set_input_files(
        {"name": "My song.wav", "mimeType": "audio/wav", "buffer": music}
    )
    page.get_by_role("button", name="Make a playlist").click()
    page.get_by_role("heading", name="tracks like").wait_for()
    assert "My song.wav" in page.get_by_role("heading", name="tracks like").inner_text()
