"""``genrelab serve`` as a process: how it starts, listens, refuses, recovers and ends."""

import io
import re
import socket
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import psutil
import pytest

from pipeline.evaluation import find_samples, load_samples
from pipeline.models import build, load_champion, load_other_models
from pipeline.store.server import EmbeddedServer
from tests.finished import crown_in, finished_run, remove
from tests.patience import until

from .conftest import start, stop

PAGES = ("/", "/unseen", "/unseen/all", "/results", "/about", "/api")


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/api/holdout", "/api/nowhere", "/static/style.css"])
def test_every_answer_tells_the_browser_what_to_refuse(site, path):
    headers = site.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    assert "Server" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_inline_script_or_style(site, path):
    page = site.get(path).text
    assert "<style" not in page
    assert " style=" not in page
    assert " on" + "click=" not in page
    assert all("src=" in tag.split(">")[0] for tag in page.split("<script")[1:])


def test_it_listens_on_loopback_only(site):
    listening = [c for c in psutil.Process(site.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert [connection.laddr.ip for connection in listening] == ["127.0.0.1"]


def test_it_holds_no_debugger(site):
    assert site.get("/?__debugger__=yes&cmd=resource&f=style.css").text.count("debugger") == 0
    assert site.get("/console").status == 404


@pytest.fixture
def serve(main, songs, monkeypatch):
    """Return a function that runs ``genrelab serve`` in this process, to be refused."""
    monkeypatch.setenv("GENRELAB_HOME", str(songs.home))
    return lambda *arguments: main("serve", *arguments)


def test_a_port_that_is_taken_is_one_line(songs, serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = serve("--dataset", songs.dataset, "--port", port)
    assert told.status == 2
    assert len(told.err.splitlines()) == 1, told.err
    assert f"--port {port}: Address already in use; choose another --port" in told.err


def test_an_unknown_dataset_is_one_line(serve):
    told = "genrelab: there is no dataset 'unheard'; there are: songs. 01_catalogue or genrelab run makes one\n"
    assert serve("--dataset", "unheard") == (2, "", told)


@pytest.mark.parametrize("arguments", [
    ("--port", "70000"), ("--port", "many"), ("--host", "no such host"), ("--allow-host", "http://music.example/"),
    ("--allow-host", "*"),
])  # fmt: skip
def test_a_wrong_option_is_one_line(songs, serve, arguments):
    told = serve("--dataset", songs.dataset, *arguments)
    assert told.status == 2
    assert len(told.err.splitlines()) == 1, told.err


def test_without_a_model_the_page_names_the_command_and_ctrl_c_ends_it_with_its_workers(songs, new_server, tmp_path):
    server = new_server()
    site = start(songs.environment | {"GENRELAB_HOME": str(server.home)}, tmp_path / "log")
    try:
        page = site.get("/")
        assert page.status == 503
        assert "No model yet" in page.text
        assert "genrelab run" in page.text
        assert site.send(b"whatever").json["type"] == "/api#no_model"
        workers = psutil.Process(site.process.pid).children()
        assert [worker for worker in workers if worker.name() != "mongod"]
    finally:
        assert stop(site) == 0
    assert len(site.log.read_text().splitlines()) == 2, site.log.read_text()


def test_a_newer_champion_is_noticed(site, songs, music):
    champion, others = load_champion(songs.run), load_other_models(songs.run)
    crowned = replace(champion, name="knn_3", estimator=build("knn_3", 1).fit(*rows_of(songs, champion)))
    newer = crown_in(finished_run(songs.database, songs.dataset), crowned, others)
    try:
        assert "<dd>3 nearest neighbours</dd>" in site.get("/about").text
        assert site.send(music).json["model"]["name"] == "knn_3"
    finally:
        remove(newer)
    assert site.send(music).json["model"]["name"] == champion.name


def rows_of(songs, champion):
    samples = find_samples(load_samples(songs.database, songs.dataset), champion.feature_set, champion.window_s)
    learning = samples.learning()
    return learning.X, learning.y


def test_a_track_of_the_dataset_is_answered_and_heard_under_an_address_of_its_own(site, songs):
    form = site.get("/").text
    address = unescape(re.search(r'href="(/track\?id=[^"]+)"', form)[1])
    answered = site.get(address)
    assert answered.status == 200
    assert "The model has not learned from it." in answered.text
    heard = site.get(address.replace("/track?", "/track.wav?"))
    assert (heard.status, heard.headers["Content-Type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(heard.body)) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (22_050, 1)
        assert sound.getnframes() > 10 * 22_050
    assert site.get("/track.wav?id=x", Range="bytes=0-3").status == 404
    part = site.get(address.replace("/track?", "/track.wav?"), Range="bytes=0-3")
    assert (part.status, part.body) == (206, b"RIFF")
    assert site.get(site_track(songs, holdout=False)).text.count("The model has learned from it.") == 1


@pytest.mark.parametrize("track_id", ["", "../../etc/passwd", "no such track", "\0", "a/../b"])
def test_what_is_no_track_of_the_dataset_is_not_found(site, track_id):
    for page in ("/track", "/track.wav"):
        assert site.get(f"{page}?id={quote(track_id)}").status == 404


def site_track(songs, **query) -> str:
    return f"/track?id={quote(songs.path(**query).relative_to(songs.folder).as_posix())}"


def test_before_the_holdout_is_met_the_pages_say_so(site, songs, music):
    of_run, is_outdated = {"run_id": songs.run_id}, "stages.holdout.outdated"
    songs.database["runs"].update_one(of_run, {"$set": {is_outdated: True}})
    try:
        assert "No unseen records" in site.get("/unseen").text
        assert "0 tracks" in site.get("/unseen/all?words=x").text
        assert "holdout was not met yet" in site.get("/results").text
        assert "Nobody knows yet" in site.send(music, path="/").text
        assert site.get("/api/holdout").json["records"] == []
        assert site.get("/api/holdout").json["accuracy"] is None
    finally:
        songs.database["runs"].update_one(of_run, {"$set": {is_outdated: False}})
    assert site.get("/api/holdout").json["accuracy"]["n"] == 6


def test_a_database_that_is_gone_is_told_and_its_return_noticed(site, songs, music):
    server = EmbeddedServer(songs.home)
    server.stop()
    try:
        with ThreadPoolExecutor() as people:  # each of whom waits
            song = people.submit(site.send, music)
            replies = list(people.map(site.get, ("/", "/unseen")))
        for reply in replies:
            assert reply.status == 503
            assert "The database does not answer" in reply.text
            assert reply.headers["Retry-After"]
        assert song.result().json["type"] == "/api#no_database"
        assert site.get("/api").status == 200
    finally:
        server.start()
    until(lambda: site.get("/").status == 200)
    assert site.send(music).status == 200
