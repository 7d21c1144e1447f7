from .changes import CHANGES, Change
from .hear import TRACK_FIELDS, Played, analyse_clip, play_all

__all__ = ["CHANGES", "TRACK_FIELDS", "Change", "Played", "analyse_clip", "play_all"]
