"""One rehearsal for all that follows."""

import shutil
import tempfile
from pathlib import Path

import pytest

from pipeline.store.server import EmbeddedServer
from tests.faults.scene import Scene
from tests.short_music import write_short_music

N_TRACKS = 30


@pytest.fixture(scope="package")
def scene():
    root = Path(tempfile.mkdtemp(prefix="genrelab-faults-"))
    (root / "music").mkdir()
    scene = Scene(root, write_short_music(root / "music", N_TRACKS))
    scene.rehearse()
    yield scene
    EmbeddedServer(root / "home").stop()
    shutil.rmtree(root, ignore_errors=True)
