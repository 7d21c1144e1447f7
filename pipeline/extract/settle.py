"""What can be decided only once all content is known: which tracks hold one recording, and which are held out."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import drawn_share, extracted_windows, find_dataset
from pipeline.errors import InputError
from pipeline.extract.continued import find_continued
from pipeline.extract.copies import find_copies
from pipeline.extract.drawn import follow_content, remember
from pipeline.extract.duplicates import find_repeated
from pipeline.extract.near_features import NearDuplicates, near_duplicates
from pipeline.extract.recordings import group_recordings, say_large
from pipeline.sources.lost_genres import lost_genres, rejected_for, say_lost
from pipeline.splits import HoldoutDraw, artist_key, draw_holdout, same_titles, say_unknown_artists
from pipeline.store import Columns, are_among, read_columns, read_frame, records_of, update_alike, upsert
from pipeline.store.datasets import finish_segments


@dataclass(frozen=True)
class SettleReport:
    """Counts of usable tracks, of those that repeat another one's content, of those held out, and of those that hold
    the recording of an earlier one, exactly or not; `notes`, a sentence each.
    """

    n_tracks: int
    n_duplicates: int
    n_holdout: int
    n_copies: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        counts = (
            f"{self.n_tracks} usable tracks; {self.n_copies} hold the recording of another one "
            f"({self.n_duplicates} exactly){', and go to its side of every honest split' if self.n_copies else ''}; "
            f"{self.n_holdout} are held out ({self.n_holdout / self.n_tracks:.1%})"
        )
        return "\n".join([counts, *(f"· {note}" for note in self.notes)])


def settle(
    database: Database, dataset: str, *, holdout: float, seed: int, scheduler: str = "", jobs: int = 0
) -> SettleReport:
    """Mark tracks that repeat an earlier one's content, and draw the holdout among tracks not drawn yet.

    A share of 0 draws nothing, so that a later run with another share still can.

    Parameters
    ----------
    database : Database
    dataset : str
    holdout : float
        share of the tracks to set aside, at least 0 and below 1
    seed : int
    scheduler, jobs
        as `near_duplicates` takes them

    Raises
    ------
    InputError
        where no track is usable, or only one genre's, or `holdout` is out of range; where the scheduler is needed and
        does not answer
    """
    columns = ["track_id", "genre", "content_hash", "holdout", "artist", "title", "stem"]
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns)
    lost = _say_lost(database, dataset)
    why = f"; {'; '.join(lost)}" if lost else ""
    if tracks.empty:
        raise InputError(f"dataset {dataset!r} has no usable track: its rejects say why{why}")
    if tracks["genre"].nunique() < 2:
        only = tracks["genre"].iloc[0]
        raise InputError(
            f"dataset {dataset!r} has usable tracks of one genre only, {only!r}: a comparison needs two{why}"
        )
    tracks = tracks.sort_values("track_id", ignore_index=True)
    finish_segments(database, dataset)
    tracks["original"] = find_repeated(tracks, _main_segments(database, dataset))
    continued = find_continued(database, dataset, tracks)
    near = partial(near_duplicates, database, dataset, scheduler=scheduler, jobs=jobs)
    groups = _find_recordings(database, dataset, tracks, continued.recordings, near)
    tracks["group"], tracks["by"] = groups["first"].to_numpy(), groups["by"].to_numpy()
    tracks["artist"] = tracks["artist"].map(artist_key)
    moved = follow_content(database, dataset, tracks)
    before = tracks["holdout"].copy()
    drawn = drawn_share(find_dataset(database, dataset)) if before.notna().any() else float(holdout)
    draw = draw_holdout(tracks, holdout, seed)
    tracks["holdout"] = draw.held
    is_drawn = draw.held | before.notna() | (holdout > 0)
    names = tracks["track_id"]
    facts = {
        "holdout": tracks["holdout"].astype(object).where(is_drawn, None),
        "duplicate_of": tracks["original"].where(tracks["original"] != names, None),
        "same_recording_as": tracks["group"].where(tracks["group"] != names, None),
        "same_recording_by": tracks["by"],
    }
    update_alike(database["tracks"], records_of(pd.DataFrame({"dataset": dataset, "track_id": names, **facts})))
    remember(database, dataset, tracks[is_drawn])
    share = {"holdout_share": float(holdout), "holdout_drawn": drawn}
    upsert(database["datasets"], [{"dataset": dataset, **share}])
    return SettleReport(
        n_tracks=len(tracks),
        n_duplicates=int((tracks["original"] != tracks["track_id"]).sum()),
        n_holdout=int(draw.held.sum()),
        n_copies=int((tracks["group"] != tracks["track_id"]).sum()),
        notes=(
            *lost,
            *moved,
            *continued.notes,
            *_say_joined(tracks, before),
            *say_large(groups),
            *_notes(tracks, draw, holdout if drawn == holdout or before.isna().any() else 0.0),
        ),
    )


def _find_recordings(
    database: Database,
    dataset: str,
    tracks: pd.DataFrame,
    continued: pd.Series,
    find_near: Callable[[pd.DataFrame], NearDuplicates | None],
) -> pd.DataFrame:
    """Join tracks of one recording: of audio by fingerprints, of a table's rows by nearly the same features."""
    different = tracks.drop_duplicates("content_hash")["track_id"]  # a track that repeats a stretch may hold more
    wanted = {"track_id": {"$in": list(different)}} if len(different) < 10_000 else {}
    asked = {"dataset": dataset, "status": "ready", **wanted, "fingerprint": {"$nin": [None, b""]}}
    heard = database["tracks"].find(asked, {"_id": False, "track_id": True, "fingerprint": True}).sort("track_id")
    prints = {track["track_id"]: track["fingerprint"] for track in heard}
    prints = {name: prints[name] for name in different if name in prints}
    pairs = {"fingerprint": find_copies(list(prints), list(prints.values()))}
    originals = tracks[tracks["original"] == tracks["track_id"]]
    unheard = originals[~are_among(originals["track_id"], prints)]
    near = find_near(unheard) if len(unheard) else None
    if near is not None:
        pairs["features"] = near.pairs
    exact = tracks.set_index("track_id")["original"]
    return group_recordings(exact, same_titles(tracks), tracks["stem"].astype(object), continued, pairs)


