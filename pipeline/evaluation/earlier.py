"""What is said of a run whose dataset has changed since."""

import shlex

from pipeline.store import Run


def say_earlier_tracks(run: Run) -> list[str]:
    """Say, without a full stop, where tracks have changed since the run was made from them; else nothing."""
    if not run.is_of_earlier_tracks:
        return []
    return [
        f"the tracks of dataset {run.dataset!r} have changed since this run learned from them, so what is told of "
        f"tracks is newer than its results; `genrelab run --dataset {shlex.quote(run.dataset)}` makes all anew"
    ]
