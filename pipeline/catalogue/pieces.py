"""Files that are pieces of one track: joined to it, or where that is not sure, kept on one side of every split."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.catalogue.absent import say_tracks
from pipeline.decoders import seconds_of
from pipeline.printable import libraries_quiet
from pipeline.sources import TrackFile
from pipeline.sources.counters import Piece, recognise_pieces, say_unsure


@dataclass(frozen=True)
class Joined:
    """Tracks, some of them of several files; `notes`, a sentence each."""

    tracks: list[TrackFile]
    notes: list[str]


def join_pieces(files: Sequence[TrackFile], root: Path, known: Mapping[str, str], alone: Collection[str]) -> Joined:
    """Join the files that are pieces of a track, in their order.

    Their names and lengths tell, as `recognise_pieces` judges them. What was decided once stands: a track that is cut
    anew, or joined anew, would be another one to the holdout.

    Parameters
    ----------
    files : sequence of TrackFile
        as they are listed
    root : Path
        the folder that their paths start from
    known : mapping
        the track of each file that is known as a piece
    alone : collection of str
        ids of tracks of one file each: names like theirs only keep them on one side
    """
    pieces = _recognise(files, root)
    of_track: dict[str, list[tuple[int, TrackFile]]] = defaultdict(list)
    tracks, unsure = [], []
    for place, (file, piece) in enumerate(zip(files, pieces, strict=True)):
        if file.track_id in known:
            of_track[known[file.track_id]].append((piece.counter if piece else place, file))
        elif piece and piece.sure and file.track_id not in alone:
            of_track[piece.stem].append((piece.counter, file))
        elif piece:
            unsure.append(replace(piece, sure=False))
            tracks.append(replace(file, stem=piece.stem))
        else:
            tracks.append(file)
    whole = [_track(stem, [file for _, file in sorted(found, key=_order)]) for stem, found in of_track.items()]
    notes = say_unsure(unsure)
    if whole:
        n_files = sum(len(track.pieces or ()) for track in whole)
        notes.insert(0, f"{n_files} files are pieces of {say_tracks(len(whole))} ({whole[0].path!r} …): each "
                        "track's are put together again, in their order")  # fmt: skip
    return Joined([*tracks, *whole], notes)


def _recognise(files: Sequence[TrackFile], root: Path) -> list[Piece | None]:
    """Judge by names; where they say that there are pieces, by lengths too, and never without."""
    names, genres = [file.track_id for file in files], [file.genre for file in files]
    pieces = recognise_pieces(names, genres)
    if not any(pieces):
        return pieces
    with libraries_quiet():
        seconds = [seconds_of(root / file.path) for file in files]
    pieces = recognise_pieces(names, genres, seconds)
    heard = Counter(piece.stem for piece, known in zip(pieces, seconds, strict=True) if piece and known is not None)
    cut = Counter(piece.stem for piece in pieces if piece)
    return [piece if piece and heard[piece.stem] > cut[piece.stem] / 2 else None for piece in pieces]


def _order(numbered: tuple[int, TrackFile]) -> tuple[int, str]:
    return numbered[0], numbered[1].track_id


def _track(stem: str, files: list[TrackFile]) -> TrackFile:
    """Return a track of several files; its time is the mean of theirs, so that none can change without it."""
    return TrackFile(
        track_id=stem,
        genre=files[0].genre,
        path=files[0].path,
        size_bytes=sum(file.size_bytes for file in files),
        modified_ns=sum(file.modified_ns for file in files) // len(files),
        pieces=[file.path for file in files],
    )
