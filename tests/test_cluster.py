"""Extraction on a real Dask cluster of this machine: a scheduler and two workers, each a process of its own."""

import pickle
import socket
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.catalogue import catalogue
from pipeline.cluster import check_scheduler, client, on_cluster, open_cluster, run_there
from pipeline.errors import InputError, UnreachableError, WorkerError
from pipeline.evaluation.origin import Origin, Stored, keep_origin
from pipeline.evaluation.samples import Samples
from pipeline.extract import cluster, extract
from pipeline.extract.batch import TRACK_FIELDS, Batch, Job, make_batches, work
from pipeline.extract.cluster import work_there
from pipeline.extract.compared import Compared, Source
from pipeline.features import get_feature_set
from pipeline.robustness import CHANGES, play_all
from pipeline.settings import PROJECT_DIR, Settings, get_settings
from pipeline.store import upsert
from pipeline.store.connection import Address, address_of
from tests.dask_cluster import Dask
from tests.patience import until
from tests.short_music import write_short_music
from tests.threads_probe import work_there_and_tell
from tests.wire import Wire

N_TRACKS = 24
WINDOWS_S = (3.0, 1.5, 0.5)
N_SEGMENTS = N_TRACKS * (1 + 2 + 6)
SPECTRAL = get_feature_set("spectral-v1")
KEY = ("track_id", "feature_set", "window_s", "start_s")


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    return write_short_music(tmp_path_factory.mktemp("music"), N_TRACKS)


def catalogued(database, music, name: str) -> str:
    catalogue(database, name, audio=str(music), settings=get_settings())
    return name


def run(database, dataset, scheduler="", **options):
    asked = {"windows_s": WINDOWS_S, "feature_sets": ["spectral-v1"], "jobs": 1} | options
    return extract(database, dataset, **asked, scheduler=scheduler)


def content(database, dataset: str) -> list[list[dict]]:
    """Return segments, rejects and tracks of a dataset, each value as it is stored."""
    return [
        list(database[name].find({"dataset": dataset}, {"_id": False, "dataset": False}).sort(key))
        for name, key in (("segments", [(k, 1) for k in KEY]), ("rejects", "path"), ("tracks", "track_id"))
    ]


@pytest.fixture(scope="module")
def local(database, music):
    dataset = catalogued(database, music, "cluster-local")
    run(database, dataset)
    found = content(database, dataset)
    assert len(found[0]) == N_SEGMENTS
    return found


def test_segments_are_those_of_a_local_run_to_the_last_bit_and_do_not_cross_the_network(database, music, dask, local):
    dataset = catalogued(database, music, "cluster-there")
    wire = Wire(dask.address)
    with wire.door:
        report = run(database, dataset, wire.address)
    assert (report.n_extracted, report.n_segments) == (N_TRACKS + 1, N_SEGMENTS)
    assert [reject.reason for reject in report.new_rejects] == ["undecodable"]
    assert content(database, dataset) == local
    n_bytes_of_features = 8 * len(SPECTRAL.columns) * N_SEGMENTS
    assert 0 < wire.n_out + wire.n_back < n_bytes_of_features / 2, "hellos and heartbeats included"
    assert run(database, dataset, dask.address).n_extracted == 0


def test_what_goes_out_and_comes_back_is_small_and_grows_with_paths_only(database, music, local):
    tracks = list(
        database["tracks"].find({"dataset": "cluster-local"}, {"_id": False} | dict.fromkeys(TRACK_FIELDS, 1))
    )
    job = Job(address_of(database), "cluster-local", music, ("spectral-v1",), WINDOWS_S)
    batch, *_ = make_batches(job, tracks * 9, 2)
    assert len(batch.tracks) == 8
    report = work(Batch(job, [track | {"extracted": []} for track in batch.tracks]), database)
    assert report.n_segments == 8 * N_SEGMENTS / N_TRACKS
    assert len(pickle.dumps(batch)) < 700 + 250 * 8
    assert len(pickle.dumps(report)) < 300 + 100 * 8