def _say_lost(database: Database, dataset: str) -> list[str]:
    """Name the genres of which most files could not be used, and why."""
    every = read_frame(database["tracks"], {"dataset": dataset}, ["track_id", "genre", "status"])
    rejects = database["rejects"].find({"dataset": dataset}, {"path": True, "reason": True})
    why = {reject["path"]: reject["reason"] for reject in rejects}
    return [say_lost(**asdict(genre)) for genre in lost_genres(every["genre"].tolist(), rejected_for(every, why))]


def _say_joined(tracks: pd.DataFrame, before: pd.Series) -> list[str]:
    """Say which tracks leave the music to learn from, since they hold the recording of a held-out one."""
    joined = tracks["track_id"][tracks["holdout"] & before.eq(False)]
    if joined.empty:
        return []
    named = ", ".join(joined.head(3)) + (f" and {len(joined) - 3} more" if len(joined) > 3 else "")
    return [f"{len(joined)} tracks are held out from now on, since they hold the recording of a held-out one: {named}"]


def _main_segments(database: Database, dataset: str) -> Iterator[Columns]:
    """Yield the segments of the main feature set, a window length at a time."""
    for feature_set, windows_s in list(extracted_windows(database, dataset).items())[:1]:
        for window_s in windows_s:
            yield read_columns(database, dataset, feature_set, window_s)


def _notes(tracks: pd.DataFrame, draw: HoldoutDraw, share: float) -> list[str]:
    """Say how the draw differs from the share that it was drawn with, 0: with another; and what it rests on."""
    notes = []
    n_held = draw.held.groupby(tracks["genre"]).sum()
    off = (n_held - draw.target)[n_held != draw.target]
    if share and len(off):
        by_genre = ", ".join(f"{genre} {gap:+d}" for genre, gap in off.items())
        notes.append(f"asked for were {draw.target.sum()} tracks ({share:.1%}); by genre that is {by_genre} off")
    known = tracks["artist"].notna()
    if not known.any():
        return [*notes, "no artist is known (--metadata names them), so tracks of one may lie on both sides"]
    notes.append(say_unknown_artists(int((~known).sum()), len(tracks)))
    if draw.by_track:
        notes.append(
            f"too few artists, or none small enough, to hold whole ones out: {', '.join(draw.by_track)}; drawn "
            "by track, so a score on the holdout may be recognising an artist there"
        )
    elsewhere = tracks[known & ~tracks["genre"].isin(draw.by_track)]
    torn = elsewhere.groupby("artist")["holdout"].nunique()
    if (torn > 1).any():
        notes.append(f"{(torn > 1).sum()} artists are on both sides, since they were drawn before this was known")
    return notes
