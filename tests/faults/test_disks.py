"""Disks that are full or read-only: one line tells which, what was there stays, and with room it ends well."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store.connection import connected
from pipeline.store.server import EmbeddedServer
from tests.faults.command import Command
from tests.faults.scene import Scene, plain
from tests.patience import LOOK_S
from tests.plain_exports import plain_exports

MB = 1024**2


class SmallDisk:
    """A filesystem of its own."""

    def __init__(self, path: Path, size_mb: int):
        self.path = path
        path.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(path)]
        if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("no filesystem can be mounted here: it takes root and CAP_SYS_ADMIN")

    def fill(self, left: int = 0) -> None:
        """Leave so many bytes, though others may be writing."""
        with open(self.path / "filler", "wb") as filler:
            while (more := shutil.disk_usage(self.path).free - left) > 0:
                with suppress(OSError):
                    os.posix_fallocate(filler.fileno(), os.fstat(filler.fileno()).st_size, more)

    @contextmanager
    def kept_full(self) -> Iterator[None]:
        """Fill it again and again: a database gives back room by itself, as where a checkpoint frees its journal."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(LOOK_S):
                self.fill()

        self.fill()
        keeper = threading.Thread(target=keep)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def make_room(self) -> None:
        (self.path / "filler").unlink()

    def remount(self, option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.path)], check=True)


@pytest.fixture
def new_disk(scene: Scene) -> Iterator:
    disks = []

    def make(name: str, size_mb: int) -> SmallDisk:
        disks.append(SmallDisk(scene.root / name, size_mb))
        return disks[-1]

    yield make
    for disk in disks:
        subprocess.run(["umount", str(disk.path)], check=True)
        disk.path.rmdir()


@pytest.mark.faults
@pytest.mark.parametrize("left", [0, MB // 10, MB // 2])
def test_a_full_disk_for_exports_leaves_the_old_set_as_it_is(scene, new_disk, left):
    disk = new_disk("small exports", 16)
    scene.restore("export")
    shutil.copytree(scene.settings.exports, disk.path, dirs_exist_ok=True)
    before = {path.name: path.read_bytes() for path in disk.path.iterdir()}
    disk.fill(left)
    played = scene.play("export", exports=str(disk.path))
    assert played.status == 2, played.said
    told = f"can't write exports to '{disk.path}': No space left on device"
    assert played.said.splitlines()[-1].endswith(told)
    disk.make_room()
    assert {path.name: path.read_bytes() for path in disk.path.iterdir()} == before
    assert scene.play("export", exports=str(disk.path)).status == 0
    shutil.copytree(disk.path, scene.root / "copied")
    assert plain_exports(scene.root / "copied").keys() == scene.exports.keys()
    shutil.rmtree(scene.root / "copied")


@pytest.mark.faults
def test_read_only_exports_are_refused_before_any_stage(scene, new_disk):
    disk = new_disk("exports to read", 16)
    disk.remount("ro")
    scene.restore("export")
    command = Command(scene, "--from", "7", "--exports", str(disk.path))
    assert command.end() == 2
    assert command.said == f"genrelab: can't write to --exports '{disk.path}': permission denied; choose another\n"
    disk.remount("rw")
    command = Command(scene, "--from", "7", "--exports", str(disk.path))
    assert command.end() == 0, command.said


@pytest.mark.faults
@pytest.mark.parametrize("left", [0, 30_000])
def test_a_full_disk_for_executed_notebooks_is_told_and_the_run_goes_on_once_there_is_room(scene, new_disk, left):
    disk = new_disk("small runs", 16)
    scene.restore("explore")
    disk.fill(left)
    given = {"GENRELAB_RUNS": str(disk.path)}
    command = Command(scene, "--from", "3", "--to", "3", **given)
    assert command.end() == 2, command.said
    assert command.last_line().startswith(
        f"genrelab: can't write to '{disk.path}': No space left on device; set GENRELAB_RUNS"
    )
    disk.make_room()
    command = Command(scene, "--from", "3", "--to", "3", **given)
    assert command.end() == 0, command.said
    assert scene.state()["results"] == scene.expected("explore")["results"]


@pytest.mark.faults
def test_a_full_disk_for_the_database_is_told_and_the_same_command_finishes_once_there_is_room(scene, new_disk):
    disk = new_disk("small home", 400)
    home = Settings(home=disk.path)
    server = EmbeddedServer(disk.path)
    server.start()
    try:
        with disk.kept_full():
            command = Command(scene, GENRELAB_HOME=str(disk.path), last="02_extract")
            assert command.end() == 2, command.said
        assert command.last_line().startswith("genrelab: "), command.said
        assert "disk" in command.last_line(), command.said
        disk.make_room()
        command = Command(scene, GENRELAB_HOME=str(disk.path), last="02_extract")
        assert command.end() == 0, command.said
        with connected(home) as database:
            found = plain({name: list(database[name].find()) for name in ("tracks", "segments", "rejects")})
        assert found == {name: scene.expected("extract")[name] for name in found}
    finally:
        server.stop()
