"""MongoDB: connecting, the embedded server, the schema, documents in, DataFrames out."""

from pipeline.store.connection import connect
from pipeline.store.documents import replace_rows, upsert
from pipeline.store.frames import (
    count_segments,
    feature_names,
    measure_frames,
    read_band_means,
    read_frame,
    read_frames,
    read_rows,
    read_segments,
    read_track_means,
)
from pipeline.store.runs import open_run
from pipeline.store.segments import feature_values, window_key

__all__ = [
    "connect",
    "count_segments",
    "feature_names",
    "feature_values",
    "measure_frames",
    "open_run",
    "read_band_means",
    "read_frame",
    "read_frames",
    "read_rows",
    "read_segments",
    "read_track_means",
    "replace_rows",
    "upsert",
    "window_key",
]
