"""What is computed a part of the rows after the other is what all rows together give."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import fitting, profile, track_means
from pipeline.evaluation.profile import project, telling_features
from pipeline.random_streams import stream
from pipeline.store import columns, values
from tests.evaluation.conftest import make_sequences

PROFILE = sys.modules["pipeline.evaluation.profile"]
"""The module, whose name in the room is that of its function."""


@pytest.mark.parametrize("model", ["logistic_regression", "knn_3", "svm_rbf", "random_forest"])
def test_rows_are_predicted_alike_in_parts(samples, monkeypatch, model):
    rows = np.arange(len(samples))[::-1]
    estimator = fitting.fit(model, samples.where(np.arange(0, len(samples), 2)), seed=0).estimator
    whole = fitting.predict(estimator, samples, rows)
    monkeypatch.setattr(values, "PART_BYTES", 7 * 8 * len(samples.features))
    for level, found in fitting.predict(estimator, samples, rows).items():
        np.testing.assert_allclose(found.probabilities, whole[level].probabilities, atol=1e-12)
        np.testing.assert_array_equal(found.rows, whole[level].rows)


@pytest.mark.parametrize("kind", ["vectors", "sequences"])
@pytest.mark.parametrize("at_once", [7, 10_000])
def test_the_mean_of_a_track_is_that_of_its_rows(samples, monkeypatch, kind, at_once):
    monkeypatch.setattr(values, "PART_BYTES", at_once * 8 * len(samples.features))
    if kind == "sequences":
        samples = make_sequences()
    rows = samples.where(np.random.default_rng(0).permutation(len(samples))[:200])
    vectors = rows.X if kind == "vectors" else rows.X.mean(axis=1, dtype=float)
    means = pd.DataFrame(vectors).groupby(rows.rows["track"].to_numpy()).mean()
    np.testing.assert_allclose(track_means.track_means(rows), means.to_numpy(), rtol=1e-12, atol=1e-12)


def test_a_sample_of_tracks_has_whole_groups_and_their_own_means(samples):
    samples = samples.under("artist")
    X, y, units = track_means.some_tracks(samples, 30, stream("contrasts", 0))
    assert 15 <= len(X) <= 30
    _, first = np.unique(samples.rows["track"], return_index=True)
    kept = np.isin(samples.units[first], units)
    assert kept.sum() == len(X)
    np.testing.assert_allclose(X, track_means.track_means(samples)[kept])
    np.testing.assert_array_equal(y, samples.y[first][kept])


@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_a_profile_is_that_of_the_table_of_all_values(samples, monkeypatch, at_once):
    monkeypatch.setattr(columns, "FEW_BYTES", at_once * 8 * len(samples))
    genres = np.asarray(samples.genres)[samples.y]
    table = pd.DataFrame(samples.X, columns=samples.features).groupby(genres)
    found = profile(samples).set_index(["genre", "feature"])
    for name, expected in {
        "mean": table.mean(), "sd": table.std(), "p05": table.quantile(0.05), "p95": table.quantile(0.95)
    }.items():  # fmt: skip
        np.testing.assert_allclose(found[name].unstack()[list(samples.features)], expected, rtol=1e-10)
    assert (found["n"].unstack()["f0_mean"] == table.size()).all()
    assert not found.reset_index()[["genre", "feature"]].duplicated().any()


def test_the_features_that_tell_most_come_first(samples):
    told = samples.X.copy()
    told[:, 3] = 10 * samples.y + np.random.default_rng(0).normal(size=len(samples))
    told[:, 1] = 0.0
    found = telling_features(replace(samples, values=told))
    assert found[0] == samples.features[3]
    assert samples.features[1] not in found, "what never varies tells nothing"


def test_of_many_rows_the_map_shows_some_and_has_the_directions_of_a_sample(samples, monkeypatch):
    whole, explained = project(samples)
    assert len(whole) == len(samples)
    monkeypatch.setattr(PROFILE, "MOST_POINTS", 20)
    some, same = project(samples)
    assert len(some) == 20
    np.testing.assert_array_equal(same, explained)
    assert len(some.round(9).merge(whole.round(9))) == 20, "each is where it was among all"
    monkeypatch.setattr(PROFILE, "MOST_FITTED", 150)
    _, of_sample = project(samples)
    np.testing.assert_allclose(of_sample, explained, atol=0.1)
