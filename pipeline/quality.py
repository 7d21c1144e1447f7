"""Is the data fit to learn from? One row a check, in words that a person can act on."""

from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.store import read_frame, read_segments

IMBALANCE = 2.0
"""The largest genre may hold this many times the tracks of the smallest before it is called unbalanced."""

FEW_TRACKS = 10


def check_quality(database: Database, dataset: str) -> pd.DataFrame:
    """Check a dataset as far as it is known by now.

    Returns
    -------
    pd.DataFrame
        ``check``, ``status`` (ok or warning), ``n``, ``detail``
    """
    columns = ["track_id", "genre", "status", "content_hash", "duplicate_of", "artist"]
    tracks = read_frame(database["tracks"], {"dataset": dataset}, columns)
    usable = tracks[tracks["status"] != "rejected"]
    checks = [_rejects(database, dataset), *_balance(usable), *_duplicates(usable), _artists(usable)]
    for feature_set, windows_s in list(extracted_windows(database, dataset).items())[:1]:  # the main one
        checks += [_constant_features(database, dataset, feature_set, window_s) for window_s in windows_s]
    return pd.DataFrame(checks, columns=["check", "status", "n", "detail"])


def missing_values(tracks: pd.DataFrame) -> pd.DataFrame:
    """Count the tracks that lack a value, a row a field: ``n_missing`` and its ``share``."""
    n_missing = tracks.isna().sum()
    return pd.DataFrame({"n_missing": n_missing, "share": (n_missing / max(len(tracks), 1)).round(3)})


def _row(check: str, n: int, detail: str, *, warn: bool | None = None) -> dict[str, Any]:
    warn = n > 0 if warn is None else warn
    return {"check": check, "status": "warning" if warn else "ok", "n": int(n), "detail": detail}


def _rejects(database: Database, dataset: str) -> dict[str, Any]:
    counted = pd.Series(
        [reject["reason"] for reject in database["rejects"].find({"dataset": dataset}, {"reason": 1})], dtype=object
    ).value_counts()
    detail = ", ".join(f"{reason} {n}" for reason, n in counted.items()) or "every file and row can be used"
    return _row("rejects", counted.sum(), detail)


def _balance(tracks: pd.DataFrame) -> list[dict[str, Any]]:
    counts = tracks["genre"].value_counts()
    if counts.empty:
        return [_row("genre_balance", 0, "no track can be used", warn=True)]
    largest, smallest = counts.index[0], counts.index[-1]
    ratio = counts.iloc[0] / counts.iloc[-1]
    few = counts[counts < FEW_TRACKS]
    return [
        _row(
            "genre_balance",
            len(counts),
            f"{largest} has {counts.iloc[0]} tracks, {smallest} has {counts.iloc[-1]}: {ratio:.1f} to 1",
            warn=ratio > IMBALANCE,
        ),
        _row(
            "small_genres",
            len(few),
            f"under {FEW_TRACKS} tracks: {', '.join(few.index)}" if len(few) else f"none under {FEW_TRACKS} tracks",
        ),
    ]


def _duplicates(tracks: pd.DataFrame) -> list[dict[str, Any]]:
    known = tracks.dropna(subset=["content_hash"]).sort_values("track_id")
    repeated = known[known.duplicated("content_hash")]
    of = known.groupby("content_hash")["track_id"].first()
    pairs = [f"{row.track_id} = {of[row.content_hash]}" for row in repeated.itertuples()]
    genres = known.groupby("content_hash")["genre"].nunique()
    across = known[known["content_hash"].isin(genres[genres > 1].index)].groupby("content_hash")
    conflicts = [" = ".join(f"{row.track_id} ({row.genre})" for row in same.itertuples()) for _, same in across]
    return [
        _row("duplicates", len(repeated), "; ".join(pairs) or "no two tracks have the same content"),
        _row(
            "duplicates_across_genres",
            len(conflicts),
            "; ".join(conflicts) or "no content has two genres",
        ),
    ]


def _artists(tracks: pd.DataFrame) -> dict[str, Any]:
    known = tracks.dropna(subset=["artist"])
    if known.empty:
        return _row("one_artist_genres", 0, "no artist is known (--metadata names them)")
    by_genre = known.groupby("genre")["artist"].agg(["nunique", "first", "size"])
    alone = by_genre[(by_genre["nunique"] == 1) & (by_genre["size"] > 1)]
    words = [
        f"all {row['size']} {genre} tracks of a known artist are by {row['first']}: a score says nothing about {genre}"
        for genre, row in alone.iterrows()
    ]
    return _row("one_artist_genres", len(alone), "; ".join(words) or "every genre has several artists")


def _constant_features(database: Database, dataset: str, feature_set: str, window_s: float) -> dict[str, Any]:
    segments = read_segments(database, dataset, feature_set, window_s)
    features = segments.columns[3:]
    constant = [name for name in features if segments[name].nunique() <= 1]
    detail = ", ".join(constant) or f"all {len(features)} features vary over {len(segments)} segments"
    return _row(f"constant_features_{window_s:g}s", len(constant), detail)
