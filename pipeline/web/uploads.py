"""The one file of a request, as bytes; its name is shown and never used."""

import unicodedata

from flask import Request
from werkzeug.datastructures import FileStorage

from pipeline.web.errors import RefusedError

LARGEST_UPLOAD = 40 * 2**20
"""Bytes of a whole request: four minutes of the usual uncompressed stereo, seventeen of the best MP3."""

FIELD = "song"
LONGEST_NAME = 255


def read_upload(request: Request) -> tuple[str, bytes]:
    """Return name and content of the uploaded song.

    Raises
    ------
    RefusedError
        415 where it is no form with files; 413 where it is too large; 400 where there is not exactly one file, in the
        field `FIELD`, or its name is a path
    """
    if request.mimetype != "multipart/form-data":
        raise RefusedError(415, "not_a_form", f"Send the song as multipart/form-data, in the field {FIELD!r}.")
    if (request.content_length or 0) > LARGEST_UPLOAD:
        raise too_large()
    given = [(field, file) for field, file in request.files.items(multi=True) if file.filename or field == FIELD]
    if not given or not any(field == FIELD and file.filename for field, file in given):
        raise RefusedError(400, "no_file", f"No file came along. Choose a song; its field is called {FIELD!r}.")
    if len(given) > 1:
        raise RefusedError(400, "several_files", f"{len(given)} files came along. Send one song at a time.")
    file: FileStorage = given[0][1]
    name = file.filename or ""
    if not is_name(name):
        raise RefusedError(
            400, "bad_file_name", "The file's name is a path, or has control characters in it. Rename it."
        )
    return unicodedata.normalize("NFC", name), file.read()


def is_name(name: str) -> bool:
    """Whether a file may be called so: any letters and quotes, no path, nothing unprintable."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and not set(name) & set("/\\")


def too_large() -> RefusedError:
    """Return the refusal of a request that is too large."""
    return RefusedError(
        413, "too_large", f"The upload is larger than {LARGEST_UPLOAD // 2**20} MB. Send a shorter song."
    )
