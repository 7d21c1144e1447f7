"""Text as a terminal may have it: names of files, artists and genres are foreign, and can hold what terminals obey."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from typing import TextIO

from tqdm import tqdm

STANDARD_ERROR = 2

_OBEYED = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, escape among them, but for tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\u2028\u2029"  # ends of lines that are none to us
    "\ud800-\udfff"  # halves of characters: bytes that are no UTF-8
    "]"
)


def printable(text: str) -> str:
    r"""Return a text with what a terminal would obey rather than show written out, as Python writes it.

    Letters of all languages, line feeds and tabs stay.

    >>> printable("Sugar\x1b[2JBabe")
    'Sugar\\x1b[2JBabe'
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def count(n: int, thing: str, several: str = "") -> str:
    """Return a number of things: ``1 track``, ``1,000 tracks``.

    >>> count(1, "track"), count(0, "track"), count(2, "copy", "copies")
    ('1 track', '0 tracks', '2 copies')
    """
    return f"{n:,} {thing if n == 1 else several or thing + 's'}"


def say(text: str, *, err: bool = False) -> None:
    """Print a line for a person: every face prints by this function alone."""
    print(printable(text), file=sys.stderr if err else sys.stdout, flush=True)


def bar(title: str, unit: str, total: int) -> tqdm:
    """Return a progress bar on standard output; one that is not drawn without a title, or into a file or a pipe.

    There it would be a thousand characters of noise. A notebook is neither: its kernel has put a stream of its own in
    the place of standard output.
    """
    drawn = sys.stdout is not sys.__stdout__ or os.isatty(1)
    return tqdm(desc=title, unit=unit, total=total, file=sys.stdout, mininterval=1, disable=not (title and drawn))


@contextmanager
def libraries_quiet() -> Iterator[None]:
    """Send nowhere what C libraries write to standard error meanwhile; what Python writes there stays.

    libmpg123 has lines on each damaged frame. What is wrong with a file is told by what decodes it. It is one switch
    for the whole process: for one thread at a time, and handlers of logs made before write nowhere meanwhile.
    """
    if sys.stderr is None:  # it was closed, and its number may be another file's by now
        yield
        return
    sys.stderr.flush()
    screen = os.dup(STANDARD_ERROR)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), STANDARD_ERROR)
        with (
            open(screen, "w", buffering=1, errors="backslashreplace", closefd=False) as ours,
            redirect_stderr(ours) if _is_standard(sys.stderr) else nullcontext(),  # a notebook's is another one
        ):
            yield
    finally:
        os.dup2(screen, STANDARD_ERROR)
        os.close(screen)


def _is_standard(stream: TextIO) -> bool:
    try:
        return stream.fileno() == STANDARD_ERROR
    except (OSError, ValueError, AttributeError):
        return False


class _Said(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            say(self.format(record), err=True)
        except Exception:
            self.handleError(record)


def log_printably(*, with_time: bool = False) -> None:
    """Send what is logged, by any library, to standard error as `printable` gives it; change no other set-up."""
    handler = _Said()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s" if with_time else None))
    logging.basicConfig(handlers=[handler])
