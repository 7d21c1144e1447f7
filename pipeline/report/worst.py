"""The surest mistakes as sound: whoever hears them knows whether the model or the label is wrong."""

import pandas as pd

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.report.listening import load_clips
from pipeline.report.show import Shown, show_players
from pipeline.store import Run

MOST_PLAYED = 3


def show_mistakes(run: Run, mistakes: pd.DataFrame) -> Shown:
    """Show a player for each of the first mistakes.

    Parameters
    ----------
    run : Run
    mistakes : pd.DataFrame
        ``track_id, actual, predicted``, and ``artist`` and ``title`` where they are known; the worst first
    """
    first = mistakes.head(MOST_PLAYED)
    clips = load_clips(run.database, run.dataset, first["track_id"])
    named = {_say(row): clips[row["track_id"]] for row in first.to_dict("records") if row["track_id"] in clips}
    nothing = "Nothing to listen to: no mistake was made." if first.empty else "A table of features has no sound."
    return show_players(named, SAMPLE_RATE_HZ, otherwise=nothing)


def _say(row: dict) -> str:
    by = f" by {row['artist']}" if row.get("artist") and not pd.isna(row["artist"]) else ""
    title = row.get("title")
    named = row["track_id"] if not title or pd.isna(title) else f"{title}{by} ({row['track_id']})"
    return f"{named}: {row['actual']}, taken for {row['predicted']}"
