"""What a source tells of: tracks, rejects, and where the files lie."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipeline.reasons import known
from pipeline.sources.lost_genres import LostGenre


@dataclass(frozen=True)
class TrackFile:
    """An audio file that may become a track; paths are relative to the audio folder, in POSIX form.

    What folders or tags tell of it, metadata may say better: `predefined_split`, `artist`, `title`.
    `pieces` are the files of a track that was cut, in their order, `path` the first of them. `stem` is what its name
    shares with files that may be other pieces of the same recording.
    """

    track_id: str
    genre: str
    path: str
    size_bytes: int
    modified_ns: int
    pieces: list[str] | None = None
    stem: str | None = None
    predefined_split: str | None = None
    artist: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Reject:
    """A file or table row that can't be used; with `window_s`, not for windows of that length.

    `reason` is one of `pipeline.reasons`.
    """

    path: str
    reason: str
    detail: str
    window_s: float | None = None

    def __post_init__(self) -> None:
        known(self.reason)


@dataclass(frozen=True)
class AudioListing:
    """What an audio folder holds.

    Attributes
    ----------
    tracks : list of TrackFile
    rejects : list of Reject
    n_hidden, n_not_audio : int
        files that are ignored
    root : Path
        the folder whose sub-folders are the genres; all paths are relative to it
    unread : dict of str
        folders and files that could not be read, with the reason in words: what is below them is not known
    mounts : list of str
        folders that lie on another disk than the one above them
    notes : list of str
        what the folders tell besides genres, a sentence each
    """

    tracks: list[TrackFile]
    rejects: list[Reject]
    n_hidden: int
    n_not_audio: int
    root: Path
    unread: dict[str, str] = field(default_factory=dict)
    mounts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: the name its values are stored under, None where it is no feature, and why it is none."""

    column: str
    feature: str | None
    left_out: str | None


@dataclass(frozen=True)
class FeatureTable:
    """A table of features, cleaned.

    Attributes
    ----------
    rows : pd.DataFrame
        ``track_id``, ``genre``, ``style`` (of the track, may be missing), ``segment`` (from 0), ``length`` (samples,
        may be missing), ``artist``, ``title``,
        ``stem`` (what names of perhaps one recording share), then one float column for each of `features`
    features : list of str
    feature_set : str
        ``spectral-v1`` where the columns are just those, else ``table``
    window_s : float
        nominal length of a row's window, seconds
    rejects : list of Reject
    notes : list of str
        what the reader decided, for a person
    columns : list of TableColumn
        every column of the file
    lost_genres : list of LostGenre
        genres of which most rows can't be used
    genres : dict of list of str
        all genres of tracks whose rows name several, that of most rows first
    """

    rows: pd.DataFrame
    features: list[str]
    feature_set: str
    window_s: float
    rejects: list[Reject]
    notes: list[str] = field(default_factory=list)
    columns: list[TableColumn] = field(default_factory=list)
    lost_genres: list[LostGenre] = field(default_factory=list)
    genres: dict[str, list[str]] = field(default_factory=dict)
