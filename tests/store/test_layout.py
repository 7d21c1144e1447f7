"""The layout of the database: an older one is brought up to date, a newer one refused, and neither loses anything."""

import signal
import subprocess
import sys

import pandas as pd
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from pipeline.errors import StoreError
from pipeline.evaluation import load_samples
from pipeline.models import load_champion
from pipeline.report import assemble_exports
from pipeline.settings import Settings
from pipeline.stages import STAGES
from pipeline.store import Run
from pipeline.store.layout import CURRENT, LAYOUT, META, STEPS, read_layout
from pipeline.store.schema import apply_schema
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S
from tests.store.guarded import database_of
from tests.store.older import load

DATASET = "demo"


@pytest.fixture
def older(empty):
    """Return a database as the older version left it."""
    load(empty)
    return empty


def content(database) -> dict[str, list[dict]]:
    """Return all documents, but for when the layout was written, and for ids that a step gave."""
    names = sorted(database.list_collection_names())
    found = {name: list(database[name].find({}, {"written_at": False}).sort("_id")) for name in names}
    if "drawn" in found:
        told = [{name: value for name, value in each.items() if name != "_id"} for each in found["drawn"]]
        found["drawn"] = sorted(told, key=lambda each: each["content_hash"])
    return found


def declared(database):
    options = {info["name"]: info["options"] for info in database.list_collections()}
    return options, {name: database[name].index_information() for name in options}


def run_of(database) -> Run:
    return Run(database, DATASET, database["runs"].find_one()["run_id"])


def test_an_empty_database_gets_the_current_layout_at_once(empty):
    apply_schema(empty)
    assert read_layout(empty) == CURRENT


@pytest.mark.parametrize("write", range(4))
def test_a_first_command_that_is_stopped_leaves_nothing_that_is_taken_for_an_older_layout(empty, write, caplog):
    with pytest.raises(KeyboardInterrupt):
        apply_until(empty, write)
    apply_schema(empty)
    assert read_layout(empty) == CURRENT
    assert not caplog.messages


def test_the_older_version_did_not_say_what_it_wrote(older):
    assert read_layout(older) is None
    assert older["datasets"].find_one()["feature_set"] == "spectral-v1"
    assert older["results"].count_documents({"table": "genre_pairs"}) > 0


def test_what_an_older_version_wrote_is_brought_up_to_date(older, caplog):
    before = content(older)
    apply_schema(older)
    after = content(older)
    assert read_layout(older) == CURRENT
    assert len(caplog.messages) == len(STEPS)
    (dataset,) = after["datasets"]
    assert dataset == {k: v for k, v in before["datasets"][0].items() if k != "feature_set"} | {
        "feature_sets": ["spectral-v1"]
    }
    pairs = run_of(older).table("genre_pairs")
    assert (pairs["genre_a"] + "/" + pairs["genre_b"] == pairs["pair"]).all()
    assert len(pairs) == sum(row["table"] == "genre_pairs" for row in before["results"])
    changed = {"datasets", "results", "tracks", "runs", META}
    kept = {name: [plain(each) for each in after[name]] for name in before if name not in changed}
    assert kept == {name: [plain(each) for each in before[name]] for name in before if name not in changed}


def plain(document: dict) -> dict:
    """Return a document without what tells one write of a stage from another."""
    return {name: value for name, value in document.items() if name not in ("stage", "generation")}


def test_the_older_run_names_what_each_stage_wrote_and_its_champion(older):
    before = content(older)
    apply_schema(older)
    run = run_of(older)
    assert run.facts["number"] == 1
    assert run.facts["stages"].keys() == {stage.name for stage in STAGES}
    for name, rows in (("scores", run.scores()), ("predictions", run.predictions())):
        assert len(rows) == len(before[name]) > 0
    model = next(each for each in before["models"] if each["champion"])
    assert (run.champion["model"], run.champion["test_accuracy"]) == (model["name"], model["test_accuracy"])
    of_champion = run.scores(subset="holdout", level="track", metric="accuracy", model=model["name"],
                             feature_set=model["feature_set"], window_s=model["window_s"])  # fmt: skip
    assert run.champion["holdout_accuracy"] == of_champion["value"].item()


def test_features_of_code_that_is_not_told_stay_until_they_are_extracted_anew(older):
    before = content(older)
    apply_schema(older)
    after = content(older)
    assert after["segments"] == before["segments"]
    assert after["tracks"] == [track | {"extracted": []} for track in before["tracks"]]
    assert len(load_samples(older, DATASET)) == 2


def test_tracks_of_a_table_are_not_to_be_extracted(older):
    older["datasets"].update_many({}, {"$set": {"source": "table"}})
    before = content(older)["tracks"]
    apply_schema(older)
    assert content(older)["tracks"] == before


