"""The comparison of models at the size of FMA-small; ``python -m benchmarks.comparison`` writes ``comparison.md``.

A made table of 8,000 tracks and 80,000 segments of 57 values in a MongoDB server of its own: eight genres, each value
the sum of what genre, track and segment add. Logistic regression, 3 nearest neighbours and a forest learn from both
windows under two split policies, five times over. *Ours* is that evaluation as notebook 04 asks for it, scores,
intervals and comparisons included; *bare* is the same fits and predictions of training and test rows by scikit-learn
alone, on as many threads. Each runs in a process of its own, in turn, and reads its rows from MongoDB before the clock
starts. Memory is the most that such a process held, reading included.
"""

import datetime
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import typer
from joblib import Parallel, delayed
from pymongo.database import Database
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine
from benchmarks.memory import resident_mib, sampled
from benchmarks.tables import markdown, spread
from pipeline.evaluation import Samples, compare, evaluate, load_samples, plan
from pipeline.features import get_feature_set
from pipeline.models import build
from pipeline.settings import Settings
from pipeline.splits import split_rows
from pipeline.store import connect, read_segments, upsert
from pipeline.store.server import EmbeddedServer

DATASET, FEATURE_SET = "made", "spectral-v1"
GENRES = ("electronic", "experimental", "folk", "hiphop", "instrumental", "international", "pop", "rock")
MODELS = ("logistic_regression", "knn_3", "random_forest")
POLICIES = ("random", "track")
SEGMENTS, SEED = 10, 0
PAGE = Path(__file__).with_name("comparison.md")


def main(tracks: int = 8000, repeats: int = 5, turns: int = 2, reads: int = 5, jobs: int = 0) -> None:
    """Measure reading and comparing, print the tables and write the page."""
    jobs = jobs or os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as name:
        home = Path(name)
        database = connect(Settings(mongodb_uri=None, home=home))
        try:
            make_dataset(database, tracks)
            parts = [
                f"# Comparing models\n\n{inspect.getdoc(sys.modules[__name__])}\n",
                f"{datetime.date.today().isoformat()}, {tracks} tracks; {describe_machine()}.\n",
                markdown(measure_reading(database, reads)),
                markdown(measure_comparison(home, repeats, turns, jobs)),
            ]
        finally:
            database.client.close()
            EmbeddedServer(home).stop()
    text = "\n".join(parts)
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def make_dataset(database: Database, n_tracks: int) -> None:
    """Write a dataset of `n_tracks` tracks, each with a 30-second row and ten of 3 seconds."""
    rng = np.random.default_rng(SEED)
    columns = get_feature_set(FEATURE_SET).columns
    of_genre = rng.normal(0, 0.5, (len(GENRES), len(columns)))
    names = [f"{GENRES[i % len(GENRES)]}/{i:06d}.wav" for i in range(n_tracks)]
    of_track = of_genre[np.arange(n_tracks) % len(GENRES)] + rng.normal(0, 1, (n_tracks, len(columns)))
    common = {"dataset": DATASET, "feature_set": FEATURE_SET}
    windows = [(30.0, [0.0], 0.3), (3.0, [3.0 * i for i in range(SEGMENTS)], 1.0)]
    for window_s, starts, spread_of_segments in windows:
        shape = (n_tracks, len(starts), len(columns))
        values = of_track[:, None, :] + rng.normal(0, spread_of_segments, shape)
        upsert(
            database["segments"],
            (
                common
                | {"track_id": name, "window_s": window_s, "start_s": start, "length": round(window_s * 22_050)}
                | dict(zip(columns, values[i, j].tolist(), strict=True))
                for i, name in enumerate(names)
                for j, start in enumerate(starts)
            ),
        )
    upsert(
        database["tracks"],
        (
            {
                "dataset": DATASET,
                "track_id": name,
                "genre": name.partition("/")[0],
                "status": "ready",
                "content_hash": name,
                "holdout": i // len(GENRES) % 10 == 0,
                "duplicate_of": None,
                "artist": None,
                "predefined_split": None,
            }
            for i, name in enumerate(names)
        ),
    )
    known = {"dataset": DATASET, "source": "table", "location": "made", "holdout_share": 0.1}
    upsert(database["datasets"], [known | {"feature_sets": [FEATURE_SET], "windows_s": [30.0, 3.0]}])


