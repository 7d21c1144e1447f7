"""The same music, seed and versions give the same exports: on any number of workers, in whatever order files come."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.settings import PROJECT_DIR
from pipeline.sources.demo import render_track
from pipeline.store.server import EmbeddedServer

GENRES = ("blues", "disco", "metal")
N_TRACKS = 8
LENGTH_S = 6.4
ORDERED, SHUFFLED = (1, "in order"), ((2, "shuffled"), (4, "shuffled otherwise"))


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Return a folder of 24 tracks, of which two are copies of others, and a file that is no music."""
    folder = tmp_path_factory.mktemp("music") / "genres"
    lines = ["file,artist"]
    for genre in GENRES:
        (folder / genre).mkdir(parents=True)
        for number in range(N_TRACKS):
            path = folder / genre / f"{number}.wav"
            soundfile.write(path, render_track(genre, number, duration_s=LENGTH_S), SAMPLE_RATE_HZ)
            lines.append(f"{genre}/{number}.wav,{genre} {number // 2}")
    shutil.copy(folder / "blues" / "6.wav", folder / "blues" / "0 again.wav")
    shutil.copy(folder / "disco" / "1.wav", folder / "disco" / "again.wav")
    (folder / "metal" / "9.wav").write_text("la la la")
    (folder.parent / "metadata.csv").write_text("\n".join(lines) + "\n")
    return folder


def shuffled(folder: Path, to: Path, seed: str) -> Path:
    """Copy a folder's files one by one in another order, so that the file system lists them otherwise."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    random.Random(seed).shuffle(files)
    for path in files:
        copy = to / "genres" / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    shutil.copyfile(folder.parent / "metadata.csv", to / "metadata.csv")
    return to / "genres"


@pytest.fixture(scope="module")
def exported(music, database, tmp_path_factory):
    """Return the files of the exports of each run: by number of workers and order of files, by name."""
    files = {}
    exports = tmp_path_factory.mktemp("exports") / "exports"
    for jobs, order in (ORDERED, *SHUFFLED):
        folder = music if order == "in order" else shuffled(music, tmp_path_factory.mktemp("shuffled"), order)
        name = f"test_whole_{jobs}"
        environment = {
            "MONGODB_URI": EmbeddedServer(Path(os.environ["GENRELAB_HOME"])).uri + name,
            "PYTHONHASHSEED": jobs,  # another order of every set of strings
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), jobs),
        }
        command = [sys.executable, "-m", "tests.whole_run", folder, exports, jobs]
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd=PROJECT_DIR, capture_output=True, text=True, timeout=300,
                env=os.environ | {key: str(value) for key, value in environment.items()},
            )  # fmt: skip
        finally:
            database.client.drop_database(name)
        assert done.returncode == 0, done.stderr[-3000:]
        files[jobs, order] = {path.name: path.read_bytes() for path in exports.iterdir()}
        shutil.rmtree(exports)
    return files


@pytest.mark.parametrize("variant", SHUFFLED, ids=lambda variant: f"{variant[0]} workers, {variant[1]}")
def test_exports_are_the_same_byte_for_byte(exported, variant):
    expected = exported[ORDERED]
    assert exported[variant].keys() == expected.keys()
    assert [name for name in expected if exported[variant][name] != expected[name]] == []


def test_no_table_is_empty(exported):
    tables = {name: content for name, content in exported[ORDERED].items() if name.endswith(".csv")}
    assert len(tables) >= 14
    assert [name for name, content in tables.items() if content.count(b"\n") < 2] == []
