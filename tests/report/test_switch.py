"""A set of files takes the place of another: all or none, whatever happens in between."""

import json
import os
import stat
import subprocess
import sys
import threading

import pytest

from pipeline.errors import InputError
from pipeline.report import switch
from pipeline.report.datapackage import changed_files, package_files, read_package
from pipeline.report.switch import finish_switch, new_set
from pipeline.settings import PROJECT_DIR
from tests.patience import HANG_S

FILES = ("a.csv", "b.csv", "c.csv")

KILL_WHILE_WRITING = """
import os, sys
from pathlib import Path
from pipeline.report import switch
from tests.report.test_switch import write_set

folder, moves, move = Path(sys.argv[1]), int(sys.argv[2]), switch._move

def move_or_die(source, target):
    global moves
    if moves == 0:
        os.kill(os.getpid(), 9)
    moves -= 1
    move(source, target)

write_set(folder, "old")
switch._move = move_or_die
write_set(folder, "new")
"""


def fill(scratch, word, files=FILES):
    """Write files that all say `word`, and the package that names them."""
    resources = []
    for name in files:
        (scratch / name).write_text(word)
        digest = subprocess.run(["sha256sum", scratch / name], capture_output=True, text=True, check=True).stdout[:64]
        resources.append({"path": name, "hash": f"sha256:{digest}"})
    (scratch / "schema.json").write_text(json.dumps({"id": word, "resources": resources}))


def write_set(folder, word, files=FILES):
    with new_set(folder) as scratch:
        fill(scratch, word, files)


def break_off(folder, error):
    with new_set(folder) as scratch:
        (scratch / "a.csv").write_text("new")
        raise error


def words(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.suffix == ".csv"}


def test_a_set_takes_the_place_of_the_one_before_and_leaves_nothing_else(tmp_path):
    write_set(tmp_path, "old")
    write_set(tmp_path, "new")
    assert words(tmp_path) == dict.fromkeys(FILES, "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [*FILES, "schema.json"]


@pytest.mark.parametrize(("umask", "rights"), [(0o022, 0o644), (0o077, 0o600), (0o027, 0o640)])
def test_files_have_the_rights_that_the_umask_leaves_them(tmp_path, umask, rights):
    before = os.umask(umask)
    try:
        write_set(tmp_path / "set", "new")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "set").iterdir()} == {rights}


def test_a_file_that_the_new_set_has_no_more_goes_and_one_of_the_users_stays(tmp_path):
    write_set(tmp_path, "old")
    (tmp_path / "mine.csv").write_text("mine")
    write_set(tmp_path, "new", FILES[:2])
    assert words(tmp_path) == {"a.csv": "new", "b.csv": "new", "mine.csv": "mine"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_while_the_set_is_written_leaves_the_one_before(tmp_path, error):
    write_set(tmp_path, "old")
    with pytest.raises(error):
        break_off(tmp_path, error)
    assert words(tmp_path) == dict.fromkeys(FILES, "old")
    assert changed_files(tmp_path, read_package(tmp_path)) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [*FILES, "schema.json"]


def test_ctrl_c_while_files_change_places_still_gives_the_whole_new_set(tmp_path, monkeypatch):
    write_set(tmp_path, "old")
    move, calls = switch._move, []

    def interrupted(source, target):
        calls.append(source)
        if len(calls) == 2:
            raise KeyboardInterrupt
        move(source, target)

    monkeypatch.setattr(switch, "_move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_set(tmp_path, "new")
    assert words(tmp_path) == dict.fromkeys(FILES, "new")
    assert read_package(tmp_path)["id"] == "new"


@pytest.mark.parametrize("moved", [0, 2])
def test_killed_between_two_moves_a_reader_can_tell_and_the_next_step_mends_it(tmp_path, moved):
    command = [sys.executable, "-c", KILL_WHILE_WRITING, tmp_path, str(moved)]
    done = subprocess.run(command, cwd=PROJECT_DIR, timeout=HANG_S)
    assert done.returncode == -9
    assert list(words(tmp_path).values()).count("new") == moved
    assert changed_files(tmp_path, read_package(tmp_path)) == list(FILES[:moved])
    assert finish_switch(tmp_path)
    assert words(tmp_path) == dict.fromkeys(FILES, "new")
    assert changed_files(tmp_path, read_package(tmp_path)) == []
    assert not finish_switch(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [*FILES, "schema.json"]


def test_killed_while_files_are_written_the_next_export_clears_up(tmp_path):
    write_set(tmp_path, "old")
    left = tmp_path / ".writing-abc"
    left.mkdir()
    (left / "a.csv").write_text("half")
    assert not finish_switch(tmp_path)
    assert words(tmp_path) == dict.fromkeys(FILES, "old")
    write_set(tmp_path, "new")
    assert not left.exists()


def test_two_exports_into_one_folder_take_turns(tmp_path):
    inside, overlaps = [], []

    def export(word):
        with new_set(tmp_path) as scratch:
            inside.append(word)
            overlaps.append(len(inside))
            fill(scratch, word)
            inside.remove(word)

    threads = [threading.Thread(target=export, args=(str(i),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == [1] * 4
    assert len(set(words(tmp_path).values())) == 1


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match=r"can't write exports to .*taken"):
        write_set(tmp_path / "taken", "new")


def test_the_package_names_itself_last():
    assert package_files({"resources": [{"path": "a.csv"}]}) == ["a.csv", "schema.json"]
    assert package_files(None) == []
