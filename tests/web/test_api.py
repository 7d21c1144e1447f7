"""The interface for programs, against a real server."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest

from pipeline.evaluation import load_samples
from pipeline.models import load_champion
from pipeline.settings import PROJECT_DIR
from pipeline.web.api import OPENAPI
from pipeline.web.errors import PROBLEMS
from tests.patience import HANG_S


def described(name: str) -> dict:
    """Return the schema of an answer, its references included."""
    return {"$ref": f"#/components/schemas/{name}"} | json.loads(OPENAPI.read_text(encoding="utf-8"))


def test_schemathesis_finds_nothing_wrong(site, tmp_path, few_examples):
    few = ["--max-examples=6"] if few_examples else []  # else as many as schemathesis.toml says
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", f"{site.address}/api/openapi.json", "--seed=1",
         "--no-color", "--generation-database=none", f"--url={site.address}", *few],
        cwd=PROJECT_DIR, env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_the_description_lists_every_status_of_a_problem():
    paths = json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"]
    described_ones = {int(status) for status in paths["/api/predict"]["post"]["responses"]} - {200}
    assert described_ones == {status for status, _, _ in PROBLEMS} - {404, 405}  # of no address, or no method, of these


def test_a_song_is_answered_as_described(site, music):
    reply = site.send(music)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    jsonschema.validate(reply.json, described("Answer"))
    votes = [vote["probability"] for vote in reply.json["genres"]]
    assert votes == sorted(votes, reverse=True)
    assert sum(votes) == pytest.approx(1)
    assert reply.json["genre"] == reply.json["genres"][0]["genre"]
    assert len(reply.json["segments"]) == 10
    assert len(reply.json["neighbours"]) == 5


def test_holdout_tracks_get_just_the_answer_that_the_batch_gave_them(site, songs):
    champion = load_champion(songs.run)
    wanted = {"run_id": songs.run_id, "model": champion.name, "feature_set": champion.feature_set,
              "window_s": champion.window_s, "level": "track"}  # fmt: skip
    found = list(songs.database["predictions"].find(wanted))
    assert len(found) == len(load_samples(songs.database, songs.dataset)[0].holdout())
    for batch in found:
        told = site.send(songs.path(track_id=batch["track_id"]).read_bytes()).json
        page = {vote["genre"]: vote["probability"] for vote in told["genres"]}
        assert told["genre"] == batch["predicted"]
        assert page == pytest.approx(dict(zip(batch["genres"], batch["probabilities"], strict=True)), abs=1e-12)


@pytest.mark.parametrize("n", [6, pytest.param(20, marks=pytest.mark.faults)])
def test_songs_at_once_are_all_answered_and_none_wrongly(site, songs, n):
    tracks = list(songs.database["tracks"].find({"dataset": songs.dataset}, sort=[("track_id", 1)], limit=n))
    contents = [songs.path(track_id=track["track_id"]).read_bytes() for track in tracks]
    with ThreadPoolExecutor(n) as senders:
        together = list(senders.map(site.send, contents))
    assert [reply.status for reply in together] == [200] * n
    assert [reply.json for reply in together] == [site.send(content).json for content in contents]


def test_a_training_track_is_its_own_nearest_neighbour_and_recognised(site, songs, music):
    told = site.send(music).json
    assert songs.folder / told["neighbours"][0]["track_id"] == songs.path(holdout=False)
    assert told["neighbours"][0]["artist"]
    assert told["neighbours"][0]["title"]
    assert told["novelty"]["in_training_music"] is True
    assert told["novelty"]["unlike_training_music"] is False


def test_no_neighbour_is_held_out(site, songs):
    held = set(songs.database["tracks"].distinct("track_id", {"holdout": True}))
    told = site.send(songs.path(holdout=True).read_bytes()).json
    assert not held & {track["track_id"] for track in told["neighbours"]}


def test_the_holdout_is_drawn_by_seed(site):
    first, again, other = (site.get(f"/api/holdout?n=3&seed={seed}").json for seed in (1, 1, 2))
    jsonschema.validate(first, described("Holdout"))
    assert first == again
    assert first["records"] != other["records"]
    assert len(first["records"]) == 3
    assert len(site.get("/api/holdout?n=100").json["records"]) == first["accuracy"]["n"] == 6


@pytest.mark.parametrize("query", ["n=0", "n=101", "n=five", "n=-1", "n=1.5", "n=", "seed=-1", "seed=²", "n=1&n=2"])
def test_a_number_that_is_none_is_a_problem(site, query):
    reply = site.get(f"/api/holdout?{quote(query, safe='=&')}")
    assert (reply.status, reply.headers["Content-Type"]) == (400, "application/problem+json")
    jsonschema.validate(reply.json, described("Problem"))
    assert reply.json["type"] == "/api#bad_number"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/nowhere", 404), ("POST", "/api/holdout", 405)])
def test_wrong_addresses_and_methods_are_problems_too(site, method, path, status):
    reply = site.get(path) if method == "GET" else site.post(path, b"")
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json")
    assert reply.json["instance"] == path
    if status == 405:
        assert "GET" in reply.headers["Allow"]


def test_every_problem_is_documented_on_the_page(site):
    page = site.get("/api").text
    for status, code, _ in PROBLEMS:
        assert f'id="{code}"' in page
        assert 400 <= status < 600
