"""Why a file or a row can't be used: every code of ``rejects.reason``, in one place.

The table of ``exports/README.md`` is made of these; a reject with another code is an error of ours.
"""

from typing import NamedTuple


class Reason(NamedTuple):
    """What a code means, and what a person can do."""

    meaning: str
    mend: str


REASONS = {
    # found by listing a folder
    "bad_name": Reason("the file's name is not valid UTF-8", "rename the file"),
    "same_name": Reason("another file's name differs only in how its accents are encoded", "rename one of them"),
    "no_genre": Reason(
        "nothing tells its genre: the file lies beside the genre folders, or its tags or metadata name none",
        "move it into a folder, or name its genre there",
    ),
    "not_a_file": Reason("the name is that of a folder, pipe, socket or device", "remove it"),
    "link_loop": Reason("the link leads back to itself or to a folder above it", "remove the link"),
    "same_folder": Reason("the folder's files are listed already, under another name", "keep one of the two names"),
    "unreadable": Reason(
        "the system would not open the file or folder: it is gone, a broken link, or not yours to read",
        "mend its rights or the link; it is tried again next time",
    ),
    "changed": Reason(
        "the file was written to, or replaced, while it was heard",
        "wait until it is whole; it is tried again next time",
    ),
    # found by decoding a file
    "empty": Reason("the file has 0 bytes", "copy or download it again"),
    "undecodable": Reason(
        "the content is of no audio format that is read here, or broken from the start; `detail` names what it is",
        "convert it to WAV, FLAC or MP3, or fetch it again",
    ),
    "bad_rate": Reason("the header tells a sample rate that no music has", "mend the header, or convert it again"),
    "no_samples": Reason("a header is all there is", "record or convert it again"),
    "too_short": Reason(
        "there is less audio than one window; `detail` tells which", "choose shorter windows, or do without the track"
    ),
    "not_finite": Reason(
        "samples, or a feature computed from them, are NaN or infinite",
        "render the file again, or leave it out",
    ),
    "out_of_range": Reason("samples are far beyond full scale", "write floats from -1 to 1"),
    "silent": Reason("no sound, or its channels cancel out when mixed", "do without the track; check the mixing"),
    "constant": Reason("one value from start to end: a direct current, no sound", "record or convert it again"),
    # found by reading a table
    "wrong_cell_count": Reason("the row is wider or narrower than the header", "quote cells that hold a comma"),
    "missing_label": Reason(
        "nothing tells the row's genre: its label cell is empty or says nan, NA, None or the like, or the metadata "
        "name none",
        "fill in the genre",
    ),
    "several_labels": Reason(
        "it has several genres, and `--multilabel drop` leaves such out", "name one, or choose `--multilabel first`"
    ),
    "not_a_number": Reason("a feature's cell holds no finite number", "compute the feature again, or drop its column"),
    "too_large": Reason(
        "a feature's number is beyond 3.4e38: too large for the 32 bits that trees learn from", "mend it"
    ),
    "label_conflict": Reason(
        "more rows of this song (its id, or artist and title), or as many, name another genre", "correct one of them"
    ),
    "repeated_segment": Reason("an earlier row of this track has the same segment or values", "remove the copy"),
}


def known(reason: str) -> str:
    """Return a code as it is.

    Raises
    ------
    ValueError
        where it is none of `REASONS`
    """
    if reason not in REASONS:
        raise ValueError(f"no reason code {reason!r}: add it to pipeline/reasons.py")
    return reason
