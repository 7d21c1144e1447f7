"""A dataset of a folder that has been extracted already, without its audio being anything."""

import subprocess
import sys

import pytest

from pipeline.catalogue import catalogue
from pipeline.settings import PROJECT_DIR, get_settings
from tests.patience import HANG_S
from tests.unprivileged import give_up_rights

DATASET = "test-absent"
KNOWN = {"status": "ready", "extracted": ["f/3"], "content_hash": "x", "holdout": True}
CHILD = """
import sys
from pipeline.catalogue import catalogue
from pipeline.settings import get_settings
from pipeline.store import connect
print(catalogue(connect(), sys.argv[1], audio=sys.argv[2], settings=get_settings()))
"""


class Kept:
    """The dataset of a folder, as it is in MongoDB."""

    def __init__(self, database, folder):
        self.database, self.folder = database, folder

    def write(self, *names, content=b"never opened here"):
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def catalogue(self, **options):
        source = {} if options.keys() & {"audio", "table"} else {"audio": str(self.folder)}
        return catalogue(self.database, DATASET, **source, settings=get_settings(), **options)

    def catalogue_without_rights(self):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, DATASET, str(self.folder)], cwd=PROJECT_DIR, capture_output=True,
            text=True, preexec_fn=give_up_rights, timeout=HANG_S,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def extract(self):
        """Do as if everything had been extracted: two segments a track, held out, one window too short."""
        for name in self.tracks():
            of_track = {"dataset": DATASET, "track_id": name}
            self.database["tracks"].update_one(of_track, {"$set": KNOWN})
            segment = of_track | {"feature_set": "f", "window_s": 3.0, "length": 66150}
            self.database["segments"].insert_many([segment | {"start_s": start_s} for start_s in (0.0, 3.0)])
            reject = {"reason": "too_short", "detail": "", "window_s": 30.0, "stage": "extract"}
            self.database["rejects"].insert_one({"dataset": DATASET, "path": name, **reject})

    def tracks(self):
        return {track["track_id"]: track for track in self.database["tracks"].find({"dataset": DATASET})}

    def missing(self):
        return {name: track["missing"] for name, track in self.tracks().items() if track["missing"]}

    def content(self):
        """Return all that is known of tracks, but for whether they are missing."""
        found = {
            name: list(self.database[name].find({"dataset": DATASET, "stage": {"$ne": "catalogue"}}).sort("_id"))
            for name in ("tracks", "segments", "rejects")
        }
        for track in found["tracks"]:
            track.pop("missing")
        return found


@pytest.fixture
def kept(database, tmp_path):
    """Return an empty folder and its dataset, which is not catalogued yet."""
    for name in database.list_collection_names():
        database[name].delete_many({"dataset": DATASET})
    return Kept(database, tmp_path / "music")


@pytest.fixture
def music(kept):
    """Return a dataset of three genres with six tracks each, in two albums, all extracted."""
    for genre in ("blues", "jazz", "rock"):
        kept.write(*(f"{genre}/album{i % 2}/{i}.wav" for i in range(6)))
    kept.catalogue()
    kept.extract()
    return kept
