"""Which tracks there are: audio folder, feature table, metadata, demo corpus."""

from pipeline.sources.audio_folder import audio_root, list_audio
from pipeline.sources.feature_table import TableOptions, read_feature_table
from pipeline.sources.metadata import Metadata, read_metadata
from pipeline.sources.records import AudioListing, FeatureTable, Reject, TrackFile

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
