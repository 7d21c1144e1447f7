"""Folders that are not what they were when their names were read, or that may not be looked at."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.settings import PROJECT_DIR
from pipeline.sources import list_audio
from pipeline.sources.walk import Walk
from tests.patience import HANG_S
from tests.unprivileged import give_up_rights

OTHER_DISK = Path("/dev/shm")


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not opened by the listing")
    return root


@pytest.fixture
def music(tmp_path):
    return touch(tmp_path / "music", "blues/a.wav", "jazz/b.wav", "jazz/live/c.wav", "rock/d.wav")


@pytest.fixture
def other_disk(tmp_path):
    """Return a folder on another disk than `tmp_path`."""
    if not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one disk only")
    folder = Path(tempfile.mkdtemp(dir=OTHER_DISK, prefix="genrelab-"))
    yield folder
    shutil.rmtree(folder)


def ids(listing):
    return [track.track_id for track in listing.tracks]


def test_files_of_a_folder_come_before_those_of_its_folders_and_all_in_order(music):
    touch(music, "jazz/a.wav", "jazz/live/1970/x.txt", "z.txt")
    found = [path.relative_to(music).as_posix() for path in Walk(music)]
    assert found == [
        "z.txt", "blues/a.wav", "jazz/a.wav", "jazz/b.wav", "jazz/live/c.wav", "jazz/live/1970/x.txt", "rock/d.wav"
    ]  # fmt: skip


def test_a_folder_that_vanishes_while_its_neighbour_is_listed_is_unread(music, monkeypatch):
    scandir = os.scandir

    def scandir_and_lose_a_neighbour(folder):
        if folder == music / "jazz":
            shutil.rmtree(music / "rock", ignore_errors=True)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", scandir_and_lose_a_neighbour)
    listing = list_audio(music, music)
    assert ids(listing) == ["blues/a.wav", "jazz/b.wav", "jazz/live/c.wav"]
    assert listing.unread == {"rock": "cannot open the folder: No such file or directory"}


def test_a_file_that_vanishes_while_its_folder_is_listed_is_unread(music, monkeypatch):
    walked = Walk.__iter__

    def walk_and_lose_a_file(walk):
        for path in walked(walk):
            if path.name == "b.wav":
                path.unlink()
            yield path

    monkeypatch.setattr(Walk, "__iter__", walk_and_lose_a_file)
    listing = list_audio(music, music)
    assert ids(listing) == ["blues/a.wav", "jazz/live/c.wav", "rock/d.wav"]
    assert list(listing.unread) == ["jazz/b.wav"]


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EACCES])
@pytest.mark.parametrize("after", [0, 1])
def test_a_disk_that_fails_at_the_first_or_a_later_name_leaves_the_whole_folder_unread(music, monkeypatch, code, after):
    touch(music, "jazz/a.wav", "jazz/e.wav")
    scandir = os.scandir

    class Failing:
        def __init__(self, folder):
            self.entries = scandir(folder)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.entries.close()

        def __iter__(self):
            for _ in range(after):
                yield next(self.entries)
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "scandir", lambda f: Failing(f) if Path(f) == music / "jazz" else scandir(f))
    listing = list_audio(music, music)
    assert ids(listing) == ["blues/a.wav", "rock/d.wav"]
    assert listing.unread == {"jazz": f"cannot open the folder: {os.strerror(code)}"}
    assert [(reject.path, reject.reason) for reject in listing.rejects] == [("jazz", "unreadable")]


def test_a_link_that_leads_nowhere_may_have_been_a_folder_and_is_unread(music):
    (music / "jazz" / "usb").symlink_to("/nowhere/usb")
    (music / "jazz" / "cover.jpg").symlink_to("cover.jpg")
    (music / "jazz" / ".cache").symlink_to("/nowhere")
    listing = list_audio(music)
    assert listing.unread == {"jazz/usb": "cannot follow the link: No such file or directory"}
    assert {reject.path: reject.reason for reject in listing.rejects} == {
        "jazz/usb": "unreadable",
        "jazz/cover.jpg": "link_loop",
    }


def test_folders_on_another_disk_are_told_and_those_below_them_are_not(music, other_disk):
    touch(other_disk, "ska/e.wav", "ska/live/f.wav")
    (music / "ska").symlink_to(other_disk / "ska")
    (music / "jazz" / "more").symlink_to(other_disk / "ska" / "live")
    assert list_audio(music).mounts == ["jazz/more", "ska"]


CHILD = """
import json, sys
from pathlib import Path
from pipeline.errors import InputError
from pipeline.sources import list_audio
try:
    listing = list_audio(Path(sys.argv[1]), Path(sys.argv[1]))
    print(json.dumps([[track.track_id for track in listing.tracks], listing.unread]))
except InputError as error:
    print(error)
"""


def listed_without_rights(folder):
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder)], cwd=PROJECT_DIR, capture_output=True, text=True,
                          preexec_fn=give_up_rights, timeout=HANG_S)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def close(music):
    """Return a function that changes the rights of a folder, until the test is over."""
    closed = []

    def change(name, mode):
        (music / name).chmod(mode)
        closed.append(music / name)

    yield change
    for path in closed:
        path.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "mode", "kept", "unread"),
    [
        ("jazz", 0o000, ["blues/a.wav", "rock/d.wav"], ["jazz"]),
        ("jazz", 0o311, ["blues/a.wav", "rock/d.wav"], ["jazz"]),  # can be entered and not be listed
        ("jazz", 0o644, ["blues/a.wav", "rock/d.wav"], ["jazz/b.wav", "jazz/live"]),  # listed, and not be entered
        ("jazz/live", 0o000, ["blues/a.wav", "jazz/b.wav", "rock/d.wav"], ["jazz/live"]),
    ],
)
def test_what_may_not_be_opened_is_unread(music, close, name, mode, kept, unread):
    close(name, mode)
    tracks, told = json.loads(listed_without_rights(music))
    assert tracks == kept
    assert sorted(told) == unread
    assert all("Permission denied" in why for why in told.values())


def test_where_nothing_may_be_opened_that_is_said(music, close):
    for genre in ("blues", "jazz", "rock"):
        close(genre, 0)
    assert "no audio that can be read" in (said := listed_without_rights(music))
    assert said.count("Permission denied") == 1


def test_a_folder_in_one_that_may_not_be_entered_cannot_be_opened(music, close):
    close(".", 0)
    assert "cannot be opened: Permission denied" in listed_without_rights(music / "jazz")
