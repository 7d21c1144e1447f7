"""How much a model learns from: a sample of whole tracks where there are more rows than it can bear."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from pipeline.evaluation.samples import Samples
from pipeline.models import display_name, find_entry
from pipeline.quality import Check, as_table
from pipeline.random_streams import stream
from pipeline.splits import find_policy, sample_groups


def rows_it_bears(model: str, samples: Samples) -> int:
    """Return how many rows of these genres a model learns from at most."""
    return find_entry(model).rows_of(len(samples.genres))


def rows_to_learn_from(model: str, samples: Samples, seed: int, rows: np.ndarray | None = None) -> np.ndarray:
    """Return the rows that a model learns from, by number: all, or a sample of tracks with all their rows here.

    The sample is drawn by `seed`, stratified by genre, and a track goes with its duplicates.

    Parameters
    ----------
    model : str
    samples : Samples
    seed : int
    rows : np.ndarray of int, optional
        those to choose from, ascending; all
    """
    rows = np.arange(len(samples)) if rows is None else rows
    groups = samples.rows["group"].to_numpy()[rows]
    return rows[sample_groups(groups, samples.y[rows], rows_it_bears(model, samples), stream("sample", seed))]


def within_sample(
    model: str, policy: str, samples: Samples, train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sides of a split, of a sample of tracks where a policy tears tracks and the model can't bear them all.

    What such a policy shows is a model that meets segments of tracks it has learned from. A model that learned from one
    track in twenty would hardly meet any, so both sides are of the same tracks, as if there were no others. Where
    tracks are kept whole nothing changes: `rows_to_learn_from` draws from one side, and all of the other is tested.
    """
    most = rows_it_bears(model, samples)
    if find_policy(policy).honest or len(train) <= most:
        return train, test
    n_rows = int(most * len(samples) / len(train))
    kept = np.zeros(len(samples), dtype=bool)
    kept[sample_groups(samples.rows["group"].to_numpy(), samples.y, n_rows, stream("sample of both sides", seed))] = (
        True
    )
    return train[kept[train]], test[kept[test]]


def check_sampled(models: Iterable[str], samples: Sequence[Samples]) -> pd.DataFrame:
    """Return the row of ``data_quality`` that says so in the exports; none where all learn from everything."""
    sentences = say_sampled(models, samples)
    return as_table([Check("learned_from_a_sample", "ok", len(sentences), " ".join(sentences))] if sentences else [])


def say_sampled(models: Iterable[str], samples: Sequence[Samples]) -> list[str]:
    """Say which models learn from a sample where they are fitted on three quarters, or all, of these rows.

    Returns
    -------
    list of str
        a sentence a model and number of rows; none where all learn from everything
    """
    sentences = []
    for model in dict.fromkeys(models):
        beyond = [chosen for chosen in samples if len(chosen) > rows_it_bears(model, chosen)]
        if beyond:
            most = rows_it_bears(model, beyond[0])
            sizes = ", ".join(f"{len(chosen)} {chosen.window_s:g}-second rows" for chosen in beyond)
            sentences.append(
                f"{display_name(model)} learns from {most} rows at most: of {sizes} a sample of whole tracks, drawn "
                "by the seed and stratified by genre. It is tested on all test tracks; where shuffling tears tracks, "
                "on those it learned from."
            )
    return sentences
