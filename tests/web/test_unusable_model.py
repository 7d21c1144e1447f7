"""A champion that can't be used, or vanishes: a sentence with the mend, and the page goes on with the next one."""

from dataclasses import replace
from html import unescape

import pytest
import sklearn.base
from gridfs import GridFS
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.models import build, load_champion
from pipeline.store.runs import finish_run, start_run
from tests.finished import crown_in, remove

from .conftest import keep, start, stop

PAGES = ("/", "/unseen", "/unseen/all", "/results", "/about", "/results/confusion.png", "/api/holdout")


class Stranger(StandardScaler):
    """A type that scikit-learn does not know."""


@pytest.fixture(scope="module")
def server(songs, tmp_path_factory):
    started = start(songs.environment, tmp_path_factory.mktemp("unusable") / "log", "--dataset", songs.dataset)
    yield started
    assert stop(started) == 0


@pytest.fixture
def crowned(songs):
    """Return a function that crowns another champion in a newer run, which vanishes with the test."""
    run = start_run(songs.database, songs.dataset, {})

    def crown(**changed):
        crown_in(run, replace(load_champion(songs.run), **changed))
        finish_run(run)
        return run

    yield crown
    remove(run)


def file_of(run):
    return run.database["models"].find_one({"run_id": run.run_id, "champion": True})["file_id"]


def lose_the_file(run, monkeypatch):
    run.database["artefacts.files"].delete_one({"_id": file_of(run)})


def lose_the_chunks(run, monkeypatch):
    run.database["artefacts.chunks"].delete_many({"files_id": file_of(run)})


def flip_bits(run, monkeypatch):
    chunks, query = run.database["artefacts.chunks"], {"files_id": file_of(run), "n": 0}
    content = bytearray(chunks.find_one(query)["data"])
    content[1000:1100] = bytes(each ^ 0xFF for each in content[1000:1100])
    chunks.update_one(query, {"$set": {"data": bytes(content)}})


def put_something_else(run, monkeypatch):
    files, file_id = GridFS(run.database, collection="artefacts"), file_of(run)
    files.delete(file_id)
    files.put(b"no model at all", _id=file_id)


def put_nothing(run, monkeypatch):
    files, file_id = GridFS(run.database, collection="artefacts"), file_of(run)
    files.delete(file_id)
    files.put(b"", _id=file_id)


def forget_a_field(run, monkeypatch):
    run.database["models"].update_one({"file_id": file_of(run)}, {"$unset": {"features": ""}})


def know_no_such_kind(run, monkeypatch):
    run.database["models"].update_one({"file_id": file_of(run)}, {"$set": {"name": "hyperboost"}})


def put_an_untrusted_type(run, monkeypatch):
    crown_in(run, replace(load_champion(run), estimator=make_pipeline(Stranger(), build("knn_3", 0))))


def put_another_version_s(run, monkeypatch):
    champion = load_champion(run)
    with monkeypatch.context() as patch:
        patch.setattr(sklearn.base, "__version__", "1.2.0")
        crown_in(run, champion)


DAMAGES = {
    lose_the_file: "has no file in the database any more",
    lose_the_chunks: "has lost parts of its file in the database",
    flip_bits: "is damaged, or was made by another version of genrelab",
    put_something_else: "is damaged, or was made by another version of genrelab",
    put_nothing: "is damaged, or was made by another version of genrelab",
    forget_a_field: "is damaged, or was made by another version of genrelab",
    know_no_such_kind: "is of a kind that this version of genrelab does not know",
    put_an_untrusted_type: "holds types that are not trusted: tests.web.test_unusable_model.Stranger",
    put_another_version_s: "was fitted by scikit-learn 1.2.0, and",
}
USUAL = (lose_the_file, flip_bits, put_an_untrusted_type, put_another_version_s)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage, id=damage.__name__, marks=[] if damage in USUAL else pytest.mark.faults)
        for damage in DAMAGES
    ],
)
def test_a_champion_that_can_t_be_used_is_told_with_the_mend_everywhere(
    server, songs, music, crowned, monkeypatch, damage
):
    run = crowned()
    damage(run, monkeypatch)
    for path in PAGES:
        reply = server.get(path)
        assert reply.status == 503, path
        assert DAMAGES[damage] in reply.text, path
        assert f"of run {run.run_id} can" in reply.text
        assert f"Make another one: genrelab run --dataset {songs.dataset}" in reply.text
    problem = server.send(music)
    assert (problem.status, problem.json["type"]) == (503, "/api#unusable_model")
    assert server.send(music, path="/").status == 503
    assert server.get("/api").status == 200
    remove(run)
    assert server.get("/").status == 200


def test_a_model_that_fails_on_a_song_is_told_with_the_mend(server, music, crowned):
    run = crowned(estimator=build("knn_3", 0).fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 0]))
    assert server.get("/").status == 200
    problem = server.send(music)
    assert (problem.status, problem.json["type"]) == (503, "/api#unusable_model")
    assert f"of run {run.run_id} can't be used: it fails on a song (ValueError). Make another" in problem.json["detail"]
    assert "be used: it fails on a song (ValueError)" in unescape(server.send(music, path="/").text)
    assert "ValueError: X has 57 features" in server.log.read_text()


def test_a_champion_that_vanishes_leaves_the_page_to_the_one_before(server, songs, music, crowned):
    run = crowned(n_tracks=4711)
    assert "4,711 tracks" in server.get("/about").text
    remove(run)
    for path in PAGES:
        assert server.get(path).status == 200, path
    assert server.send(music).json["model"]["run_id"] == songs.run_id


def test_what_it_learned_from_may_vanish_too(server, songs, crowned):
    crowned()
    segments, datasets = songs.database["segments"], songs.database["datasets"]
    segments.update_many({"dataset": songs.dataset}, {"$set": {"dataset": "elsewhere"}})
    try:
        reply = server.get("/api/holdout")
        assert (reply.status, reply.json["type"]) == (503, "/api#no_model")
        assert "segments of 'spectral-v1'" in reply.json["detail"]
        assert "run 02_extract first" in reply.json["detail"]
    finally:
        segments.update_many({"dataset": "elsewhere"}, {"$set": {"dataset": songs.dataset}})
    assert server.get("/api/holdout").status == 200
    datasets.update_one({"dataset": songs.dataset}, {"$set": {"dataset": "elsewhere"}})
    try:
        assert server.get("/about").status == 503
    finally:
        datasets.update_one({"dataset": "elsewhere"}, {"$set": {"dataset": songs.dataset}})


@pytest.mark.faults
def test_the_page_starts_with_a_champion_that_can_t_be_used(songs, crowned, monkeypatch, tmp_path, open_page):
    run = crowned()
    lose_the_file(run, monkeypatch)
    started = start(songs.environment, tmp_path / "log", "--dataset", songs.dataset)
    try:
        assert "has no file in the database any more" in started.log.read_text().splitlines()[1]
        page = open_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.goto(f"{started.address}/")
        assert page.get_by_role("heading", name="The model can't be used").is_visible()
        keep(page, "unusable-light")
    finally:
        assert stop(started) == 0
