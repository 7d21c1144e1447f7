"""Put into an environment's site-packages: notes each file of a checkout that any of its processes opens."""

import os
import sys

CHECKOUT = os.environ["GUARD_CHECKOUT"] + os.sep
SHARED = os.environ["GUARD_SHARED"] + os.sep
NOTES = os.environ["GUARD_NOTES"]
EVENTS = {"open", "os.listdir", "os.scandir"}


def note(event: str, arguments: tuple) -> None:
    """Write down a path below the checkout, unless it is of the packages that the environment shares with it."""
    if event in EVENTS and isinstance(arguments[0], str | bytes | os.PathLike):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(CHECKOUT) and not path.startswith(SHARED):
            with open(NOTES, "a", encoding="utf-8") as notes:
                notes.write(f"{path}\n")


sys.addaudithook(note)
