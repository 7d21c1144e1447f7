"""Changes of the audio that should not matter, and what is measured of a clip that they were made to."""

from pipeline.robustness.changes import CHANGES, Change
from pipeline.robustness.hear import TRACK_FIELDS, Played, analyse_clip, play_all

__all__ = ["CHANGES", "TRACK_FIELDS", "Change", "Played", "analyse_clip", "play_all"]