def test_every_table_of_the_older_run_can_be_exported_with_the_values_of_then(older):
    apply_schema(older)
    tables = assemble_exports(run_of(older))
    filled = {name for name, table in tables.items() if len(table)}
    later = {
        "model_comparisons", "calibration", "reliability", "genre_promises", "unlike",
        "learning_curve", "worst_mistakes", "mistakes_by_group", "genre_profile", "genre_overlap",
        "subgroups", "subgroup_gaps", "subgroup_transfers", "styles", "style_answers", "style_scores",
        "harmless_changes", "harmless_change_genres", "transfers", "transfer_genres", "transfer_answers",
        "new_music", "playlists",
        "places", "place_scores",
    }  # fmt: skip
    assert filled >= set(tables) - {"rejects", *later}  # none was rejected
    scores = list(older["scores"].find())
    assert sorted(tables["scores"]["value"]) == sorted(score["value"] for score in scores)


def test_pairs_of_genres_that_overlap_are_told_from_both_sides(older):
    apply_schema(older)
    run = run_of(older)
    generation = run.facts["stages"]["explore"]["generation"]
    whose = {"run_id": run.run_id, "dataset": DATASET, "stage": "explore", "generation": generation}
    said = {"table": "genre_overlap", "feature_set": "spectral-v1", "overlap": 0.25, "among_most_distinct": True}
    pair = {"genre_a": "folk", "genre_b": "jazz", "n_a": 3, "n_b": 4}
    older["results"].insert_one({**whose, **said, **pair})
    older[META].update_one({"_id": LAYOUT}, {"$set": {"version": 8}})
    apply_schema(older)
    rows = assemble_exports(run)["genre_overlap"]
    told = rows[["genre", "other_genre", "n", "n_other", "overlap"]].to_numpy().tolist()
    assert sorted(told) == [["folk", "jazz", 3, 4, 0.25], ["jazz", "folk", 4, 3, 0.25]]


def test_the_champion_of_then_answers_the_same(older):
    apply_schema(older)
    champion = load_champion(run_of(older))
    chosen = next(s for s in load_samples(older, DATASET) if s.window_s == champion.window_s)
    if tuple(champion.features) != chosen.features:
        chosen = chosen.means_only()
    held = chosen.holdout()
    told = pd.DataFrame(
        older["predictions"].find({"model": champion.name, "feature_set": champion.feature_set, "level": "segment",
                                   "window_s": champion.window_s})
    ).set_index(["track_id", "start_s"])["predicted"]  # fmt: skip
    now = [champion.genres[i] for i in champion.estimator.predict(held.X)]
    assert now == told.loc[list(zip(held.rows["track_id"], held.rows["start_s"], strict=True))].tolist()


def test_bringing_it_up_to_date_again_changes_nothing(older, caplog):
    apply_schema(older)
    before, as_declared = content(older), declared(older)
    caplog.clear()
    apply_schema(older)
    assert (content(older), declared(older)) == (before, as_declared)
    assert not caplog.messages


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_changes_nothing_where_it_was_done(older, step):
    apply_schema(older)
    before = content(older)
    step(older)
    assert content(older) == before


class Interrupt(CommandListener):
    """Counts a client's writes, and ends its work at one of them, before the server hears of it."""

    def __init__(self, at=None):
        self.at, self.writes = at, []

    def started(self, event):
        if event.command_name in {"create", "collMod", "createIndexes", "dropIndexes", "insert", "update", "delete"}:
            if len(self.writes) == self.at:
                raise KeyboardInterrupt
            self.writes.append(event.command_name)

    def succeeded(self, event):
        """Nothing to do."""

    failed = succeeded


def apply_until(database, write=None) -> list[str]:
    """Apply the schema, stopped at a write; return which there were."""
    listener = Interrupt(write)
    with MongoClient(EmbeddedServer(Settings().home).uri, tz_aware=True, event_listeners=[listener]) as client:
        apply_schema(client[database.name])
    return listener.writes


def test_where_all_is_in_place_nothing_is_written(older):
    apply_schema(older)
    assert apply_until(older) == []


def load_a_little(database):
    for name in database.list_collection_names():
        database.drop_collection(name)
    load(database, most=3)


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.faults)])
def test_a_migration_that_is_stopped_at_any_write_is_finished_by_the_next_command(empty, every):
    load_a_little(empty)
    writes = apply_until(empty)
    undisturbed = content(empty), declared(empty)
    strict_again = writes.index("createIndexes") - 1
    of_steps = range(writes.index("dropIndexes") - 6, strict_again)
    assert len(of_steps) >= 2 * len(STEPS)
    moments = (0, *range(1, of_steps[0], 6), *of_steps, *range(of_steps[-1] + 1, len(writes), 6))
    for write in moments[::every]:
        load_a_little(empty)
        with pytest.raises(KeyboardInterrupt):
            apply_until(empty, write)
        apply_schema(empty)
        assert (content(empty), declared(empty)) == undisturbed, write


