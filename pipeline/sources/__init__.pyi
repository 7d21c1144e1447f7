from .audio_folder import audio_root, list_audio
from .feature_table import TableOptions, read_feature_table
from .metadata import Metadata, read_metadata
from .records import AudioListing, FeatureTable, Reject, TrackFile

__all__ = [
    "AudioListing",
    "FeatureTable",
    "Metadata",
    "Reject",
    "TableOptions",
    "TrackFile",
    "audio_root",
    "list_audio",
    "read_feature_table",
    "read_metadata",
]