def test_workers_of_a_cluster_compute_on_one_thread_each(database, music, dask, monkeypatch):
    dataset = catalogued(database, music, "cluster-threads")
    monkeypatch.setattr(cluster, "work", work_there_and_tell)
    told = run(database, dataset, dask.address, windows_s=(3.0,)).new_rejects
    assert told
    for reject in told:
        threads = dict(pool.split("=") for pool in reject.detail.split(","))
        assert {"numba", "libscipy_openblas"} <= threads.keys()
        assert set(threads.values()) == {"1"}, reject.detail


def test_a_password_in_the_uri_is_not_shown_where_tasks_are(database):
    job = Job(Address("mongodb://me:hush@host/", "d"), "name", PROJECT_DIR, ("spectral-v1",), (3.0,))
    assert "hush" not in repr(Batch(job, []))


def test_music_is_played_differently_as_on_this_machine(music, dask):
    tracks = [{"track_id": name, "path": name} for name in ("jazz/000.wav", "rock/001.wav", "none.wav")]
    asked = (music, tracks, ("spectral-v1", 3.0), 1, CHANGES[:2])
    here = list(play_all(*asked))
    with on_cluster(dask.address):
        there = list(play_all(*asked))
        with pytest.raises(InputError, match=r"the audio folder '/mnt/elsewhere' is not there, or empty, on"):
            list(play_all(Path("/mnt/elsewhere"), *asked[1:]))
    assert [(each.track_id, each.why_not) for each in there] == [(each.track_id, each.why_not) for each in here]
    assert [bool(each.vectors) for each in there] == [True, True, False]
    for one, other in zip(here, there, strict=True):
        assert all(np.array_equal(one.vectors[name], other.vectors[name]) for name in one.vectors)


@pytest.mark.faults
def test_the_tracks_of_a_worker_that_was_killed_are_analysed_by_another(database, music, dask, local):
    dataset = catalogued(database, music, "cluster-killed")
    doomed = dask.start_worker()
    dask.said(doomed, r"(Registered to)")
    before, killed = doomed.cpu_times().user, []

    def kill():
        until(lambda: doomed.cpu_times().user > before + 0.5)
        doomed.kill()
        killed.append(database["tracks"].count_documents({"dataset": dataset, "status": "catalogued"}))

    killer = threading.Thread(target=kill)
    killer.start()
    report = run(database, dataset, dask.address)
    killer.join()
    assert killed[0] > 0, "it was killed too late to show anything"
    assert report.n_extracted == N_TRACKS + 1
    assert content(database, dataset) == local


def test_an_audio_folder_that_a_worker_does_not_see_is_one_error_and_no_reject(database, music, dask):
    dataset = catalogued(database, music, "cluster-blind")
    upsert(database["datasets"], [{"dataset": dataset, "location": "/mnt/elsewhere"}])
    with pytest.raises(InputError, match=rf"'/mnt/elsewhere' is not there, or empty, on {socket.gethostname()}: mount"):
        run(database, dataset, dask.address)
    assert database["rejects"].count_documents({"dataset": dataset}) == 0
    assert database["tracks"].distinct("status", {"dataset": dataset}) == ["catalogued"]


def test_a_worker_that_does_not_reach_mongodb_says_which_and_where(music):
    job = Job(Address("mongodb://u:hush@127.0.0.1:1/", "d"), "d", music, ("spectral-v1",), (3.0,))
    with pytest.raises(UnreachableError) as failure:
        work(Batch(job, [{"track_id": "a", "path": "jazz/00.wav", "extracted": [], "status": "catalogued"}]))
    assert f"a worker on {socket.gethostname()} can't work: no MongoDB answers" in str(failure.value)
    assert "hush" not in str(failure.value)


SECRET_WORDS = ("user27182", "quiet31415", "data16180", "app14142")
SECRET_URI = "mongodb://user27182:quiet31415@127.0.0.1:1/data16180?appName=app14142"


def test_a_batch_shows_nothing_of_the_uri(music):
    job = Job(Address(SECRET_URI, "data16180"), "d", music, ("spectral-v1",), (3.0,))
    shown = repr(Batch(job, [])) + str(job)
    assert not [word for word in SECRET_WORDS if word in shown]