CHILD = """
import os, signal, sys
from pipeline.settings import Settings
from pipeline.stages import STAGES
from pipeline.store import layout, schema
from pipeline.store.server import EmbeddedServer
from tests.store.guarded import database_of
from tests.store.older import load
from pymongo import MongoClient

def killed(database):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "killed":
    layout.STEPS = (*layout.STEPS[:-1], killed)
client = MongoClient(EmbeddedServer(Settings().home).uri)
input()
schema.apply_schema(client[sys.argv[1]])
"""


def child(database, how) -> subprocess.Popen:
    command = [sys.executable, "-c", CHILD, database.name, how]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_process_killed_at_the_last_step_leaves_what_the_next_one_finishes(older):
    killed = child(older, "killed")
    killed.communicate("\n", timeout=HANG_S)
    assert killed.returncode == -signal.SIGKILL
    assert read_layout(older) == CURRENT - 1
    assert older["datasets"].find_one()["feature_sets"] == ["spectral-v1"]
    apply_schema(older)
    assert read_layout(older) == CURRENT
    assert older["runs"].find_one()["number"] == 1


def test_processes_that_migrate_at_once_do_no_harm(older):
    n_documents = {name: len(documents) for name, documents in content(older).items()}
    children = [child(older, "finished") for _ in range(3)]
    for process in children:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=HANG_S)[1] for process in children]
    assert [process.returncode for process in children] == [0] * 3, told
    counted = {name: len(documents) for name, documents in content(older).items()}
    assert {name: counted[name] for name in n_documents} | {META: counted[META]} == n_documents | {META: 1}
    before = content(older)
    apply_schema(older)
    assert content(older) == before


def test_a_genre_whose_name_holds_a_slash_is_told_by_the_genres_of_the_run(older):
    pair = {"table": "genre_pairs", "pair": "Pop/Folk/Rock"}
    about = {"run_id": run_of(older).run_id, "dataset": DATASET, "stage": "optimise"}
    report = {"table": "class_report", "stage": "compare"}
    older["results"].insert_many([{**about, **pair}, {**about, **report, "genre": "Pop/Folk"}])
    older["results"].insert_one({**about, **report, "genre": "Rock"})
    apply_schema(older)
    found = older["results"].find_one(pair)
    assert (found["genre_a"], found["genre_b"]) == ("Pop/Folk", "Rock")


def test_a_pair_that_nobody_can_tell_goes_and_is_said_to(older, caplog):
    about = {"run_id": run_of(older).run_id, "dataset": DATASET, "stage": "optimise"}
    older["results"].insert_one({**about, "table": "genre_pairs", "pair": "some/thing/else"})
    apply_schema(older)
    assert older["results"].count_documents({"pair": "some/thing/else"}) == 0
    assert "1 could not be told apart" in caplog.text


def test_a_newer_layout_is_refused_with_a_sentence_and_nothing_is_written(empty):
    apply_schema(empty)
    empty[META].update_one({"_id": LAYOUT}, {"$set": {"version": CURRENT + 1}})
    empty["tracks"].drop()
    before = content(empty), declared(empty)
    with pytest.raises(StoreError, match=rf"newer version of genrelab \(layout {CURRENT + 1};.*update genrelab"):
        apply_schema(empty)
    assert (content(empty), declared(empty)) == before


def test_a_command_on_a_newer_database_is_one_line_and_status_2(empty, genrelab):
    apply_schema(empty)
    empty[META].update_one({"_id": LAYOUT}, {"$set": {"version": CURRENT + 1}})
    before = content(empty)
    done = genrelab("run", MONGODB_URI=EmbeddedServer(Settings().home).uri + empty.name)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "newer version of genrelab" in done.stderr
    assert content(empty) == before


def test_a_command_on_an_older_database_goes_on_where_the_older_version_stopped(resumed):
    assert resumed.done.returncode == 0, resumed.done.stderr
    assert "layout 1 becomes 2" in resumed.done.stderr
    with database_of("writer", resumed.host) as database:
        assert read_layout(database) == CURRENT
        n_pairs = database["results"].count_documents({"table": "genre_pairs"})
    assert len(pd.read_csv(resumed.exports / "genre_pairs.csv")) == n_pairs > 0


def test_looking_costs_one_round_trip(empty):
    apply_schema(empty)
    told = Interrupt()
    told.started = lambda event: finds.append(event.command_name)
    finds = []
    with MongoClient(EmbeddedServer(Settings().home).uri, event_listeners=[told]) as client:
        read_layout(client[empty.name])
        assert finds == ["find"]
