"""The pool: a few workers, each of which hears one file at a time and is replaced when it hangs or dies."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from pipeline.excerpts import ALL, MIDDLE, SPREAD
from pipeline.listen.errors import BusyError, HearingError, SongError
from pipeline.listen.heard import Heard, Wanted
from pipeline.listen.wire import read_message, unpack, write_message
from pipeline.settings import PACKAGE_DIR

TIME_LIMIT_S = 15.0
"""Decoding 30 seconds and all features take a fifth of a second; a busy machine may take a while."""

TIMES = {MIDDLE: 1, SPREAD: 3, ALL: 8}
"""How many times as long it may take, by what is heard."""

START_LIMIT_S = 120.0
"""The first worker on a machine compiles for ten seconds."""

WAIT_LIMIT_S = 30.0
"""So long may a song wait for a worker to be free."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

SECRET = "MONGODB_URI"  # nosec B105 # the variable's name
"""Holds a password, perhaps, and a worker has no use for it."""


class WorkerPool:
    """Workers that decode what strangers upload.

    Parameters
    ----------
    n_workers : int
        processes; each takes about 300 MB
    wanted : sequence of (str, float)
        feature sets and window lengths to be warm for
    time_limit_s : float
        for one file of which the middle is heard; for more, `TIMES` as long
    """

    def __init__(self, n_workers: int, wanted: Sequence[Wanted] = (), *, time_limit_s: float = TIME_LIMIT_S):
        self._wanted = list(wanted)
        self._time_limit_s = time_limit_s
        self._closed = False
        self._idle: queue.Queue[_Worker] = queue.Queue()
        for _ in range(n_workers):
            self._idle.put(_Worker(self._wanted))

    def hear(self, content: bytes, wanted: Sequence[Wanted], excerpts: str = MIDDLE) -> Heard:
        """Let a worker hear a file, or those `excerpts` of it.

        Raises
        ------
        SongError
            where the file is no song, or the worker hung or died over it
        BusyError
            where no worker became free in time
        HearingError
            where workers can't start, or fail for a reason that is not the song's
        """
        limit_s = self._time_limit_s * TIMES[excerpts]
        try:
            worker = self._idle.get(timeout=WAIT_LIMIT_S)
        except queue.Empty:
            raise BusyError(f"All workers were busy for {WAIT_LIMIT_S:g} s. Try again in a minute.") from None
        try:
            try:
                worker = self._awake(worker)
            except (TimeoutError, EOFError, OSError) as error:
                raise HearingError("no worker can start; the log above tells why") from error
            asked = {"wanted": [list(key) for key in wanted], "excerpts": excerpts}
            head, body = worker.ask(asked, content, limit_s)
        except TimeoutError:
            raise SongError("too_slow", f"Decoding took more than {limit_s:g} s, and was stopped.") from None
        except (EOFError, OSError):
            raise SongError("crashed", "The decoder broke down on this file; nothing else was harmed.") from None
        finally:
            self._give_back(worker)
        if "failed" in head:
            raise HearingError("a worker failed on a song; the log above tells why")
        if "code" in head:
            raise SongError(head["code"], head["detail"])
        return unpack(head, body)

    def close(self) -> None:
        """End all workers."""
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().kill()

    def _give_back(self, worker: "_Worker") -> None:
        if self._closed:
            worker.kill()
        else:
            self._idle.put(worker if worker.alive else _Worker(self._wanted))

    def _awake(self, worker: "_Worker") -> "_Worker":
        """Return the worker once it is ready, or another in its place where it died meanwhile."""
        if not worker.alive:
            worker = _Worker(self._wanted)
        worker.wait_until_ready(START_LIMIT_S)
        return worker


class _Worker:
    """One process, started at once; `ask` waits for it."""

    def __init__(self, wanted: Sequence[Wanted]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.listen.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != SECRET} | ONE_THREAD,
            cwd=PACKAGE_DIR.parent,  # where -m looks first: the user's folder may hold a `pipeline` too
            process_group=0,  # Ctrl-C ends the server, which ends its workers: their input closes
        )
        assert self.process.stdin is not None  # nosec B101 # pipes were asked for
        assert self.process.stdout is not None  # nosec B101 # as above
        self._input, self._output = self.process.stdin, self.process.stdout
        self._ready = False
        self._greeting = {"wanted": [list(key) for key in wanted]}
        with suppress(OSError):
            write_message(self._input, self._greeting)

    @property
    def alive(self) -> bool:
        """Whether the process can be asked."""
        return self.process.poll() is None

    def wait_until_ready(self, limit_s: float) -> None:
        """Wait for the process to have warmed up."""
        if not self._ready:
            self._within(limit_s, lambda: read_message(self._output))
            self._ready = True

    def ask(self, head: dict, body: bytes, limit_s: float) -> tuple[dict, bytes]:
        """Send a message and return the answer; a process that gives none in time is killed."""

        def exchange() -> tuple[dict, bytes]:
            write_message(self._input, head, body)
            return read_message(self._output)

        return self._within(limit_s, exchange)

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()

    def _within(self, limit_s: float, exchange):
        """Do what talks to the process; the clock kills it, which ends the talk."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self.process.kill()

        clock = threading.Timer(limit_s, expire)
        clock.start()
        try:
            return exchange()
        except (EOFError, OSError):
            self.kill()
            if expired.is_set():
                raise TimeoutError from None
            raise
        finally:
            clock.cancel()
