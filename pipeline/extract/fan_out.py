"""Bring the segments of a dataset up to date: each file analysed once, in parallel, resumed where it stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo.database import Database

from pipeline.catalogue import find_dataset
from pipeline.cluster import count_threads, open_cluster
from pipeline.errors import WorkerDied
from pipeline.extract.anew import choose_excerpts
from pipeline.extract.batch import TRACK_FIELDS, Batch, BatchReport, Job, make_batches
from pipeline.extract.cluster import work_there
from pipeline.extract.local import work_here
from pipeline.features import get_feature_set
from pipeline.printable import bar, say
from pipeline.set_names import parts_of
from pipeline.sources import Reject
from pipeline.store import window_key
from pipeline.store.connection import address_of

ATTEMPTS = 3
"""How many workers may die in a row without a batch being finished in between."""

Hands = Callable[[list[Batch]], Iterator[BatchReport]]


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
    n_waiting : int
        tracks that lack a window, and whose file is missing
    """

    n_extracted: int
    n_done_before: int
    n_segments: int
    n_rejected_files: int
    new_rejects: list[Reject] = field(default_factory=list)
    n_waiting: int = 0

    def __str__(self) -> str:
        done = f"{self.n_done_before} tracks were done already"
        if self.n_extracted:
            done = f"extracted {self.n_extracted} tracks into {self.n_segments} segments; {done}"
        else:
            done = f"nothing to extract: {done}"
        if self.n_waiting:
            done += f"; {self.n_waiting} wait for their files, which are missing"
        for_window = sum(reject.window_s is not None for reject in self.new_rejects)
        return (
            f"{done}; {self.n_rejected_files} rejected in all; "
            f"new: {len(self.new_rejects) - for_window} rejects of files, {for_window} for one window length"
        )


def extract(
    database: Database,
    dataset: str,
    *,
    windows_s: Sequence[float],
    feature_sets: Sequence[str],
    jobs: int,
    scheduler: str = "",
    excerpts: str = "",
) -> ExtractReport:
    """Extract what is missing; a table's rows are segments already.

    Workers read the audio and write to MongoDB themselves, a few tracks at a time.

    Parameters
    ----------
    database : Database
        as `pipeline.store.connect` gives it
    dataset : str
    windows_s : sequence of float
        window lengths, seconds
    feature_sets : sequence of str
    jobs : int
        worker processes of this machine
    scheduler : str
        address of a Dask scheduler; its workers take the place of those of this machine
    excerpts : str
        which stretches of each file; empty: as before, at first the middle. Others than before: all is extracted anew

    Raises
    ------
    InputError
        where dataset, feature set, excerpts or scheduler are unknown, excerpts are asked of a table,
        or a worker does not see the audio folder
    WorkerError
        where workers die one after the other, or lose MongoDB or the scheduler
    """
    known = find_dataset(database, dataset)
    every = {"dataset": dataset}
    sets = tuple(get_feature_set(name).name for name in feature_sets)
    stored = tuple(dict.fromkeys(part for name in sets for part in parts_of(name)))
    is_audio = known["source"] == "audio"
    taken = choose_excerpts(database, known, excerpts)
    windows = tuple(map(float, windows_s))
    job = Job(address_of(database), dataset, Path(known["location"]), stored, windows, excerpts=taken)
    pending = _pending(database, job) if is_audio else []
    n_waiting = database["tracks"].count_documents(_lacking(job) | {"missing": {"$ne": None}}) if is_audio else 0
    n_done = database["tracks"].count_documents(every) - len(pending) - n_waiting
    n_segments, new_rejects = 0, []
    if pending:
        if n_done:
            say(f"{n_done} tracks are done already and skipped")
        work = Work(job, lambda: _pending(database, job), lambda track_ids: _look_up(database, job, track_ids))
        for report in hand_out(database, work, pending, jobs=jobs, scheduler=scheduler):
            n_segments += report.n_segments
            new_rejects += report.rejects
    if is_audio:
        asked = {"feature_sets": list(sets), "windows_s": list(job.windows_s)}
        database["datasets"].update_one(every, {"$set": asked})
    return ExtractReport(
        n_extracted=len(pending),
        n_done_before=n_done,
        n_segments=n_segments,
        n_rejected_files=database["tracks"].count_documents(every | {"status": "rejected"})
        + database["rejects"].count_documents(every | {"stage": "catalogue"}),
        new_rejects=new_rejects,
        n_waiting=n_waiting,
    )


