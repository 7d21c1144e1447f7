"""What ``genrelab run`` says at its end: for a person in sentences, for a program as JSON."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.printable import say

if TYPE_CHECKING:  # a run brings pandas, which most commands can do without
    from pipeline.store import Run

_NOT_TOLD = ("card", "warnings")
"""Of the champion: a page of text, and what is told beside it."""


def say_summary(done: "Run", places: Mapping[str, str], *, just_now: bool = True) -> None:
    """Say what the run found, in the sentences of its notebooks, exports and page; where its files are; what took time.

    Parameters
    ----------
    done : Run
    places : mapping
        what is where: ``notebooks``, ``exports``
    just_now : bool
        false of a run that had nothing to do
    """
    for sentence in _sentences(done):
        say(sentence)
    if just_now:
        seconds = _seconds(done)
        by_stage = ", ".join(f"{name} {took:.0f} s" for name, took in seconds.items())
        say(f"time: {sum(seconds.values()):.0f} s ({by_stage})")
    say(f"done: {done.run_id}")
    for name, place in places.items():
        say(f"{name + ':':<10} {place}")


def say_done(done: "Run") -> str:
    """Say that a run has done already what is asked for."""
    return (
        f"{done.run_id} of {done.facts['finished_at']:%Y-%m-%d %H:%M} UTC read the same data with the same options and "
        "the same program, and its files are there (--force does all anew)"
    )


def say_json(done: "Run", places: Mapping[str, str]) -> None:
    """Write the same as one JSON object: ``run_id, dataset, champion, headline, warnings, seconds``, and the places."""
    from pipeline.evaluation import headline

    found, champion = headline(done), done.champion
    summary = {
        "run_id": done.run_id,
        "dataset": done.dataset,
        "champion": {name: value for name, value in champion.items() if name not in _NOT_TOLD} if champion else None,
        "headline": found.claims if found else [],
        "warnings": list(found.warnings) if found else [],
        "seconds": _seconds(done),
        **places,
    }
    say(json.dumps(summary, default=_plain))


def _sentences(done: "Run") -> list[str]:
    from pipeline.evaluation import headline

    found = headline(done)
    return found.sentences if found else []


def _seconds(done: "Run") -> dict[str, float]:
    """Return how long each stage took when the run did it last; those that it kept from another one took nothing."""
    stages = done.facts.get("stages", {})
    return {name: stage["seconds"] for name, stage in stages.items() if "seconds" in stage and "kept_from" not in stage}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value.item() if hasattr(value, "item") else str(value)
