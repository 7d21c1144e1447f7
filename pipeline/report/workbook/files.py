"""The workbook's two files: bound to a folder of CSVs, and packaged with them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.report.views import Story
from pipeline.report.workbook.document import build
from pipeline.report.workbook.names import writable
from pipeline.tables import BY_NAME

FILE_NAME = "genrelab.twb"
PACKAGE_NAME = "genrelab.twbx"
PACKAGED_DATA = "Data/genrelab"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the package, so that the same export gives the same bytes."""


def write_workbooks(story: Story, frames: Mapping[str, pd.DataFrame], folder: Path, home: Path) -> list[Path]:
    """Write ``genrelab.twb`` and ``genrelab.twbx`` beside the CSVs in `folder`.

    Parameters
    ----------
    story : Story
    frames : mapping
        conformed tables by name, as their CSVs hold them
    folder : Path
        where the files are written, and the CSVs are found
    home : Path
        the folder that the CSVs will lie in, which ``genrelab.twb`` is bound to
    """
    columns = {name: list(frame.columns) for name, frame in frames.items()}
    bound, packaged = folder / FILE_NAME, folder / PACKAGE_NAME
    bound.write_bytes(build(story, columns, writable(str(home))))
    with zipfile.ZipFile(packaged, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo(FILE_NAME, EPOCH), build(story, columns, PACKAGED_DATA), zipfile.ZIP_DEFLATED)
        for table in sorted({sheet.table for sheet in story.sheets()}):
            name = BY_NAME[table].file_name
            entry = zipfile.ZipInfo(f"{PACKAGED_DATA}/{name}", EPOCH)
            package.writestr(entry, (folder / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return [bound, packaged]
