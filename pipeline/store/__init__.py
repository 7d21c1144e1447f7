"""MongoDB: connecting, the embedded server, the schema, documents in, DataFrames out."""

from pipeline.store.connection import connect
from pipeline.store.datasets import choose_dataset
from pipeline.store.documents import insert_rows, upsert
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
from pipeline.store.run import ModelFile, Run, StageRows
from pipeline.store.runs import find_crowned, find_finished, find_run, open_run, say_run
from pipeline.store.segments import feature_values, window_key

__all__ = [
    "ModelFile",
    "Run",
    "StageRows",
    "choose_dataset",
    "connect",
    "count_segments",
    "feature_names",
    "feature_values",
    "find_crowned",
    "find_finished",
    "find_run",
    "insert_rows",
    "measure_frames",
    "open_run",
    "read_band_means",
    "read_frame",
    "read_frames",
    "read_rows",
    "read_segments",
    "read_track_means",
    "say_run",
    "upsert",
    "window_key",
]
