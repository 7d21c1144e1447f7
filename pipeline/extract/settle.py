"""What can be decided only once all content is known: which tracks are duplicates, and which are held out."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.errors import InputError
from pipeline.extract.duplicates import find_repeated
from pipeline.splits import HoldoutDraw, artist_key, draw_holdout, say_unknown_artists
from pipeline.store import read_frame, read_segments, upsert


@dataclass(frozen=True)
class SettleReport:
    """Counts of usable tracks, of those that repeat another one, and of those held out; `notes`, a sentence each."""

    n_tracks: int
    n_duplicates: int
    n_holdout: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        counts = (
            f"{self.n_tracks} usable tracks; {self.n_duplicates} repeat another one; "
            f"{self.n_holdout} are held out ({self.n_holdout / self.n_tracks:.1%})"
        )
        return "\n".join([counts, *(f"· {note}" for note in self.notes)])


def settle(database: Database, dataset: str, *, holdout: float, seed: int) -> SettleReport:
    """Mark tracks that repeat an earlier one's content, and draw the holdout among tracks not drawn yet.

    A share of 0 draws nothing, so that a later run with another share still can.

    Parameters
    ----------
    database : Database
    dataset : str
    holdout : float
        share of the tracks to set aside, at least 0 and below 1
    seed : int

    Raises
    ------
    InputError
        where no track is usable, or only one genre's, or `holdout` is out of range
    """
    columns = ["track_id", "genre", "content_hash", "holdout", "artist"]
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns)
    if tracks.empty:
        raise InputError(f"dataset {dataset!r} has no usable track: its rejects say why")
    if tracks["genre"].nunique() < 2:
        only = tracks["genre"].iloc[0]
        raise InputError(f"dataset {dataset!r} has usable tracks of one genre only, {only!r}: a comparison needs two")
    tracks = tracks.sort_values("track_id", ignore_index=True)
    tracks["group"] = find_repeated(tracks, _main_segments(database, dataset))
    tracks["artist"] = tracks["artist"].map(artist_key)
    before = tracks["holdout"]
    draw = draw_holdout(tracks, holdout, seed)
    tracks["holdout"] = draw.held
    is_duplicate = tracks["group"] != tracks["track_id"]
    upsert(
        database["tracks"],
        (
            {
                "dataset": dataset,
                "track_id": track.track_id,
                "holdout": bool(track.holdout) if holdout or not pd.isna(before[track.Index]) else None,
                "duplicate_of": track.group if track.group != track.track_id else None,
            }
            for track in tracks.itertuples()
        ),
    )
    upsert(database["datasets"], [{"dataset": dataset, "holdout_share": float(holdout)}])
    notes = tuple(_notes(tracks, draw, holdout))
    return SettleReport(len(tracks), int(is_duplicate.sum()), int(draw.held.sum()), notes)


def _main_segments(database: Database, dataset: str) -> Iterator[pd.DataFrame]:
    """Yield the segments of the main feature set, a window length at a time."""
    for feature_set, windows_s in list(extracted_windows(database, dataset).items())[:1]:
        for window_s in windows_s:
            yield read_segments(database, dataset, feature_set, window_s)


def _notes(tracks: pd.DataFrame, draw: HoldoutDraw, share: float) -> list[str]:
    """Say how the draw differs from what was asked for, and what it rests on."""
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
