"""Bring the segments of a dataset up to date: each file analysed once, in parallel, resumed where it stopped."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from pymongo.database import Database
from tqdm import tqdm

from pipeline.catalogue import find_dataset
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.extract.analyse import Outcome, analyse, window_key
from pipeline.features import Signal, get_feature_set
from pipeline.sources import Reject
from pipeline.store import upsert

SHORTEST_WINDOW_S = 0.5
ATTEMPTS = 3
"""How often work is handed out anew after a worker died, as for want of memory."""


@dataclass(frozen=True)
class ExtractReport:
    """What extraction did.

    Attributes
    ----------
    n_extracted, n_done_before : int
        tracks analysed now, and tracks that needed nothing
    n_segments : int
        segments written now
    n_rejected_files : int
        files and rows of the dataset that can't be used at all, new or old
    new_rejects : list of Reject
    """

    n_extracted: int
    n_done_before: int
    n_segments: int
    n_rejected_files: int
    new_rejects: list[Reject] = field(default_factory=list)

    def __str__(self) -> str:
        done = f"{self.n_done_before} tracks were done already"
        if self.n_extracted:
            done = f"extracted {self.n_extracted} tracks into {self.n_segments} segments; {done}"
        else:
            done = f"nothing to extract: {done}"
        for_window = sum(reject.window_s is not None for reject in self.new_rejects)
        return (
            f"{done}; {self.n_rejected_files} rejected in all; "
            f"new: {len(self.new_rejects) - for_window} rejects of files, {for_window} for one window length"
        )


def parse_windows(windows: str) -> list[float]:
    """Return window lengths in seconds, longest first, of a text like ``30,3``.

    Raises
    ------
    InputError
        where a part is not a number from half a second up to the clip's 30 s
    """
    try:
        lengths = sorted({float(part) for part in windows.split(",") if part.strip()}, reverse=True)
    except ValueError:
        lengths = []
    if not lengths or not all(SHORTEST_WINDOW_S <= length <= CLIP_S for length in lengths):
        raise InputError(
            f"--windows {windows!r}: give lengths from {SHORTEST_WINDOW_S:g} to {CLIP_S:g} seconds, like 30,3"
        )
    return lengths


def extract(
    database: Database, dataset: str, *, windows_s: Sequence[float], feature_set: str, jobs: int
) -> ExtractReport:
    """Extract what is missing; a table's rows are segments already.

    Parameters
    ----------
    database : Database
    dataset : str
    windows_s : sequence of float
        window lengths, seconds
    feature_set : str
    jobs : int
        worker processes

    Raises
    ------
    InputError
        where dataset or feature set are unknown
    """
    known = find_dataset(database, dataset)
    every = {"dataset": dataset}
    pending: list[dict[str, Any]] = []
    if known["source"] == "audio":
        wanted = [window_key(get_feature_set(feature_set).name, window_s) for window_s in windows_s]
        query = every | {"extracted": {"$not": {"$all": wanted}}}
        pending = list(database["tracks"].find(query, {"_id": False}).sort("track_id"))
    n_done = database["tracks"].count_documents(every) - len(pending)
    n_segments, new_rejects = 0, []
    outcomes = _outcomes(Path(known["location"]), pending, feature_set, windows_s, jobs)
    bar = {"desc": "extract", "unit": "track", "file": sys.stdout, "mininterval": 1, "disable": not pending}
    for outcome in tqdm(outcomes, total=len(pending), **bar):
        _write(database, dataset, outcome)
        n_segments += len(outcome.segments)
        new_rejects += outcome.rejects
    if known["source"] == "audio":
        windows = [float(window_s) for window_s in windows_s]
        upsert(database["datasets"], [every | {"feature_set": feature_set, "windows_s": windows}])
    return ExtractReport(
        n_extracted=len(pending),
        n_done_before=n_done,
        n_segments=n_segments,
        n_rejected_files=database["tracks"].count_documents(every | {"status": "rejected"})
        + database["rejects"].count_documents(every | {"stage": "catalogue"}),
        new_rejects=new_rejects,
    )


def _outcomes(
    root: Path, tracks: list[dict[str, Any]], feature_set: str, windows_s: Sequence[float], jobs: int
) -> Iterator[Outcome]:
    """Analyse tracks in worker processes; those of a worker that died are handed out again, to new workers."""
    if not tracks:
        return
    # Compiled here before any worker starts: workers then only load what several of them would write at once.
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, SAMPLE_RATE_HZ).astype(np.float32)
    get_feature_set(feature_set).compute(Signal(noise))
    left = {track["track_id"]: track for track in tracks}
    for attempt in range(1, ATTEMPTS + 1):
        parallel = Parallel(n_jobs=min(jobs, len(left)), return_as="generator_unordered")
        try:
            for outcome in parallel(
                delayed(analyse)(root, track, feature_set, windows_s) for track in list(left.values())
            ):
                yield outcome
                del left[outcome.track["track_id"]]
            return
        except TerminatedWorkerError:
            if attempt == ATTEMPTS:
                raise


def _write(database: Database, dataset: str, outcome: Outcome) -> None:
    """Write segments and rejects, and last the track that vouches for them."""
    every = {"dataset": dataset}
    upsert(database["segments"], (every | segment for segment in outcome.segments), replace=True)
    of_file = every | {"path": outcome.track["track_id"], "stage": "extract", "window_s": None}
    database["rejects"].delete_many(of_file)  # of an earlier try
    rejects = (every | asdict(reject) | {"stage": "extract"} for reject in outcome.rejects)
    upsert(database["rejects"], rejects, replace=True)
    upsert(database["tracks"], [every | outcome.track])
