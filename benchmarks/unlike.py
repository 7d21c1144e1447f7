"""How well "unlike the training music" is told; ``python -m benchmarks.unlike TABLE METADATA --audio DIR``.

Learned from is a feature table of real music (`spectral-v1`, a row a track) but for a fifth of its artists: these are
the *known* kind, and what is not music, or is other music, must be told from them. Each detector gives a song a number;
*AUC* is the chance that a strange one gets a larger number than one of the known kind, and *noticed* the share of the
strange above what 1 in 20 known ones exceeds. Values that follow a recording's level are left out for all but the last
detector, so that louder is not stranger. Noise, tones, speech and silence are made; speech is a buzz through formants
in syllables. A genre left out: its tracks, where nothing was learned from it. The demo corpus is synthetic music.
"""

import datetime
import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from scipy.signal import lfilter
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine, find_clips
from benchmarks.promise import read_table
from benchmarks.tables import markdown
from pipeline.audio import decode
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.evaluation.out_of_fold import deal
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.models import Unlike, build

PAGE = Path(__file__).with_name("unlike.md")
SET = get_feature_set("spectral-v1")
SECONDS = 30
N_MADE = 8
FALSE_ALARMS = 0.05

Detector = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""Rows and genres that were learned from -> rows -> how strange each is."""


def main(table: str, metadata: str, audio: str = "", demo: str = "") -> None:
    """Measure, print the tables and write the page."""
    samples = read_table(table, metadata)
    kept = np.array([name not in SET.level for name in SET.columns])
    folds = deal(samples.units, samples.y, 5, 0)
    learned, known = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0)
    strange = _strange(audio, demo)
    rows: dict[str, dict[str, str]] = {}
    with threadpool_limits(1):
        for name, detector in DETECTORS.items():
            columns = np.ones_like(kept) if name == "all features, nearest" else kept
            X = samples.X[:, columns]
            rate = detector(X[learned], samples.y[learned])
            usual = rate(X[known])
            limit = np.quantile(usual, 1 - FALSE_ALARMS)
            cells = {kind: _told(usual, rate(values[:, columns]), limit) for kind, values in strange.items()}
            cells["a genre left out"] = _left_out(detector, X, samples.y, samples.units)
            rows[name] = cells
    told = f"{datetime.date.today().isoformat()}, {len(learned)} tracks learned from; {describe_machine()}."
    frame = pd.DataFrame(rows).rename_axis("AUC, noticed").reset_index()
    text = "\n\n".join(
        ["# Unlike the training music", inspect.getdoc(sys.modules[__name__]) or "", told, markdown(frame)]
    )
    typer.echo(text)
    PAGE.write_text(text + "\n", encoding="utf-8")


def _told(usual: np.ndarray, found: np.ndarray, limit: float) -> str:
    auc = roc_auc_score(np.repeat([0, 1], [len(usual), len(found)]), np.concatenate([usual, found]))
    return f"{auc:.2f}, {np.mean(found > limit):.0%}"


def _left_out(detector: Detector, X: np.ndarray, y: np.ndarray, units: np.ndarray) -> str:
    """Leave each genre out, and set its tracks beside tracks, also by artists not learned from, of the others."""
    folds, aucs, noticed = deal(units, y, 5, 0), [], []
    for genre in np.unique(y):
        learned, known = (y != genre) & (folds != 0), (y != genre) & (folds == 0)
        rate = detector(X[learned], y[learned])
        usual, found = rate(X[known]), rate(X[y == genre])
        cell = _told(usual, found, np.quantile(usual, 1 - FALSE_ALARMS)).split(", ")
        aucs.append(float(cell[0]))
        noticed.append(float(cell[1].rstrip("%")))
    return f"{np.mean(aucs):.2f}, {np.mean(noticed):.0f}%"


def _scaler(X: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    centre, scale = X.mean(axis=0), np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    return lambda rows: (rows - centre) / scale


def _nearest(k: int) -> Detector:
    def of(X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        scaled = _scaler(X)
        return lambda rows: _distances(scaled(rows), scaled(X), k)

    return of


def _distances(rows: np.ndarray, places: np.ndarray, k: int) -> np.ndarray:
    squares = (rows**2).sum(axis=1)[:, None] + (places**2).sum(axis=1) - 2 * rows @ places.T
    return np.sqrt(np.maximum(np.sort(squares, axis=1)[:, k - 1], 0))


def _within(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, Callable]:
    """Return genres' means, the inverse of the shared covariance, that of all, and the scaler."""
    scaled = _scaler(X)
    Z = scaled(X)
    means = np.array([Z[y == genre].mean(axis=0) for genre in np.unique(y)])
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", store_covariance=True).fit(Z, y)
    whole = np.cov(Z.T) + 0.05 * np.eye(Z.shape[1])
    return means, np.linalg.pinv(lda.covariance_), np.linalg.pinv(whole), scaled


