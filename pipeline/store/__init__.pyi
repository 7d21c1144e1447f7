from .columns import Columns, few_features, keep_columns, open_columns, read_columns
from .connection import connect
from .datasets import choose_dataset
from .documents import insert_rows, records_of, update_alike, upsert
from .frames import (
    are_among,
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
from .partitions import Partition, read_partitions
from .run import ModelFile, Run, StageRows
from .runs import find_crowned, find_finished, find_run, open_run, refuse_imported, say_run
from .segments import feature_values, window_key
from .values import Values, in_parts, only, take

__all__ = [
    "Columns",
    "ModelFile",
    "Partition",
    "Run",
    "StageRows",
    "Values",
    "are_among",
    "choose_dataset",
    "connect",
    "count_segments",
    "feature_names",
    "feature_values",
    "few_features",
    "find_crowned",
    "find_finished",
    "find_run",
    "in_parts",
    "insert_rows",
    "keep_columns",
    "measure_frames",
    "only",
    "open_columns",
    "open_run",
    "read_band_means",
    "read_columns",
    "read_frame",
    "read_frames",
    "read_partitions",
    "read_rows",
    "read_segments",
    "read_track_means",
    "records_of",
    "refuse_imported",
    "say_run",
    "take",
    "update_alike",
    "upsert",
    "window_key",
]
