"""What a dataset is called."""

import unicodedata
from pathlib import Path

from pipeline.errors import InputError
from pipeline.settings import DEMO_DATASET

LONGEST_NAME = 100


def name_dataset(dataset: str = "", audio: str = "", table: str = "") -> str:
    """Return the name asked for, else that of the source; empty where neither is given.

    Any language and spaces will do, a path will not.

    Raises
    ------
    InputError
        where it is no name, or that of the demo corpus for something else
    """
    if not dataset and not audio and not table:
        return ""
    path = Path(audio or table).expanduser().resolve()
    if audio and path.name in ("genres", "genres_original", "audio"):
        path = path.parent
    name = unicodedata.normalize("NFC", dataset or (path.name if audio else path.stem)).strip()
    if not name or "/" in name or "\\" in name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise InputError(
            f"dataset {name!r} is no name: give 1 to {LONGEST_NAME} characters without slashes and line breaks"
        )
    if name == DEMO_DATASET and (audio or table):
        raise InputError(f"{name!r} is the name of the synthetic corpus; choose another name for the dataset")
    return name
