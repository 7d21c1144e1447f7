"""A folder of a process that was killed is removed by the next one; that of a process that lives never is."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.runner.own_folder import OWNER, OwnFolder, remove_abandoned

PREFIX = "genrelab-own-"
OTHER = f"""
from pipeline.runner.own_folder import OwnFolder
own = OwnFolder({PREFIX!r})
(own.path / "kernel-ipc-1").touch()
print(own.path, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_only_folders_whose_owner_is_gone_are_removed(place):
    mine = OwnFolder(PREFIX)
    others = [place / f"{PREFIX}without-owner", place / "genrelab-test"]
    for folder in others:
        folder.mkdir()
    (others[1] / OWNER).touch()
    another_process = [sys.executable, "-c", OTHER]
    with subprocess.Popen(another_process, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        theirs = Path(process.stdout.readline().strip())
        remove_abandoned(PREFIX)
        assert {*place.iterdir()} == {mine.path, theirs, *others}
        process.kill()
        process.wait()
        assert (theirs / OWNER).exists()
        remove_abandoned(PREFIX)
    assert {*place.iterdir()} == {mine.path, *others}
    mine.cleanup()
    remove_abandoned(PREFIX)
    assert {*place.iterdir()} == {*others}


def test_a_link_leads_to_nothing_that_is_removed(place):
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / OWNER).touch()
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    remove_abandoned(PREFIX)
    assert (elsewhere / OWNER).exists()
