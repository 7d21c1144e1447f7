"""The same music, seed and versions give the same exports: on any number of workers, in whatever order files come."""

import os
import random
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.settings import PROJECT_DIR
from pipeline.sources.demo import render_track
from pipeline.store.server import EmbeddedServer
from pipeline.tables import TABLES
from tests.patience import HANG_S
from tests.plain_exports import plain_exports

pytestmark = pytest.mark.faults
GENRES = ("blues", "disco", "metal")
N_TRACKS = 6
LENGTH_S = 6.4
OF_LATER = ("transfers", "transfer_genres", "transfer_answers", "subgroup_transfers", "new_music", "playlists")
OF_PLACES = ("places", "place_scores")
NEED_MORE_TRACKS = ("calibration", "reliability", "genre_promises", "unlike", "mistakes_by_group", "worst_mistakes",
                    "genre_overlap", "subgroups", "subgroup_gaps", "styles", "style_answers",
                    "style_scores")  # fmt: skip
ORDERED, SHUFFLED = (1, "in order"), ((2, "shuffled"), (4, "shuffled otherwise"))


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Return a folder of 20 tracks, of which two are copies of others, and a file that is no music."""
    folder = tmp_path_factory.mktemp("music") / "genres"
    lines = ["file,artist"]
    for genre in GENRES:
        (folder / genre).mkdir(parents=True)
        for number in range(N_TRACKS):
            path = folder / genre / f"{number}.wav"
            soundfile.write(path, render_track(genre, number, duration_s=LENGTH_S), SAMPLE_RATE_HZ)
            lines.append(f"{genre}/{number}.wav,{genre} {number // 2}")
    shutil.copy(folder / "blues" / "5.wav", folder / "blues" / "0 again.wav")
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


def start(jobs: int, name: str, *arguments) -> subprocess.Popen:
    """Start a whole run in a database of its own; with other seeds of hashes, and other defaults for threads."""
    libraries = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    environment = {"PYTHONHASHSEED": jobs, **dict.fromkeys(libraries, jobs)}
    environment["MONGODB_URI"] = EmbeddedServer(Path(os.environ["GENRELAB_HOME"])).uri + name
    return subprocess.Popen(
        [sys.executable, "-m", "tests.whole_run", *map(str, (*arguments, jobs))],
        cwd=PROJECT_DIR,
        env=os.environ | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def exported(music, database, tmp_path_factory):
    """Return a function that gives the files of a run's exports, by name, and makes the run when it is first asked."""

    @cache
    def files_of(jobs: int, order: str) -> dict[str, bytes]:
        exports = tmp_path_factory.mktemp("exports")
        folder = music if (jobs, order) == ORDERED else shuffled(music, tmp_path_factory.mktemp("shuffled"), order)
        run = start(jobs, f"test_whole_{jobs}", folder, exports)
        try:
            said = run.communicate(timeout=HANG_S)[1]
        finally:
            run.kill()
            database.client.drop_database(f"test_whole_{jobs}")
        assert run.returncode == 0, said[-3000:]
        return {name: each.replace(bytes(exports), b"FOLDER") for name, each in plain_exports(exports).items()}

    return files_of


@pytest.mark.parametrize("variant", SHUFFLED, ids=lambda variant: f"{variant[0]} workers, {variant[1]}")
def test_exports_are_the_same_byte_for_byte(exported, variant):
    expected, found = exported(*ORDERED), exported(*variant)
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []


def test_no_table_is_empty_that_so_few_tracks_fill(exported):
    tables = {name: content for name, content in exported(*ORDERED).items() if re.fullmatch(r"\w+\.csv", name)}
    assert len(tables) == len(TABLES)
    empty = {name for name, content in tables.items() if content.count(b"\n") < 2}
    assert empty <= {f"{name}.csv" for name in (*NEED_MORE_TRACKS, *OF_LATER, *OF_PLACES)}
