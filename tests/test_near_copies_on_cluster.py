"""The search for near copies on a real Dask cluster: the same pairs as on this machine, of rows that workers read."""

import pytest

from benchmarks.made import GENRES, make_tracks
from pipeline.cluster import on_cluster
from pipeline.errors import InputError
from pipeline.extract import near_features
from pipeline.features import get_feature_set
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.store import Run, read_frame
from pipeline.store.datasets import begin_segments, finish_segments
from tests.wire import Wire

DATASET = "made-with-near-copies"
N_TRACKS = 700
COPIES = {f"{GENRES[i % 8]}/{i:07d}.wav": f"{GENRES[(i + 8) % 8]}/{i + 8:07d}.wav" for i in range(0, 400, 16)}
FEATURES = get_feature_set("spectral-v1").columns
N_BYTES = 8 * len(FEATURES) * N_TRACKS


@pytest.fixture(scope="module")
def made(database):
    make_tracks(database, DATASET, N_TRACKS, settled=False)
    begin_segments(database, DATASET)
    longest = {"dataset": DATASET, "window_s": 30.0}
    for original, copy in COPIES.items():
        row = database["segments"].find_one({**longest, "track_id": original})
        changed = {name: row[name] * 1.01 for name in FEATURES}
        database["segments"].update_one({**longest, "track_id": copy}, {"$set": changed})
    finish_segments(database, DATASET)
    return database


@pytest.fixture
def look(made, monkeypatch):
    """Return a function that looks for near copies as if these were many tracks, and remembers nothing."""
    monkeypatch.setattr(near_features, "SAMPLE", 100)
    monkeypatch.setattr(near_features, "ROWS_AT_ONCE", 16)
    monkeypatch.setattr(near_features, "remembered", lambda place, name, find_out: find_out())
    tracks = read_frame(made["tracks"], {"dataset": DATASET}, ["track_id"])
    return lambda without=(): near_features.near_duplicates(made, DATASET, tracks[~tracks["track_id"].isin(without)])


def test_near_copies_are_those_of_a_local_search_to_the_last_bit(look, dask):
    without = list(COPIES.values())[:3]
    here = look(without)
    wire = Wire(dask.address)
    with wire.door, on_cluster(wire.address):
        there = look(without)
    assert here.pairs[["track_a", "track_b"]].to_numpy().tolist() != []
    assert set(zip(here.pairs["track_a"], here.pairs["track_b"], strict=True)) == set(list(COPIES.items())[3:])
    assert there.pairs.equals(here.pairs)
    assert (there.threshold, there.nearest, there.is_farther) == (here.threshold, here.nearest, here.is_farther)
    assert wire.n_back > 24 * 4 * N_TRACKS, "what each tree has found"
    assert 0 < wire.n_out < N_BYTES, "and no features"


def test_rows_that_changed_meanwhile_are_refused(look, made, dask, monkeypatch):
    one = {"dataset": DATASET, "window_s": 30.0, "track_id": next(iter(COPIES))}
    before = made["segments"].find_one(one)["rms_mean"]
    spread = near_features.spread

    def change_first(*arguments, **source):
        begin_segments(made, DATASET)
        made["segments"].update_one(one, {"$set": {"rms_mean": before + 1}})
        return spread(*arguments, **source)

    monkeypatch.setattr(near_features, "may_have_company", lambda compared, *_: range(len(compared.X)))
    monkeypatch.setattr(near_features, "spread", change_first)
    try:
        with (
            on_cluster(dask.address),
            pytest.raises(InputError, match="reads other 30-second rows of 'spectral-v1' than this machine did"),
        ):
            look()
    finally:
        made["segments"].update_one(one, {"$set": {"rms_mean": before}})
        finish_segments(made, DATASET)


def test_a_dataset_that_has_grown_meanwhile_is_refused(look, made, dask, monkeypatch):
    more = dict(made["segments"].find_one({"dataset": DATASET, "window_s": 30.0}))
    del more["_id"]
    spread = near_features.spread

    def add_first(*arguments, **source):
        begin_segments(made, DATASET)
        made["segments"].insert_one({**more, "track_id": "~last"})
        return spread(*arguments, **source)

    monkeypatch.setattr(near_features, "may_have_company", lambda compared, *_: range(len(compared.X)))
    monkeypatch.setattr(near_features, "spread", add_first)
    try:
        with on_cluster(dask.address), pytest.raises(InputError, match="has changed meanwhile; run the same"):
            look(without=[f"{GENRES[7]}/0000007.wav"])
    finally:
        made["segments"].delete_one({"dataset": DATASET, "track_id": "~last"})
        finish_segments(made, DATASET)


def test_few_tracks_need_no_cluster(made, monkeypatch):
    monkeypatch.setattr(near_features, "remembered", lambda place, name, find_out: find_out())
    tracks = read_frame(made["tracks"], {"dataset": DATASET}, ["track_id"])
    assert near_features.near_duplicates(made, DATASET, tracks, scheduler="tcp://127.0.0.1:1").threshold > 0
    monkeypatch.setattr(near_features, "SAMPLE", 100)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        near_features.near_duplicates(made, DATASET, tracks, scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize("n_threads", [1, 4])
def test_trees_side_by_side_find_what_one_after_the_other_do(look, made, n_threads):
    tracks = read_frame(made["tracks"], {"dataset": DATASET}, ["track_id"])
    found = near_features.near_duplicates(made, DATASET, tracks, jobs=n_threads)
    assert found.pairs.equals(look().pairs)
    assert len(found.pairs) == len(COPIES)


def test_extraction_looks_for_them_on_its_cluster(look, made, dask):
    wire = Wire(dask.address)
    with wire.door:
        extract(Run(made, DATASET, ""), ExtractOptions(scheduler=wire.address))
    assert wire.n_back > 24 * 4 * N_TRACKS
    found = read_frame(made["tracks"], {"dataset": DATASET}, ["track_id", "same_recording_as"]).dropna()
    assert {copy: original for original, copy in COPIES.items()} == dict(found.itertuples(index=False))
