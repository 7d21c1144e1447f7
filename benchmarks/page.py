"""The web page; ``python -m benchmarks.page`` measures, prints, and writes ``benchmarks/page.md``.

30-second songs as WAV, uploaded to a running `genrelab serve`, each answered by the whole page. The server and its
workers are bound to one core (where the system can bind them) while single uploads are timed, one after the other,
warm. Then 20 songs are sent at once, with all cores. An answer is right where genre and votes (to 1e-12) are those that
the batch's own functions give for the same file. Memory is that of server and workers together, sampled twenty times a
second; pages that processes share count once a process.
"""

import datetime
import inspect
import io
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import psutil
import soundfile
import typer
from pymongo.database import Database
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine, find_clips
from benchmarks.memory import resident_mib, sampled
from benchmarks.tables import markdown
from pipeline.catalogue import find_dataset
from pipeline.listen.heard import hear
from pipeline.listen.judge import Judge, load_judge, newest_champion
from pipeline.settings import DEMO_DATASET
from pipeline.store import connect

N_AT_ONCE = 20
WARM_UP = 6
PAGE = Path(__file__).with_name("page.md")


def main(dataset: str = DEMO_DATASET, audio: str = "", uploads: int = 100, clips: int = 20) -> None:
    """Measure the page with the champion of `dataset`, on files of `audio`, else of the dataset."""
    database = connect()
    if newest_champion(database, dataset) is None:
        typer.echo(f"dataset {dataset!r} has no champion yet: genrelab run makes one", err=True)
        raise typer.Exit(2)
    files = find_clips(audio or find_dataset(database, dataset)["location"])[:clips]
    table = measure_page(database, dataset, files, uploads)
    told = f"{datetime.date.today().isoformat()}, {len(files)} clips; {describe_machine()}."
    text = f"# The web page\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n\n{markdown(table)}"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def measure_page(database: Database, dataset: str, clips: Sequence[Path], n_uploads: int) -> pd.DataFrame:
    """Time uploads, send twenty at once, compare the answers, watch the memory.

    Parameters
    ----------
    database : Database
    dataset : str
        whose champion answers
    clips : sequence of Path
        sent as WAV, again and again
    n_uploads : int
        to be timed
    """
    songs = [_as_wav(path) for path in clips]
    judge = load_judge(newest_champion(database, dataset))
    with threadpool_limits(1):  # as extraction's workers do; more threads add up single-precision sums in other orders
        truth = [_batch_votes(judge, path) for path in clips]
    with _server(dataset) as (address, process), sampled(lambda: _family_mib(process), 0.05) as mib:
        for song in songs[:WARM_UP]:
            _upload(address, "/", song)
        with _one_core(process):
            times = [_timed(address, songs[i % len(songs)]) for i in range(n_uploads)]
        chosen = [i % len(songs) for i in range(N_AT_ONCE)]
        with ThreadPoolExecutor(N_AT_ONCE) as senders:
            started = time.perf_counter()
            answers = list(senders.map(lambda i: json.loads(_upload(address, "/api/predict", songs[i])), chosen))
            together_s = time.perf_counter() - started
    right = sum(_equal(answer, truth[i]) for i, answer in zip(chosen, answers, strict=True))
    rows = [
        (f"upload to full page, one core, p95 of {n_uploads}", f"**{np.percentile(times, 95) * 1000:.0f} ms**"),
        ("median; largest", f"{np.median(times) * 1000:.0f} ms; {max(times) * 1000:.0f} ms"),
        (f"{N_AT_ONCE} at once: answered; equal to the batch", f"**{len(answers)}; {right}**"),
        ("the last of them after", f"{together_s:.1f} s"),
        ("memory of server and workers, most", f"**{max(mib):.0f} MiB**"),
    ]
    return pd.DataFrame(rows, columns=["", f"{judge.champion.name}, {judge.champion.window_s:g} s"])


def _as_wav(path: Path) -> bytes:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format="WAV")
    return file.getvalue()


def _batch_votes(judge: Judge, path: Path) -> dict[str, float]:
    answer = judge.answer(hear(path, judge.wanted))
    return dict(answer.ranking)


def _equal(answer: dict, votes: dict[str, float]) -> bool:
    told = {vote["genre"]: vote["probability"] for vote in answer["genres"]}
    close = all(abs(told[genre] - share) < 1e-12 for genre, share in votes.items())
    return close and answer["genre"] == max(votes, key=votes.get)


def _timed(address: str, song: bytes) -> float:
    started = time.perf_counter()
    page = _upload(address, "/", song)
    seconds = time.perf_counter() - started
    if not re.search(rb'class="verdict"', page):
        raise RuntimeError("the page gave no verdict")
    return seconds


def _upload(address: str, path: str, song: bytes) -> bytes:
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="song"; filename="song.wav"\r\n\r\n'.encode()
    body = head + song + f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(address + path, body, kind)
    with urllib.request.urlopen(request, timeout=120) as answer:  # nosec B310 # the page of this very program
        return answer.read()


@contextmanager
def _server(dataset: str) -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-u", "-m", "pipeline", "serve", "--dataset", dataset, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip().rstrip("/")
        server.stdout.readline()  # the model is loaded
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


@contextmanager
def _one_core(process: psutil.Process) -> Iterator[None]:
    if not hasattr(process, "cpu_affinity"):
        yield
        return
    everything = sorted(os.sched_getaffinity(0))
    family = [process, *process.children(recursive=True)]
    _bind(family, everything[:1])
    yield
    _bind(family, everything)


def _bind(processes: Sequence[psutil.Process], cores: list[int]) -> None:
    for process in processes:
        for thread in process.threads():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread.id, cores)


def _family_mib(process: psutil.Process) -> float | None:
    """Return the resident memory of a process and its children, MiB; None once it has ended."""
    with suppress(psutil.NoSuchProcess):
        return sum(map(resident_mib, [process, *process.children(recursive=True)]))
    return None


if __name__ == "__main__":
    typer.run(main)
