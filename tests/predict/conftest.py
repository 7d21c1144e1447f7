"""Music without labels: the small run's held-out tracks under other names, anywhere in a folder."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.predict import champion_of


@dataclass(frozen=True)
class Unlabelled:
    """A folder of files without genres, and which track each is."""

    folder: Path
    tracks: dict[str, str]


@pytest.fixture
def key(songs):
    """The champion of the small run; what it answered is forgotten afterwards."""
    yield champion_of(songs.database, songs.dataset, songs.run_id)
    songs.database["labels"].delete_many({})


@pytest.fixture
def unlabelled(songs, tmp_path):
    """All held-out tracks, one learned from, and one file that is no music."""
    held = songs.database["tracks"].find({"dataset": songs.dataset, "holdout": True}).sort("track_id")
    learned = songs.database["tracks"].find({"dataset": songs.dataset, "holdout": False}).sort("track_id").limit(1)
    places = ("x", "deep/er/y", "z #1/é ")
    tracks = {}
    for i, track in enumerate([*held, *learned]):
        name = f"{places[i % 3]}{i}.WAV" if i else f"beside{i}.wav"
        (tmp_path / "music" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(songs.folder / track["path"], tmp_path / "music" / name)
        tracks[name] = track["track_id"]
    (tmp_path / "music" / "no music.mp3").write_text("la la la")
    return Unlabelled(tmp_path / "music", tracks)
