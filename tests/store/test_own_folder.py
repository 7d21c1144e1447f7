"""The socket's folder among other users' is made safely, or refused: no link of another user is followed."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import server as server_module
from pipeline.store.own_folder import is_own_among_others, make_own_among_others

STRANGER = 12345


@pytest.fixture
def shared():
    """Return a folder where anybody may make one, as in /tmp, and with as short a path: a socket's is limited."""
    folder = Path(tempfile.mkdtemp(prefix="shared-", dir="/tmp"))
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def deep(new_server, monkeypatch, shared):
    """Return a server whose home has too long a path for a socket, and the folder that its socket goes to."""
    monkeypatch.setattr(server_module, "SHORT_DIR", shared)
    server = new_server("long " * 30)
    return server, server.socket_path.parent


@pytest.fixture
def precious(tmp_path):
    """Return a folder of this user's that somebody else might want changed."""
    folder = tmp_path / "precious"
    folder.mkdir(mode=0o755)
    (folder / "mongod.sock").write_text("mine")
    return folder


def assert_untouched(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert [path.name for path in folder.iterdir()] == ["mongod.sock"]
    assert (folder / "mongod.sock").read_text() == "mine"


def give_away(path):
    if os.getuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, STRANGER, -1, follow_symlinks=False)


@pytest.mark.parametrize("of_a_stranger", [False, True])
def test_a_link_is_not_followed(deep, precious, of_a_stranger):
    server, folder = deep
    folder.symlink_to(precious)
    if of_a_stranger:
        give_away(folder)
    with pytest.raises(StoreError, match="is a link; remove it, or set GENRELAB_HOME to a shorter path"):
        server.start()
    assert server.process() is None
    assert not server.answers()
    server.stop()
    assert_untouched(precious)


def test_a_folder_of_a_stranger_is_refused(deep):
    server, folder = deep
    folder.mkdir(mode=0o700)
    give_away(folder)
    with pytest.raises(StoreError, match="belongs to another user; remove it, or set GENRELAB_HOME"):
        server.start()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o711])
def test_a_folder_that_others_may_enter_is_refused(deep, mode):
    server, folder = deep
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(StoreError, match="may be entered by other users"):
        server.start()
    assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_a_file_in_its_place_is_refused(deep):
    server, folder = deep
    folder.touch()
    with pytest.raises(StoreError, match="is not a directory"):
        server.start()


def test_a_link_that_came_while_the_server_ran_is_refused(deep, precious, tmp_path):
    server, folder = deep
    assert server.start()
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(precious)
    try:
        assert not server.answers()
        with pytest.raises(StoreError, match="is a link"):
            server.start()
        assert_untouched(precious)
    finally:
        server.process().kill()  # told to end, mongod itself would remove what is at its socket's path


def test_a_folder_that_others_could_move_is_refused(deep, shared):
    shared.chmod(0o777)
    with pytest.raises(StoreError, match="another user can replace what is yours"):
        deep[0].start()
    assert list(shared.iterdir()) == []


def test_a_folder_of_its_own_is_taken_and_used_again(shared):
    folder = shared / "own"
    for _ in range(2):
        make_own_among_others(folder)
        assert is_own_among_others(folder)
        assert stat.S_IMODE(folder.lstat().st_mode) == 0o700
    folder.rmdir()
    assert not is_own_among_others(folder)