def secret_batch(music) -> Batch:
    track = {"track_id": "a", "path": "jazz/00.wav", "extracted": [], "status": "catalogued"}
    return Batch(Job(Address(SECRET_URI, "data16180"), "d", music, ("spectral-v1",), (3.0,)), [track])


def shown_in_logs(cluster: Dask) -> list[str]:
    logs = "".join(process.log.read_text() for process in cluster.processes)
    return [word for word in SECRET_WORDS if word in logs]


def test_a_worker_that_fails_logs_nothing_of_the_uri(music, dask):
    with open_cluster(dask.address) as client, pytest.raises(UnreachableError):
        list(work_there([secret_batch(music)], client))
    assert "Compute Failed" in "".join(process.log.read_text() for process in dask.processes)
    assert shown_in_logs(dask) == []


def compared_elsewhere() -> Compared:
    source = Source(Address(SECRET_URI, "data16180"), "d", "spectral-v1", 30.0, n_tracks=1, among=b"\x80")
    return Compared(np.zeros((1, 1)), np.zeros(1, int), np.zeros(1, int), source)


def rows_from_elsewhere() -> Samples:
    rows = pd.DataFrame({"track_id": ["a"]})
    samples = Samples("spectral-v1", 30.0, ("rms_mean",), ("jazz",), np.zeros((1, 1)), np.zeros(1, int), rows)
    return keep_origin(samples, Origin(Stored(Address(SECRET_URI, "data16180"), "d", "spectral-v1", 30.0, "none")))


@pytest.mark.parametrize("make", [compared_elsewhere, rows_from_elsewhere])
def test_a_worker_that_can_not_read_rows_logs_nothing_of_the_uri(make, dask):
    with open_cluster(dask.address) as client, pytest.raises(UnreachableError):
        list(run_there(client, repr, [(make(),)], "rows"))
    assert shown_in_logs(dask) == []


@pytest.mark.parametrize("who", ["scheduler", "worker"])
def test_where_the_project_is_not_installed_nothing_of_the_uri_is_sent_and_logged(music, tmp_path, who):
    cluster = Dask(tmp_path, ignorant=who)
    try:
        cluster.said(cluster.start_worker(), r"(Registered to)")
        with open_cluster(cluster.address) as client, pytest.raises(InputError, match="has no module 'pipeline"):
            list(work_there([secret_batch(music)], client))
    finally:
        cluster.end()
    assert shown_in_logs(cluster) == []


def test_a_scheduler_that_does_not_answer_is_one_line(main, music):
    told = main("run", "--audio", music, "--scheduler", "tcp://127.0.0.1:1", "--to", "2")
    assert told.status == 2
    assert told.err.splitlines() == [
        "genrelab: no Dask scheduler answers at --scheduler 'tcp://127.0.0.1:1' within 4 s; "
        "start one with `dask scheduler`, or leave the option out to work on this machine"
    ]


def test_a_cluster_without_workers_is_an_error_that_says_how_to_start_some(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "get_settings", lambda: Settings(patience_s=1))
    idle = Dask(tmp_path)
    try:
        with pytest.raises(InputError, match=rf"has no workers; start some with `dask worker {idle.address}`"):
            check_scheduler(idle.address)
    finally:
        idle.end()


@pytest.mark.faults
def test_a_scheduler_that_goes_away_in_the_middle_is_one_error(database, music, tmp_path, local):
    dataset = catalogued(database, music, "cluster-gone")
    dask = Dask(tmp_path)
    dask.said(dask.start_worker(), r"(Registered to)")

    def kill():
        until(lambda: database["segments"].find_one({"dataset": dataset}))
        dask.scheduler.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(WorkerError, match=r"the Dask scheduler 'tcp://\S+' went away; start it, and run the same"):
            run(database, dataset, dask.address)
    finally:
        killer.join()
        dask.end()
    run(database, dataset)
    assert content(database, dataset) == local


def test_without_the_package_the_option_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="pip install distributed"):
        check_scheduler("tcp://127.0.0.1:1")
