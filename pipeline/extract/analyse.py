"""One file in, its segments and rejects out; touches no database."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.audio import SHORTEST_SHARE, Excerpt, Window, cut, decode_excerpts
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.excerpts import MIDDLE
from pipeline.features import FeatureSet, Wanted, get_feature_set
from pipeline.features.fingerprint import fingerprint
from pipeline.features.joints import edges
from pipeline.features.signal import Signal
from pipeline.sources import Reject
from pipeline.sources.counters import SHORT_S
from pipeline.store import window_key


@dataclass(frozen=True)
class Outcome:
    """What one file gave.

    Attributes
    ----------
    track_id : str
    finished : list of (str, float)
        feature sets and window lengths [seconds] that need no further look at this file
    track : dict
        new fields of its track
    segments : list of dict
    rejects : list of Reject
        one a window length at most, and one a piece that can't be used
    """

    track_id: str
    finished: list[tuple[str, float]]
    track: dict[str, Any]
    segments: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def analyse(
    root: Path,
    track: dict[str, Any],
    feature_sets: Sequence[str],
    windows_s: Sequence[float],
    excerpts: str = MIDDLE,
    only_short: Collection[Wanted] = (),
) -> Outcome:
    """Decode a file, take its fingerprint, and compute the features of those of its windows that are not in yet.

    Parameters
    ----------
    root : Path
        the audio folder
    track : dict
        ``track_id``, ``path``, ``pieces``, ``extracted`` and ``status`` of a document of ``tracks``
    feature_sets : sequence of str
        names; all that is computed of a window is computed on one `Signal`
    windows_s : sequence of float
        window lengths, seconds
    excerpts : str
        which stretches of the file, one of `pipeline.excerpts.EXCERPTS`
    only_short : collection of (str, float)
        feature sets and windows that are computed only where the file is shorter than a clip

    Returns
    -------
    Outcome
        the track is ``rejected`` where no window gave a segment
    """
    missing = [
        (name, window_s)
        for window_s in windows_s
        for name in feature_sets
        if window_key(name, window_s) not in track["extracted"]
    ]
    track_id = track["track_id"]
    try:
        clip, damaged, found = decode_excerpts(
            [root / path for path in track.get("pieces") or [track["path"]]], excerpts
        )
        if len(clip.y) >= SHORTEST_SHARE * CLIP_S * SAMPLE_RATE_HZ:
            missing = [wanted for wanted in missing if wanted not in only_short]
        segments, rejects = _measure(track_id, found, missing, len(clip.y) / SAMPLE_RATE_HZ)
    except AudioError as error:
        reject = Reject(track_id, error.reason, error.detail)
        if error.reason == "unreadable":  # the file may be fine: what is known of it stands, and it is tried again
            status = "ready" if track["status"] == "ready" else "rejected"
            return Outcome(track_id, [], {"status": status}, [], [reject])
        return Outcome(track_id, missing, {"status": "rejected", "fingerprint": b""}, [], [reject])
    of_track = {
        "status": "ready" if segments or track["status"] == "ready" else "rejected",
        "content_hash": clip.content_hash,
        "fingerprint": fingerprint(clip.y),
        "edges": edges(clip.stored) if clip.duration_s <= SHORT_S else b"",
        "duration_s": float(clip.duration_s),
        "sample_rate_hz": clip.sample_rate_hz,
        "channels": clip.channels,
    }
    of_pieces = [Reject(_named(root, path), error.reason, error.detail) for path, error in damaged.items()]
    return Outcome(track_id, missing, of_track, segments, [*rejects.values(), *of_pieces])


def _measure(
    track_id: str, excerpts: Iterable[Excerpt], wanted: Sequence[Wanted], heard_s: float
) -> tuple[list[dict[str, Any]], dict[float, Reject]]:
    """Return the segments of what is wanted of all excerpts, and by window length why there are none, or not all.

    Raises
    ------
    AudioError
        where an excerpt can't be decoded
    """
    segments: list[dict[str, Any]] = []
    rejects: dict[float, Reject] = {}
    windows_s = list(dict.fromkeys(window_s for _, window_s in wanted))
    n_windows = dict.fromkeys(windows_s, 0)
    for excerpt in excerpts:
        for window_s in windows_s:
            computed = [get_feature_set(name) for name, of_s in wanted if of_s == window_s]
            windows = cut(excerpt.y, window_s, excerpt.start_s)
            n_windows[window_s] += len(windows)
            for window in windows:
                signal = Signal(window.y)
                for feature_set in computed:
                    fields, bad = _fields(feature_set, feature_set.compute(signal))
                    if bad is None:
                        segments.append(_key(track_id, feature_set, window_s, window) | fields)
                    else:
                        detail = f"{bad} of the window at {window.start_s:g} s is not finite"
                        rejects.setdefault(window_s, Reject(track_id, "not_finite", detail, window_s))
    for window_s in [window_s for window_s, n in n_windows.items() if not n]:
        detail = f"{heard_s:.2f} s of audio is less than one {window_s:g}-second window"
        rejects[window_s] = Reject(track_id, "too_short", detail, window_s)
    return segments, rejects


def _named(root: Path, path: Path) -> str:
    """Return a piece's path as track ids are written."""
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def _key(track_id: str, feature_set: FeatureSet, window_s: float, window: Window) -> dict[str, Any]:
    return {
        "track_id": track_id,
        "feature_set": feature_set.name,
        "window_s": float(window_s),
        "start_s": float(window.start_s),
        "length": len(window.y),
    }


def _fields(feature_set: FeatureSet, values: np.ndarray) -> tuple[dict[str, Any], str | None]:
    """Return the fields that hold `values`, and the first column that has one which is not finite, if any."""
    if feature_set.is_sequence:
        from pipeline.store.frames import frame_fields  # with pandas, which other sets can do without

        with np.errstate(over="ignore"):  # becomes infinite, which is told of below
            values = values.astype("<f2")
        fields = frame_fields(values)
    else:
        fields = dict(zip(feature_set.columns, values.tolist(), strict=True))
    is_bad = ~np.isfinite(np.atleast_2d(values)).all(axis=0)
    return fields, feature_set.columns[int(is_bad.argmax())] if is_bad.any() else None
