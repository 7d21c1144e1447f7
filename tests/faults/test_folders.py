"""`genrelab run` by a user without rights, on a folder that is not always to be read."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.settings import PROJECT_DIR, Settings
from pipeline.sources.demo import render_track
from pipeline.store.connection import connected
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S
from tests.unprivileged import give_up_rights

pytestmark = pytest.mark.faults

DATASET = "folders"
GENRES = ("blues", "jazz", "rock")


class Home:
    """A home, music of three genres with two albums each, and what the commands say."""

    def __init__(self, root):
        self.root, self.music = root, root / "music"
        for genre in GENRES:
            for number in range(6):
                path = (
                    self.music / genre / f"album{number % 2}" / f"{'abcdef'[number]}.wav"
                )  # by number, they were pieces
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, render_track(genre, number, duration_s=3.2), SAMPLE_RATE_HZ)

    def run(self, *arguments, status=0):
        settings = ["--windows", "3", "--features", "spectral-v1", "--jobs", "1"]
        given = ["--dataset", DATASET, *settings, *map(str, arguments)]
        places = {f"GENRELAB_{name.upper()}": str(self.root / name) for name in ("home", "exports", "runs")}
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "run", *given], cwd=PROJECT_DIR, env=os.environ | places,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=give_up_rights, timeout=HANG_S,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stderr

    def content(self):
        """Return all that is known of tracks, but for whether they are missing; and which are."""
        with connected(Settings(home=self.root / "home")) as database:
            names = ("tracks", "segments", "removed")
            found = {name: list(database[name].find({"dataset": DATASET}).sort("_id")) for name in names}
        missing = {track["track_id"] for track in found["tracks"] if track["missing"]}
        for track in found["tracks"]:
            del track["missing"]
        return found, missing


@pytest.fixture(scope="module")
def home():
    root = Path(tempfile.mkdtemp(prefix="genrelab-folders-"))
    home = Home(root)
    home.run("--audio", home.music, "--to", "02")
    yield home
    EmbeddedServer(root / "home").stop()
    for path in (home.music, *home.music.iterdir()):
        path.chmod(0o755)
    shutil.rmtree(root)


def test_a_genre_that_may_not_be_opened_for_a_moment_costs_nothing_and_is_told(home):
    before, missing = home.content()
    assert (len(before["tracks"]), len(before["segments"]), missing) == (18, 18, set())
    (home.music / "jazz").chmod(0)
    said = home.run("--audio", home.music, "--to", "02")
    assert "'jazz': cannot open the folder: Permission denied; 6 tracks kept, features included" in said
    after, missing = home.content()
    assert after == before
    assert missing == {track["track_id"] for track in before["tracks"] if track["genre"] == "jazz"}
    (home.music / "jazz").chmod(0o755)
    assert "nothing to extract: 18 tracks were done already" in home.run("--to", "02")
    assert home.content() == (before, set())


def test_with_two_of_three_genres_away_albums_do_not_become_genres_and_nothing_is_lost(home):
    before, _ = home.content()
    for genre in ("blues", "jazz"):
        (home.music / genre).rename(home.root / genre)
    said = home.run("--audio", home.music, "--to", "01")
    assert "12 of 18 tracks are missing from the folder (blues 6, jazz 6): kept, features included" in said
    after, missing = home.content()
    assert after == before
    assert len(missing) == 12
    for genre in ("blues", "jazz"):
        (home.root / genre).rename(home.music / genre)
    home.run("--to", "01")
    assert home.content() == (before, set())


def test_another_level_is_refused_in_one_line(home):
    before = home.content()
    said = home.run("--audio", home.music / "rock", "--to", "01", status=2).splitlines()[-1]
    assert said.startswith("genrelab: 01_catalogue.ipynb, cell ")
    assert "has none of the 18 tracks of dataset 'folders'" in said
    assert home.content() == before


def test_what_is_meant_to_go_goes_and_comes_back_without_extraction(home):
    before, _ = home.content()
    (home.music / "blues").rename(home.root / "blues")
    said = home.run("--audio", home.music, "--to", "01", "--remove-missing")
    assert "6 tracks taken out (blues 6)" in said
    after, missing = home.content()
    assert (len(after["tracks"]), len(after["segments"]), len(after["removed"]), missing) == (12, 12, 12, set())
    (home.root / "blues").rename(home.music / "blues")
    assert "nothing to extract: 18 tracks were done already" in home.run("--to", "02")
    assert home.content() == (before, set())
