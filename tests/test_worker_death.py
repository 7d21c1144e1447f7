"""A worker that is killed costs time, and nothing else."""

import threading
import time

import psutil

from pipeline.catalogue import catalogue
from pipeline.extract import extract
from pipeline.settings import get_settings
from pipeline.sources.demo import write_demo


def kill_a_worker(killed: list[int]) -> None:
    """Kill the first busy worker process of this one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process().children(recursive=True):
            if "loky" in " ".join(child.cmdline()) and child.cpu_times().user > 2:
                child.kill()
                killed.append(child.pid)
                return
        time.sleep(0.05)


def test_the_tracks_of_a_killed_worker_are_analysed_by_another(database, tmp_path):
    write_demo(tmp_path, tracks_per_genre=1, jobs=2)
    catalogue(database, "worker-death", audio=str(tmp_path), settings=get_settings())
    killed: list[int] = []
    killer = threading.Thread(target=kill_a_worker, args=(killed,))
    killer.start()
    report = extract(database, "worker-death", windows_s=[30, 3], feature_sets=["spectral-v1"], jobs=2)
    killer.join()
    assert killed, "nothing was killed, so nothing is shown"
    assert report.n_extracted == 10
    assert database["segments"].count_documents({"dataset": "worker-death"}) == 110
    assert database["tracks"].count_documents({"dataset": "worker-death", "status": "ready"}) == 10
