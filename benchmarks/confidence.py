"""How well the confidence of each model tells right answers from wrong ones; ``python -m benchmarks.confidence TABLE``.

Four folds, stratified by genre, that keep tracks whole. *Accuracy* is of rows; *AUC* is the chance that a right answer
is given with more confidence, the probability of the genre that is named, than a wrong one. 0.5 is a coin.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from benchmarks.tables import markdown
from pipeline.models import ZOO, build, find_entry

SEGMENT = re.compile(r"_segment_\d+")
"""What a segment's name has more than its track's."""


def main(table: Path, label: str = "label", name: str = "filename", models: str = "") -> None:
    """Measure models on a CSV with a column of labels, one of names, and features; print a row each."""
    frame = pd.read_csv(table)
    y = pd.factorize(frame[label], sort=True)[0]
    groups = pd.factorize(frame[name].str.replace(SEGMENT, "", regex=True))[0]
    X = frame.select_dtypes("number").drop(columns=[label, "length"], errors="ignore").to_numpy(dtype=float)
    names = models.split(",") if models else [*(each for each in ZOO if find_entry(each).kind == "vectors"), "knn_3"]
    typer.echo(markdown(pd.DataFrame([measure(each, X, y, groups) for each in names])))


def measure(model: str, X: np.ndarray, y: np.ndarray, groups: np.ndarray) -> dict[str, str | float]:
    """Return the accuracy of a model, and the AUC of its confidence, in folds that keep groups whole."""
    probabilities = np.zeros((len(y), y.max() + 1))
    with threadpool_limits(1):
        for train, test in StratifiedGroupKFold(4, shuffle=True, random_state=0).split(X, y, groups):
            probabilities[test] = build(model, 0).fit(X[train], y[train]).predict_proba(X[test])
    right = probabilities.argmax(axis=1) == y
    auc = roc_auc_score(right, probabilities.max(axis=1))
    return {"model": model, "accuracy": round(float(right.mean()), 3), "AUC": round(float(auc), 3)}


if __name__ == "__main__":
    typer.run(main)
