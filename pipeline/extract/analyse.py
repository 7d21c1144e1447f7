"""One file in, its segments and rejects out; touches no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.audio import Window, cut, decode
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.features import FeatureSet, Signal, get_feature_set
from pipeline.sources import Reject


@dataclass(frozen=True)
class Outcome:
    """What one file gave: new fields of its track, its segments, and what could not be used."""

    track: dict[str, Any]
    segments: list[dict[str, Any]]
    rejects: list[Reject]


def window_key(feature_set: str, window_s: float) -> str:
    """Return the name under which a track lists windows that are in, e.g. ``spectral-v1/3``."""
    return f"{feature_set}/{window_s:g}"


def analyse(root: Path, track: dict[str, Any], feature_set: str, windows_s: Sequence[float]) -> Outcome:
    """Decode a file and compute the features of those of its windows that are not in yet.

    Parameters
    ----------
    root : Path
        the audio folder
    track : dict
        a document of ``tracks``
    feature_set : str
    windows_s : sequence of float
        window lengths, seconds

    Returns
    -------
    Outcome
        the track is ``rejected`` where no window gave a segment
    """
    computed = get_feature_set(feature_set)
    missing = [window_s for window_s in windows_s if window_key(feature_set, window_s) not in track["extracted"]]
    update = {
        "track_id": track["track_id"],
        "extracted": track["extracted"] + [window_key(feature_set, window_s) for window_s in missing],
    }
    try:
        clip = decode(root / track["path"])
    except AudioError as error:
        rejected = Reject(track["track_id"], error.reason, error.detail)
        if error.reason == "unreadable":  # the file may be fine: try again next time
            update["extracted"] = track["extracted"]
        return Outcome(update | {"status": "rejected"}, [], [rejected])
    segments, rejects = [], []
    for window_s in missing:
        windows = cut(clip.samples, window_s)
        if not windows:
            heard_s = len(clip.samples) / SAMPLE_RATE_HZ
            detail = f"{heard_s:.2f} s of audio is less than one {window_s:g}-second window"
            rejects.append(Reject(track["track_id"], "too_short", detail, window_s))
        for window in windows:
            values = computed.compute(Signal(window.samples))
            if np.isfinite(values).all():
                segments.append(_segment(track["track_id"], computed, window_s, window, values))
            else:
                first_bad = computed.columns[int(np.argmin(np.isfinite(values)))]
                detail = f"{first_bad} of the window at {window.start_s:g} s is not finite"
                rejects.append(Reject(track["track_id"], "not_finite", detail, window_s))
    update |= {
        "status": "ready" if segments or track["status"] == "ready" else "rejected",
        "content_hash": clip.content_hash,
        "duration_s": float(clip.duration_s),
        "sample_rate_hz": clip.sample_rate_hz,
        "channels": clip.channels,
    }
    return Outcome(update, segments, rejects)


def _segment(
    track_id: str, feature_set: FeatureSet, window_s: float, window: Window, values: np.ndarray
) -> dict[str, Any]:
    return {
        "track_id": track_id,
        "feature_set": feature_set.name,
        "window_s": float(window_s),
        "start_s": float(window.start_s),
        "length": len(window.samples),
        **dict(zip(feature_set.columns, values.tolist(), strict=True)),
    }
