"""``genrelab.hyper``: all exports as one extract, a table each, for Tableau to open without a guess.

pantab starts Tableau's own engine as a child on a Unix-domain socket, and tells it to send no usage data.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.tables import BOOLEAN, BY_NAME, DATE, DATETIME, INTEGER, NUMBER, STRING

FILE_NAME = "genrelab.hyper"
ARROW_TYPES = {
    STRING: pa.string(), NUMBER: pa.float64(), INTEGER: pa.int64(), BOOLEAN: pa.bool_(),
    DATE: pa.date32(), DATETIME: pa.timestamp("us"),
}  # fmt: skip


def write_hyper(frames: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path | None, str]:
    """Write conformed tables to ``genrelab.hyper`` in `folder`.

    Returns
    -------
    path : Path or None
        None where Tableau's engine has no build for this machine
    reason : str
        why there is none; else empty
    """
    try:
        import pantab
    except ImportError as error:
        return None, f"{FILE_NAME} is not written: pantab is not installed for {sys.platform} here ({error})"
    path = folder / FILE_NAME
    try:
        pantab.frames_to_hyper({name: _arrow(name, frame) for name, frame in frames.items()}, path)
    except RuntimeError as error:  # the engine does not start, e.g. without its C library
        path.unlink(missing_ok=True)
        return None, f"{FILE_NAME} is not written: Tableau's engine failed: {' '.join(str(error).split())}"
    return path, ""


def _arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    types = {column: ARROW_TYPES[BY_NAME[name].column(column).kind] for column in frame.columns}
    return pa.table({column: pa.array(frame[column], type=of, from_pandas=True) for column, of in types.items()})
