"""What learned features cost and bring; ``python -m benchmarks.learned --audio DIR --metadata FILE`` measures.

All in one run on one core, processor time of the process: the median over clips, each clip the least of three. A clip
is its 30-second row with its ten 3-second rows. The network is run by onnxruntime; ONNX's reference evaluator runs the
same graph in NumPy, and is written to be read rather than to be fast. Memory is what a new process holds more after
the first clip than before. Accuracy by windows: each track's row is the mean over so many of its 3-second windows,
evenly spread; a support-vector machine in five folds that keep artists whole, five times, with the range of the five,
on genres that have more than one artist.
"""

import datetime
import inspect
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import psutil
import typer
from onnx.reference import ReferenceEvaluator
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine, find_clips
from benchmarks.tables import markdown
from pipeline.audio import cut, decode
from pipeline.features import TAGS, get_feature_set
from pipeline.features.musicnn import answers, weights
from pipeline.features.musicnn.checkpoint import read_checkpoint
from pipeline.features.musicnn.network import build_network
from pipeline.features.musicnn.patches import cut_patches, log_mel
from pipeline.features.signal import Signal
from pipeline.models import build
from pipeline.sources.metadata import read_metadata
from pipeline.splits import artist_key

PAGE = Path(__file__).with_name("learned.md")
SETS = ("spectral-v1", TAGS.name, "musicnn-msd-embedding-v1", f"spectral-v1+{TAGS.name}")
WINDOWS = (10, 5, 3, 1)


def main(audio: str = "", metadata: str = "", clips: int = 12) -> None:
    """Measure, print the page and write it."""
    files = find_clips(audio)
    with threadpool_limits(1):
        parts = [
            "# Learned features", inspect.getdoc(sys.modules[__name__]),
            f"{datetime.date.today().isoformat()}, {min(clips, len(files))} clips of "
            f"{'music' if audio else 'the demo corpus'}; {describe_machine()}.",
            "## Cost of a set", markdown(cost_of_sets(files[:clips])),
            "## Cost of an engine, ten windows of a clip", markdown(cost_of_engines(files[0])),
            "## Size on disk", markdown(sizes()),
        ]  # fmt: skip
        if audio and metadata:
            parts += ["## Accuracy by the number of windows", markdown(by_windows(files, Path(metadata)))]
    text = "\n\n".join(part.rstrip() for part in parts) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def cost_of_sets(files: Sequence[Path]) -> pd.DataFrame:
    """Return ``feature set, ms a clip, MiB more`` of each set."""
    signals = [decode(path).y for path in files]
    rows = []
    for name in SETS:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            grown = pool.submit(memory_of, name, signals[0]).result()
        took = [least(lambda y=y, name=name: rows_of(name, y)) for y in signals]
        rows.append((name, f"{1000 * np.median(took):.0f}", f"{grown:.0f}"))
    return pd.DataFrame(rows, columns=["feature set", "ms a clip", "MiB more"])


def cost_of_engines(file: Path) -> pd.DataFrame:
    """Return ``engine, ms a clip`` of the network alone."""
    session = weights.load_network()
    model = onnx.load_from_string(build_network(read_checkpoint(weights.weights_folder())))
    evaluator = ReferenceEvaluator(model)
    patches = [log_mel(patch) for patch in cut_patches(decode(file).y)]
    rows = []
    for name, run in (("onnxruntime", session.run), ("ONNX's reference evaluator", evaluator.run)):
        took = least(lambda run=run: [run(["tags"], {"patches": patch[None]}) for patch in patches])
        rows.append((name, f"{1000 * took:.0f}"))
    return pd.DataFrame(rows, columns=["engine", "ms a clip"])


def rows_of(name: str, y: np.ndarray) -> list[np.ndarray]:
    """Return the rows of a clip: of all of it, and of its 3-second windows."""
    known = get_feature_set(name)
    return [known.compute(Signal(window.y)) for window_s in (30.0, 3.0) for window in cut(y, window_s)]


def memory_of(name: str, y: np.ndarray) -> float:
    """Return what this process holds more after its first clip, MiB."""
    process = psutil.Process()
    before = process.memory_info().rss
    rows_of(name, y)
    return (process.memory_info().rss - before) / 2**20


def least(work: Callable[[], object], turns: int = 3) -> float:
    """Return the least processor time of some turns, seconds; what remembers a clip's windows forgets them between."""
    found = []
    for _ in range(turns):
        answers._hear.cache_clear()
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def by_windows(files: Sequence[Path], metadata: Path) -> pd.DataFrame:
    """Return ``windows a track, accuracy, of five draws`` on a folder of music."""
    genres = np.array([path.parent.name for path in files])
    known = read_metadata(metadata).join([path.name for path in files])
    artists = [artist_key(known.get(path.name, {}).get("artist")) or path.name for path in files]
    groups = pd.factorize(pd.Series(artists))[0]
    several = pd.Series(groups).groupby(genres).transform("nunique").to_numpy() > 1
    genres, groups, files = (
        genres[several],
        groups[several],
        [path for path, kept in zip(files, several, strict=True) if kept],
    )
    windows = [np.array([TAGS.compute(Signal(each.y)) for each in cut(decode(path).y, 3.0)]) for path in files]
    rows = []
    for n in WINDOWS:
        X = np.array(
            [of[np.linspace(0, len(of) - 1, min(n, len(of))).round().astype(int)].mean(axis=0) for of in windows]
        )
        draws = []
        for seed in range(5):
            folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
            answers = cross_val_predict(build("svm_rbf", seed), X, genres, groups=groups, cv=folds)
            draws.append((answers == genres).mean())
        rows.append((n, f"{np.mean(draws):.3f}", f"{min(draws):.3f} to {max(draws):.3f}"))
    return pd.DataFrame(rows, columns=["windows a track", "accuracy", "of five draws"])


def sizes() -> pd.DataFrame:
    """Return ``what, MB`` of what the network needs on disk."""
    folders = {"weights (musicnn)": weights.weights_folder(), "onnxruntime": Path(onnxruntime.__file__).parent,
               "onnx": Path(onnx.__file__).parent}  # fmt: skip
    rows = [
        (name, f"{sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 1e6:.0f}")
        for name, folder in folders.items()
    ]
    return pd.DataFrame(rows, columns=["what", "MB"])


if __name__ == "__main__":
    typer.run(main)
