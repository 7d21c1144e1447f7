"""``folder``: all tracks that lie in one folder, as an album's do, on one side."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from pipeline.splits.groups import join
from pipeline.splits.policies.policy import Policy


@dataclass(frozen=True)
class _Folder(Policy):
    def groups(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the folder of each row, as one with all that hold duplicates of its tracks."""
        return join(rows["group"], rows["track_id"].map(lambda path: str(PurePosixPath(path).parent)))

    def say_known(self, tracks: pd.DataFrame) -> list[str]:
        """Say how many folders there are."""
        n_folders = tracks["track_id"].map(lambda path: str(PurePosixPath(path).parent)).nunique()
        return [f"The {len(tracks)} tracks lie in {n_folders} folders."]


FOLDER = _Folder(
    "folder",
    label="folders kept whole",
    about="all tracks of a folder are on one side",
    leak="are recognising the track or its folder, not the genre",
    resampled="folders",
    line="dotted",
)
