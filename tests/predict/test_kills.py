"""Labelling killed at five moments: the same command again writes the rows of one that nobody disturbed."""

import multiprocessing
import os
import sys
from pathlib import Path

import pymongo.monitoring
import pytest

from tests.patience import HANG_S

pytestmark = pytest.mark.faults
KEPT = 6
"""Files that are labelled, to spare the others' time."""
MOMENTS = ("first write", "a quarter", "half", "three quarters", "last write")


def label(environment: dict[str, str], dataset: str, source: str, out: str, at: int, n_writes) -> None:
    """Label and play a folder's files, and be killed just before a write, counted from 1; 0: never."""
    os.environ.update(environment)
    from pipeline.predict import champion_of
    from pipeline.settings import get_settings
    from pipeline.stages.predict import PredictOptions, predict
    from pipeline.store import connect
    from tests.faults.play import Disturbance, Gremlin

    get_settings.cache_clear()
    gremlin = Gremlin(Path(out).parent, Disturbance("kernel", at) if at else None)
    pymongo.monitoring.register(gremlin)
    sys.addaudithook(gremlin.audit)
    options = PredictOptions(source=source, out=out, horse=True, horse_files=2, jobs=1)
    predict(champion_of(connect(), dataset), options)
    n_writes.value = gremlin.n_writes
    os._exit(0)


@pytest.fixture
def play(songs, key, unlabelled, tmp_path):
    """Return a function that labels in a process of its own: its exit status, its writes, and the rows written."""
    for name in list(unlabelled.tracks)[KEPT:]:
        (unlabelled.folder / name).unlink()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.play"])

    def run(at: int = 0) -> tuple[int, int, bytes]:
        out, n_writes = tmp_path / "told" / "p.csv", context.Value("i", 0)
        given = (songs.environment, songs.dataset, str(unlabelled.folder), str(out), at, n_writes)
        process = context.Process(target=label, args=given)
        process.start()
        process.join(HANG_S)
        return process.exitcode, n_writes.value, out.read_bytes() if out.exists() else b""

    return run


def test_killed_at_any_moment_the_same_again_writes_the_rows_of_an_undisturbed_one(songs, play, tmp_path):
    status, n_writes, expected = play()
    assert status == 0
    assert expected.count(b"\n") > KEPT
    assert n_writes >= len(MOMENTS)
    for i, moment in enumerate(MOMENTS):
        songs.database["labels"].delete_many({})
        (tmp_path / "told" / "p.csv").unlink()
        killed, _, told = play(1 + i * (n_writes - 1) // (len(MOMENTS) - 1))
        assert killed == -9, moment
        assert told in (b"", expected), moment  # whole or not at all
        assert play()[0::2] == (0, expected), moment
