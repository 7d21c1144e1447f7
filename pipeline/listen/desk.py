"""The desk: takes songs, has them heard and judged, and notices a newer champion by itself."""

import shlex
import threading
from collections.abc import Sequence

import numpy as np
from pymongo.database import Database

from pipeline.errors import GenrelabError
from pipeline.excerpts import SPREAD
from pipeline.features import Wanted
from pipeline.listen.answer import Answer
from pipeline.listen.heard import Heard
from pipeline.listen.judge import ChampionKey, Judge, load_judge, newest_champion
from pipeline.listen.pool import WorkerPool
from pipeline.predict import NoModelError
from pipeline.settings import DEMO_DATASET


class Desk:
    """Answers for songs of one dataset's genres; safe to be used by several threads.

    Parameters
    ----------
    database : Database
    dataset : str
    pool : WorkerPool
    """

    def __init__(self, database: Database, dataset: str, pool: WorkerPool):
        self.database = database
        self.dataset = dataset
        self._pool = pool
        self._lock = threading.Lock()
        self._key: ChampionKey | None = None
        self._judge: Judge | None = None

    def judge(self) -> Judge:
        """Return the judge, loaded once, and anew when a run has crowned another champion.

        Raises
        ------
        NoModelError
            where there is no champion yet, or none that could hear a song
        UnusableModelError, InputError
            where its file, or what it learned from, is gone or damaged
        """
        newest = self._newest()
        with self._lock:
            while newest != self._key:
                try:
                    self._judge = load_judge(newest)
                except GenrelabError:
                    failed, newest = newest, self._newest()
                    if newest == failed:  # else it was removed or replaced meanwhile
                        raise
                else:
                    self._key = newest
            assert self._judge is not None  # nosec B101 # there is a key, so there is its judge
            return self._judge

    def answer(self, content: bytes, excerpts: str = SPREAD) -> tuple[Judge, Heard, Answer]:
        """Answer for the content of a file, or for those `excerpts` of it.

        Raises
        ------
        NoModelError, UnusableModelError, InputError
            as `judge` does
        SongError
            where the file is no song, or too short for the model
        BusyError
            where no worker became free in time
        """
        judge = self.judge()
        heard = self._pool.hear(content, judge.wanted, excerpts)
        return judge, heard, judge.answer(heard)

    def hear(self, content: bytes, wanted: Sequence[Wanted]) -> Heard:
        """Measure the content of a file in feature sets and window lengths.

        Raises
        ------
        SongError, BusyError
            as `answer` does
        """
        return self._pool.hear(content, wanted)

    def sound(self, content: bytes) -> np.ndarray:
        """Return what is heard of a file: mono, 22 050 Hz [shape=(n,), dtype=int16].

        Raises
        ------
        SongError, BusyError
            as `answer` does
        """
        return self._pool.hear(content, []).y

    def _newest(self) -> ChampionKey:
        newest = newest_champion(self.database, self.dataset)
        if newest is None:
            raise NoModelError(f"Dataset {self.dataset!r} has no model yet. Run: {self.command}")
        return newest

    @property
    def command(self) -> str:
        """The command that makes a model."""
        if self.dataset == DEMO_DATASET:
            return "genrelab run"
        known = self.database["datasets"].find_one({"dataset": self.dataset}, {"_id": True})
        source = "" if known else "--audio DIR "  # what is catalogued is found again
        return f"genrelab run {source}--dataset {shlex.quote(self.dataset)}"
