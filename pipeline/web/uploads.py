"""The one file of a request, as bytes, and what is to be heard of it; its name is shown and never used."""

import unicodedata

from flask import Request
from werkzeug.datastructures import FileStorage

from pipeline.excerpts import EXCERPTS, SPREAD
from pipeline.web.errors import RefusedError

LARGEST_UPLOAD = 40 * 2**20
"""Bytes of a whole request: four minutes of the usual uncompressed stereo, seventeen of the best MP3."""

FIELD = "song"
WHICH = "excerpts"
"""Field of what is to be heard of the song."""

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


def read_excerpts(request: Request) -> str:
    """Return what is to be heard of the song, `SPREAD` unless the field `WHICH` says otherwise.

    Raises
    ------
    RefusedError
        400 where the field is there more than once, or names nothing that can be heard
    """
    given = request.form.getlist(WHICH)
    if not given:
        return SPREAD
    if len(given) > 1 or given[0] not in EXCERPTS:
        raise RefusedError(400, "bad_excerpts", f"{WHICH} must be one of {', '.join(EXCERPTS)}.")
    return given[0]


def is_name(name: str) -> bool:
    """Whether a file may be called so: any letters and quotes, no path, nothing unprintable."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and not set(name) & set("/\\")


def too_large() -> RefusedError:
    """Return the refusal of a request that is too large."""
    return RefusedError(
        413, "too_large", f"The upload is larger than {LARGEST_UPLOAD // 2**20} MB. Send a shorter song."
    )