def measure_reading(database: Database, n_reads: int) -> pd.DataFrame:
    """Time the reading of all 3-second segments into a DataFrame, by the store and by ``list(find())``, in turn."""
    query = {"dataset": DATASET, "feature_set": FEATURE_SET, "window_s": 3.0}
    ours_s, listed_s = [], []
    for _ in range(n_reads + 1):
        ours_s.append(_timed(lambda: read_segments(database, DATASET, FEATURE_SET, 3.0)))
        listed_s.append(_timed(lambda: pd.DataFrame(list(database["segments"].find(query)))))
    ours, listed = np.array(ours_s[1:]), np.array(listed_s[1:])  # the first warms the server up
    n_rows = database["segments"].count_documents(query)
    rows = [
        ("pd.DataFrame(list(find())) / ours", spread(listed / ours, 1)),
        ("pd.DataFrame(list(find()))", f"{np.median(listed):.2f} s"),
        ("ours, sorted", f"{np.median(ours):.2f} s"),
    ]
    return pd.DataFrame(rows, columns=["", f"reading {n_rows} segments (median of {n_reads}; range)"])


def measure_comparison(home: Path, repeats: int, turns: int, jobs: int) -> pd.DataFrame:
    """Run the comparison and the bare calls in turn, each in a process of its own."""
    measured = {part: [_in_a_process(part, home, repeats, jobs) for _ in range(turns)] for part in ("ours", "bare")}
    seconds = {part: np.array([each["seconds"] for each in runs]) for part, runs in measured.items()}
    ours, bare = measured["ours"], measured["bare"]
    rows = [
        ("ours / bare", spread(seconds["ours"] / seconds["bare"], 2)),
        ("the same in processor time", spread(_cpu(ours) / _cpu(bare), 2)),
        ("ours", f"{np.median(seconds['ours']):.0f} s"),
        ("bare", f"{np.median(seconds['bare']):.0f} s"),
        ("cores busy, ours", f"**{np.median([each['busy'] for each in ours]):.2f}** of {jobs}"),
        ("cores busy, bare", f"{np.median([each['busy'] for each in bare]):.2f} of {jobs}"),
        ("memory, ours", f"**{max(each['mib'] for each in ours):.0f} MiB**"),
        ("memory, bare", f"{max(each['mib'] for each in bare):.0f} MiB"),
    ]
    return pd.DataFrame(rows, columns=["", f"{ours[0]['n_fits']} fits (median of {turns} turns; range)"])


def _cpu(runs: Sequence[dict[str, float]]) -> np.ndarray:
    return np.array([each["seconds"] * each["busy"] for each in runs])


def run_part(part: str, home: Path, repeats: int, jobs: int) -> dict[str, float]:
    """Load the rows, then run one of the two; return seconds, busy cores and the number of fits."""
    database = connect(Settings(mongodb_uri=None, home=home))
    samples = [window.learning() for window in load_samples(database, DATASET)]
    database.client.close()
    started, busy = time.perf_counter(), time.process_time()
    if part == "ours":
        evaluation = evaluate(plan(samples, MODELS, POLICIES), repeats=repeats, seed=SEED, jobs=jobs)
        compare(evaluation.tested)
    else:
        fit_bare(samples, repeats, jobs)
    seconds = time.perf_counter() - started
    n_fits = len(plan(samples, MODELS, POLICIES)) * repeats
    return {"seconds": seconds, "busy": (time.process_time() - busy) / seconds, "n_fits": n_fits}


def fit_bare(samples: Sequence[Samples], repeats: int, jobs: int) -> None:
    """Make the calls of scikit-learn that the comparison makes, and nothing else."""

    def fit_and_predict(model: str, X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> None:
        X_train, X_test = X[train], X[test]
        fitted = build(model, SEED).fit(X_train, y[train])
        fitted.predict_proba(X_train)
        fitted.predict_proba(X_test)

    calls = []
    for candidate in plan(samples, MODELS, POLICIES):
        chosen = candidate.samples
        for repeat in range(repeats):
            sides = split_rows(candidate.policy, chosen.rows, chosen.y, seed=SEED, repeat=repeat)
            calls.append(delayed(fit_and_predict)(candidate.model, chosen.X, chosen.y, *sides))
    with threadpool_limits(1):
        Parallel(n_jobs=jobs, backend="threading")(calls)


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _in_a_process(part: str, home: Path, repeats: int, jobs: int) -> dict[str, float]:
    code = (
        "import json, sys; from pathlib import Path; from benchmarks.comparison import run_part; "
        "part, home, repeats, jobs = sys.argv[1:]; "
        "print(json.dumps(run_part(part, Path(home), int(repeats), int(jobs))))"
    )
    command = [sys.executable, "-c", code, part, str(home), str(repeats), str(jobs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = psutil.Process(process.pid)
        with sampled(lambda: resident_mib(watched), 0.05) as mib:
            answer, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the part {part!r} ended with status {process.returncode}")
    return json.loads(answer.splitlines()[-1]) | {"mib": max(mib)}


if __name__ == "__main__":
    typer.run(main)
