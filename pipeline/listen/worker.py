"""The worker: a process that hears one file after the other, and may be killed at any time.

It reads files from its input and writes what it heard to its output (`pipeline.listen.wire`). A file lives in memory
only, under no name but a number. After warming up, the process may take `MEMORY_MB` more and no more, and may open no
connection that anyone asked for: it has none.
"""

import io
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import soundfile

from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.decoders import load_all
from pipeline.features import find_feature_set
from pipeline.listen.errors import SongError
from pipeline.listen.heard import Wanted, hear
from pipeline.listen.wire import pack, read_message, write_message
from pipeline.printable import libraries_quiet
from pipeline.random_streams import stream

MEMORY_MB = 600
"""What hearing one file may take beyond the warm process: the largest upload, 16 MB blocks, a clip at 768 kHz, and
another excerpt beside it."""


def main() -> None:
    """Answer messages until the other side is gone."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    with suppress(EOFError, BrokenPipeError), libraries_quiet():
        head, _ = read_message(requests)
        _warm_up([(name, window_s) for name, window_s in head["wanted"]])
        _limit_memory()
        write_message(answers, {"ready": True})
        while True:
            head, content = read_message(requests)
            wanted = [(name, window_s) for name, window_s in head["wanted"]]
            write_message(answers, *_hear(content, wanted, head["excerpts"]))


def _hear(content: bytes, wanted: list[Wanted], excerpts: str) -> tuple[dict, bytes]:
    try:
        with _file_of(content) as path:
            return pack(hear(path, wanted, excerpts))
    except SongError as error:
        return {"code": error.code, "detail": error.detail}, b""
    except MemoryError:
        return {"code": "crashed", "detail": "Decoding this file would take too much memory."}, b""
    except Exception:  # not the song's fault, and the next song is to be heard all the same
        traceback.print_exc()  # to the server's log: this is ours to mend
        return {"failed": True}, b""


@contextmanager
def _file_of(content: bytes) -> Iterator[Path]:
    """Give a path that leads to `content`: in memory, or in a private folder where the system has no such files."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("song", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(content)
            yield Path(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)
    else:
        with tempfile.TemporaryDirectory(prefix="genrelab-") as folder:
            path = Path(folder) / "song"
            path.write_bytes(content)
            yield path


def _warm_up(wanted: list[Wanted]) -> None:
    """Hear a chord of noise once, so that all is compiled and loaded before the first song and the limit."""
    load_all()
    rng = stream("warming up")
    noise = 0.1 * rng.standard_normal(round(CLIP_S * SAMPLE_RATE_HZ))
    file = io.BytesIO()
    soundfile.write(file, noise, 44_100, format="WAV")
    with suppress(SongError), _file_of(file.getvalue()) as path:
        hear(path, [key for key in wanted if find_feature_set(key[0])])


def _limit_memory() -> None:
    with suppress(OSError, ValueError, IndexError):  # where there is no /proc there is no such limit either
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY_MB * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