def _relative(X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    means, inverse, whole, scaled = _within(X, y)

    def rate(rows: np.ndarray) -> np.ndarray:
        Z = scaled(rows)
        away = np.min([np.einsum("ij,jk,ik->i", Z - mean, inverse, Z - mean) for mean in means], axis=0)
        return away - np.einsum("ij,jk,ik->i", Z, whole, Z)

    return rate


def _nearest_whitened(k: int) -> Detector:
    def of(X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        _, inverse, _, scaled = _within(X, y)
        root = np.linalg.cholesky(inverse + 1e-9 * np.eye(len(inverse)))
        return lambda rows: _distances(scaled(rows) @ root, scaled(X) @ root, k)

    return of


def _logits(energy: bool) -> Detector:
    def of(X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        model = build("logistic_regression", 0).fit(X, y)

        def rate(rows: np.ndarray) -> np.ndarray:
            logits = model.decision_function(rows)
            return -np.logaddexp.reduce(logits, axis=1) if energy else -model.predict_proba(rows).max(axis=1)

        return rate

    return of


def _project(X: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return Unlike.fit(X, y, np.ones(X.shape[1], dtype=bool)).distances


DETECTORS: dict[str, Detector] = {
    "nearest": _nearest(1),
    "5th nearest": _nearest(5),
    "nearest, whitened": _nearest_whitened(1),
    "Mahalanobis, the project's": _project,
    "relative Mahalanobis": _relative,
    "energy": _logits(energy=True),
    "least sure": _logits(energy=False),
    "all features, nearest": _nearest(1),
}


def _strange(audio: str, demo: str) -> dict[str, np.ndarray]:
    """Return features of each kind of strange sound [shape=(n, 57)]."""
    music = [decode(path).y for path in sorted(Path(audio).rglob("*.wav"))[5::13]] if audio else []
    made = {
        "white noise": lambda rng: _noise(rng, 0),
        "pink noise": lambda rng: _noise(rng, 1),
        "brown noise": lambda rng: _noise(rng, 2),
        "a tone": _tone,
        "speech": _speech,
        "speech over pink noise": lambda rng: _speech(rng) + 0.3 * _noise(rng, 1),
    }
    kinds = {kind: [make(np.random.default_rng(i)) for i in range(N_MADE)] for kind, make in made.items()}
    if music:
        kinds["music, four fifths silent"] = [_silent(y) for y in music[:N_MADE]]
        kinds["speech over music"] = [_over(y, i) for i, y in enumerate(music[:N_MADE])]
        kinds["music, 12 dB louder"] = [4 * y for y in music[:N_MADE]]
    if demo:
        kinds["synthetic music (demo)"] = [decode(path).y for path in find_clips(demo)[3::25]]
    return {kind: np.array([SET.compute(Signal(y.astype(np.float32))) for y in clips]) for kind, clips in kinds.items()}


def _noise(rng: np.random.Generator, slope: float) -> np.ndarray:
    spectrum = np.fft.rfft(rng.standard_normal(SECONDS * SAMPLE_RATE_HZ))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** (slope / 2)
    y = np.fft.irfft(spectrum)
    return 0.1 * y / y.std()


def _tone(rng: np.random.Generator) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * rng.uniform(100, 2000) * np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)


def _speech(rng: np.random.Generator) -> np.ndarray:
    """Make syllables of a fifth of a second: a buzz or a hiss through three formants, with pauses."""
    parts, pitch = [], rng.uniform(90, 220)
    while sum(map(len, parts)) < SECONDS * SAMPLE_RATE_HZ:
        n = int(SAMPLE_RATE_HZ * rng.uniform(0.1, 0.3))
        phase = np.cumsum(pitch * (1 + 0.2 * np.sin(np.linspace(0, 3, n) + rng.uniform(0, 6))) / SAMPLE_RATE_HZ)
        source = (np.diff(np.floor(phase), prepend=0) > 0).astype(float) if rng.random() < 0.75 else (
            0.1 * rng.standard_normal(n)
        )  # fmt: skip
        for low, high in ((250, 850), (900, 2400), (2300, 3300)):
            turn, radius = 2 * np.pi * rng.uniform(low, high) / SAMPLE_RATE_HZ, 0.97
            source = lfilter([1.0], [1, -2 * radius * np.cos(turn), radius**2], source)
        parts += [
            source / (source.std() + 1e-9) * np.hanning(n),
            np.zeros(int(SAMPLE_RATE_HZ * rng.choice([0, 0.05, 0.4]))),
        ]
    y = np.concatenate(parts)[: SECONDS * SAMPLE_RATE_HZ]
    return 0.1 * y / y.std() + 1e-4 * rng.standard_normal(len(y))


def _over(y: np.ndarray, seed: int) -> np.ndarray:
    spoken = _speech(np.random.default_rng(seed))
    n = min(len(y), len(spoken))
    return spoken[:n] + 0.03 * y[:n] / y[:n].std()


def _silent(y: np.ndarray) -> np.ndarray:
    quiet = y.copy()
    quiet[len(y) // 5 :] = 0
    return quiet


if __name__ == "__main__":
    typer.run(main)