@dataclass(frozen=True)
class Work:
    """What is to be done with files, and what the database knows of it.

    Attributes
    ----------
    job : Job
    pending : callable
        returns `TRACK_FIELDS` of the tracks that are not done
    look_up : callable
        track ids -> the report that a worker wrote these tracks for, but did not live to give
    name : str
        of the progress bar
    """

    job: Job
    pending: Callable[[], list[dict[str, Any]]]
    look_up: Callable[[list[str]], BatchReport]
    name: str = "extract"


def hand_out(
    database: Database, work: Work, pending: list[dict[str, Any]], *, jobs: int, scheduler: str = ""
) -> Iterator[BatchReport]:
    """Let workers do all pending tracks, a few at a time, and yield their reports as they come, with a progress bar.

    Raises
    ------
    InputError, WorkerError
        as `extract` does
    """
    with (
        _hands(database, jobs, scheduler) as (hands, n_workers),
        bar(work.name, "track", len(pending)) as shown,
    ):
        for report in _reports(work, pending, hands, n_workers):
            shown.update(len(report.track_ids))
            yield report


@contextmanager
def _hands(database: Database, jobs: int, scheduler: str) -> Iterator[tuple[Hands, int]]:
    """Give what works on batches, and how many of them at a time."""
    if scheduler:
        with open_cluster(scheduler) as client:
            yield (lambda batches: work_there(batches, client)), count_threads(client)
    else:
        yield (lambda batches: work_here(batches, jobs, database)), jobs


def _reports(work: Work, pending: list[dict[str, Any]], hands: Hands, n_workers: int) -> Iterator[BatchReport]:
    """Yield a report of every pending track; what a worker that died has left is handed out again, to others."""
    left = {track["track_id"]: track for track in pending}
    deaths = 0
    while left:
        try:
            for report in hands(make_batches(work.job, list(left.values()), n_workers)):
                deaths = 0
                for track_id in report.track_ids:
                    del left[track_id]
                yield report
        except WorkerDied:
            deaths += 1
            if deaths == ATTEMPTS:
                raise
            still = {track["track_id"] for track in work.pending()}
            untold = [track_id for track_id in left if track_id not in still]
            for track_id in untold:
                del left[track_id]
            if untold:
                yield work.look_up(untold)


def _pending(database: Database, job: Job) -> list[dict[str, Any]]:
    """Return `TRACK_FIELDS` of the tracks that lack something and have a file, for the database knows best."""
    wanted = {"_id": False} | dict.fromkeys(TRACK_FIELDS, True)
    return list(database["tracks"].find(_lacking(job) | {"missing": None}, wanted).sort("track_id"))


def _lacking(job: Job) -> dict[str, Any]:
    wanted = [window_key(name, window_s) for window_s in job.windows_s for name in job.feature_sets]
    return {"dataset": job.dataset, "$or": [{"extracted": {"$not": {"$all": wanted}}}, {"fingerprint": None}]}


def _look_up(database: Database, job: Job, track_ids: list[str]) -> BatchReport:
    """Return the report that a worker wrote these tracks for, but did not live to give."""
    asked = {"feature_set": {"$in": list(job.feature_sets)}, "window_s": {"$in": list(job.windows_s)}}
    n_segments = database["segments"].count_documents({"dataset": job.dataset, "track_id": {"$in": track_ids}, **asked})
    of_tracks = {"dataset": job.dataset, "path": {"$in": track_ids}, "stage": "extract"}
    rejects = [
        Reject(*(found[name] for name in ("path", "reason", "detail", "window_s")))
        for found in database["rejects"].find(of_tracks)
    ]
    return BatchReport(track_ids, n_segments, rejects)
