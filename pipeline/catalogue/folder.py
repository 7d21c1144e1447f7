"""An audio folder as a dataset: one document a file, to be extracted."""

import unicodedata
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pymongo.database import Database

from pipeline.catalogue.absent import find_above, refuse_other_music, say_genres, say_tracks, say_unread, sort_out
from pipeline.catalogue.follow import Shown, follow, read_before
from pipeline.catalogue.genres import check_source, tell_genres, usual_source
from pipeline.catalogue.pieces import join_pieces
from pipeline.catalogue.report import CatalogueReport
from pipeline.errors import InputError
from pipeline.sources import AudioListing, Metadata, Reject, TrackFile, list_audio
from pipeline.sources.genre_names import merge_genres as merge_spellings
from pipeline.sources.lost_genres import LostGenre, lost_genres, say_lost

COMPARED = ("size_bytes", "modified_ns", "pieces")
FRESH: dict[str, Any] = {
    "status": "catalogued", "extracted": [], "content_hash": None, "fingerprint": None, "edges": None,
    "duplicate_of": None, "same_recording_as": None, "same_recording_by": None,
}  # fmt: skip
NOT_MOUNTED = "the disk that was mounted there is not (if it never will be: --remove-missing)"


def catalogue_folder(
    database: Database,
    entry: dict[str, Any],
    known: dict[str, Any],
    metadata: Metadata | None,
    *,
    merge_genres: str,
    multilabel: str,
    remove_missing: bool,
    run_id: str,
) -> CatalogueReport:
    """Bring a dataset up to date with its folder.

    Parameters
    ----------
    database : Database
    entry : dict
        new fields of the document of ``datasets``; its ``location`` is the folder asked for
    known : dict
        the document of ``datasets`` as it is, empty for a new one; its ``location``, the folder of the
        genres, stands
    metadata : Metadata or None
    merge_genres : str
        which spellings are one genre, as `pipeline.sources.genre_names` has it
    multilabel : str
        what files of several genres count for, likewise
    remove_missing : bool
    run_id : str

    Raises
    ------
    InputError
        where the folder can't be listed, or has nothing of what the dataset holds
    """
    folder = Path(entry["location"])
    kept_root = Path(known["location"]).resolve() if known.get("source") == "audio" else None
    genre_from = check_source(entry["genre_from"] or "")
    listing = list_audio(folder, kept_root, by_folder=genre_from in ("", "folder"))
    entry["genre_from"] = genre_from = genre_from or usual_source(listing.tracks, metadata)
    labelled = tell_genres(listing.tracks, listing.root, genre_from, metadata, multilabel)
    names, spellings = merge_spellings([file.genre for file in labelled.tracks], merge_genres)
    files = [replace(file, genre=names[file.genre]) for file in labelled.tracks]
    rejects = [*listing.rejects, *labelled.rejects]
    lost_by_genre = _lost_genres(files, listing.rejects if genre_from == "folder" and not listing.notes else [], names)
    entry["lost_genres"] = [asdict(genre) for genre in lost_by_genre]
    before = read_before(database, entry["dataset"], COMPARED)
    pieces = {_name(piece): name for name, track in before.items() for piece in track.get("pieces") or ()}
    joined = join_pieces(files, listing.root, pieces, before.keys())
    tracks = {track.track_id: asdict(track) for track in joined.tracks}
    not_shown = before.keys() - tracks.keys()
    not_mounted = set() if remove_missing else set(known.get("mounts") or ()) - set(listing.mounts)
    why = dict.fromkeys(not_mounted, NOT_MOUNTED) | listing.unread
    unread = {name: place for name in not_shown if (place := find_above(name, why))}
    for piece in pieces.keys() - {file.track_id for file in listing.tracks}:
        if place := find_above(piece, why):  # the track is not whole: what is known of it stands
            unread[pieces[piece]] = place
            tracks.pop(pieces[piece], None)
    lost = {name: int(before[name]["status"] != "rejected") for name in not_shown - unread.keys()}
    held = sum(track["status"] != "rejected" for track in before.values())
    if not remove_missing:
        if kept_root:
            _refuse_other_level(entry["dataset"], folder, listing, kept_root)
        refuse_other_music(entry["dataset"], "--audio", folder, known, lost, held)
    absent = sort_out(before, lost, held, unread=unread, remove_missing=remove_missing)
    entry |= {
        "location": str(listing.root),
        "mounts": sorted({*listing.mounts, *(not_mounted & set(unread.values()))}),
    }
    notes = [*say_unread(unread, why), *listing.notes, *labelled.notes, *spellings, *joined.notes]
    notes += [say_lost(**asdict(genre)) for genre in lost_by_genre]
    if absent.kept:
        notes.append(
            f"{len(absent.kept)} of {say_tracks(held)} are missing from the folder "
            f"({say_genres(before, absent.kept)}): kept, features included, until they are back or --remove-missing "
            "takes them out"
        )
    notes.append(f"{listing.n_hidden} hidden files and {listing.n_not_audio} that are not audio were ignored")
    shown = Shown(tracks, COMPARED, FRESH, rejects, notes)
    return follow(database, entry, shown, before, absent, metadata, run_id)


def _lost_genres(files: list[TrackFile], rejects: list[Reject], names: dict[str, str]) -> list[LostGenre]:
    """Return the genres most of whose files can't even be listed."""
    folders = [(reject.path.partition("/")[0], reject.reason) for reject in rejects if "/" in reject.path]
    genres = [*(file.genre for file in files), *(names.get(folder, folder) for folder, _ in folders)]
    return lost_genres(genres, [*([""] * len(files)), *(reason for _, reason in folders)])


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _refuse_other_level(dataset: str, folder: Path, listing: AudioListing, kept_root: Path) -> None:
    """Refuse to read as one genre the folder whose sub-folders have been the genres.

    Raises
    ------
    InputError
        with the ways to go on
    """
    root = listing.root.resolve()
    if kept_root == root or not kept_root.is_relative_to(root):
        return
    inside = f"{kept_root.relative_to(root).as_posix()}/"
    beside = next((track.path for track in listing.tracks if not track.path.startswith(inside)), None)
    if beside and any(track.path.startswith(inside) for track in listing.tracks):
        raise InputError(
            f"--audio {str(folder)!r} has {beside!r} beside the folder {inside!r}, in which the genres of dataset "
            f"{dataset!r} are: give --audio {str(kept_root)!r} to go on as before, another --dataset to read genres "
            "anew, or --remove-missing to do so in this one"
        )
