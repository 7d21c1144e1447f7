"""What a person sees of a run under way: bars on a terminal, a line a stage in a file, or nothing."""

import sys
import time
from enum import StrEnum

from pipeline.printable import say

_SAID_ELSEWHERE = ("Run ", "Dataset ", "Next: ", "Nothing: ")
"""How lines of a notebook begin that are for who runs it by hand."""

_DONE = "Written"
"""Begins the line that says what was done."""


class Progress(StrEnum):
    """How a run shows that it goes on."""

    BARS = "bars"
    LINES = "lines"
    NONE = "none"


def usual_progress() -> Progress:
    """Return bars where a terminal shows them, else lines: in a file a bar is a thousand characters of noise."""
    return Progress.BARS if sys.stderr.isatty() else Progress.LINES


class StageLog:
    """A text stream that keeps what a notebook prints until its stage gets its line."""

    def __init__(self) -> None:
        self.started = time.time()
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        """Keep all but bars, which write their line again and again."""
        self.lines += [line.strip() for line in text.split("\n") if line.strip() and "\r" not in line]

    def flush(self) -> None:
        """Nothing is kept back."""

    def tell(self, notebook: str) -> None:
        """Say in one line when the stage began, how long it took and what was done; below it what else was printed."""
        began = time.strftime("%H:%M:%S", time.localtime(self.started))
        seconds = time.time() - self.started
        lines = [line.partition(" Next: ")[0] for line in self.lines if not line.startswith(_SAID_ELSEWHERE)]
        done = next((line for line in lines if line.startswith(_DONE)), "done")
        say(f"{began} {notebook:<12} {seconds:6.1f} s  {done}", err=True)
        for line in lines:
            if line is not done:
                say(f"  {line}", err=True)
