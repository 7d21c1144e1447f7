"""``artist``: all tracks of an artist on one side."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.splits.policies.policy import Policy


@dataclass(frozen=True)
class _Artist(Policy):
    def groups(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the artist of each row, as one with all whose tracks are duplicates of the artist's."""
        return rows["artist"].to_numpy()

    def say_known(self, tracks: pd.DataFrame) -> list[str]:
        """Count the tracks whose artist is unknown; refuse where no artist is known."""
        n_unknown = int((~tracks["artist_known"]).sum())
        if n_unknown == len(tracks):
            raise InputError(
                f"--split {self.name}: no artist is known; give a CSV with a column of artists to --metadata, "
                "or choose --split track"
            )
        return [say_unknown_artists(n_unknown, len(tracks))]


def say_unknown_artists(n_unknown: int, n_tracks: int) -> str:
    """Say what becomes of the tracks whose artist is unknown."""
    if not n_unknown:
        return f"The artists of all {n_tracks} tracks are known."
    return f"{n_unknown} of {n_tracks} tracks have no known artist: each counts as an artist of its own."


ARTIST = _Artist(
    "artist",
    label="artists kept whole",
    about="all tracks of an artist are on one side",
    leak="are recognising the track or the artist, not the genre",
    resampled="artists",
    line="dashdot",
    keeps_artists=True,
)
