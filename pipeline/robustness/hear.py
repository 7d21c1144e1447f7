"""Clips as they are and with every harmless change, analysed by several processes, here or on a cluster."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from pipeline.audio import Window, cut, decode_pieces
from pipeline.clip import CLIP_S
from pipeline.cluster import at_hand, in_order, run_there
from pipeline.errors import AudioError
from pipeline.extract.batch import one_thread, see
from pipeline.features import Wanted, get_feature_set
from pipeline.features.signal import Signal
from pipeline.lifeline import end_with
from pipeline.printable import libraries_quiet
from pipeline.robustness.changes import CHANGES, Change
from pipeline.tables import AS_IT_IS

TRACK_FIELDS = ("track_id", "path", "pieces", "content_hash")


@dataclass(frozen=True)
class Played:
    """A track, analysed as it is and with every change.

    Attributes
    ----------
    track_id : str
    vectors : dict of np.ndarray [shape=(n_windows, n_columns)]
        by name of the change, `AS_IT_IS` for none; of frames one axis more; no windows where a feature is not finite
    why_not : str
        why there are none: ``changed`` where the file holds other audio than when it was extracted, else the reason
        for which it can't be read, or ``too_short`` for a window; empty where there are
    """

    track_id: str
    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    why_not: str = ""


def play_all(
    root: Path, tracks: Sequence[Mapping[str, Any]], wanted: Wanted, jobs: int, changes: Sequence[Change] = CHANGES
) -> Iterator[Played]:
    """Analyse tracks as they are and with every change, in `jobs` processes; yield them in their order.

    Where a cluster is at hand, its workers do it instead, who see the folder under the same path.

    Parameters
    ----------
    root : Path
        the audio folder
    tracks : sequence of mapping
        `TRACK_FIELDS` of documents of ``tracks``; ``content_hash`` only where it is known
    wanted : (str, float)
        feature set and window length [s]
    jobs : int
    changes : sequence of Change

    Raises
    ------
    InputError, WorkerError
        as `run_there` does; where a worker does not see the folder
    """
    if (client := at_hand()) is not None:
        given = [(root, track, wanted, changes) for track in tracks]
        yield from in_order(run_there(client, _play_there, given, "play"))
        return
    jobs = min(jobs, len(tracks))
    if jobs <= 1:
        with one_thread():
            yield from (_play_here(root, track, wanted, changes) for track in tracks)
        return
    alive = {"initializer": end_with, "initargs": (os.getpid(),)}
    with parallel_config("loky", inner_max_num_threads=1, **alive):
        parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator")
    try:
        yield from parallel(delayed(_play_here)(root, track, wanted, changes) for track in tracks)
    finally:  # joblib would keep the processes, and their memory, for minutes
        get_reusable_executor(reuse=True).shutdown(kill_workers=True)


def _play_there(root: Path, track: Mapping[str, Any], wanted: Wanted, changes: Sequence[Change]) -> Played:
    see(root)
    return _play(root, track, wanted, changes)


@libraries_quiet()
def _play_here(root: Path, track: Mapping[str, Any], wanted: Wanted, changes: Sequence[Change]) -> Played:
    return _play(root, track, wanted, changes)


def _play(root: Path, track: Mapping[str, Any], wanted: Wanted, changes: Sequence[Change]) -> Played:
    try:
        clip, _ = decode_pieces([root / path for path in track.get("pieces") or [track["path"]]])
    except AudioError as error:
        return Played(track["track_id"], why_not=error.reason)
    if track.get("content_hash") not in (None, clip.content_hash):
        return Played(track["track_id"], why_not="changed")
    if not cut(clip.y, wanted[1]):
        return Played(track["track_id"], why_not="too_short")
    changed = {change.name: analyse_clip(change.of(clip), wanted) for change in changes}
    return Played(track["track_id"], {AS_IT_IS: analyse_clip(clip.y, wanted), **changed})


def analyse_clip(y: np.ndarray, wanted: Wanted) -> np.ndarray:
    """Return the features of a clip's windows, as the extraction computes them.

    A window of `CLIP_S` is the clip, also where another tempo has made it shorter than a clip may be.

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
    wanted : (str, float)

    Returns
    -------
    np.ndarray [shape=(n_windows, n_columns)]
        of frames one axis more; without windows where a value is not finite
    """
    name, window_s = wanted
    feature_set = get_feature_set(name)
    windows = [Window(0.0, y)] if window_s == CLIP_S else cut(y, window_s)
    rows = [feature_set.compute(Signal(window.y)) for window in windows]
    vectors = np.array(rows, dtype=np.float16 if feature_set.is_sequence else np.float64)
    return vectors if len(vectors) and np.isfinite(vectors).all() else np.empty((0, len(feature_set.columns)))
