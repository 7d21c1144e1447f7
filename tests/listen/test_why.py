"""What speaks for a genre and not for another: a linear model's own terms, and of any model what decides it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from pipeline.evaluation.vote import GUESSES
from pipeline.listen.reference import Reference
from pipeline.listen.why import explain, weigh
from pipeline.models import build

FEATURES = ("rms_mean", "mfcc1_mean", "mfcc2_mean", "tag_jazz", "tag_metal", "tempo")


def music(seed, n=120):
    """Return features of three genres, which columns 3 and 4 alone tell apart."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    X = rng.normal(size=(n, len(FEATURES)))
    X[:, 3] += 2.5 * (y == 0)
    X[:, 4] += 2.5 * (y == 1)
    return X, y


def reference(X):
    tracks = pd.DataFrame({"track_id": range(len(X)), "genre": "g", "artist": "", "title": ""})
    return Reference.of(tracks, FEATURES, X)


@given(st.integers(0, 50), st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_of_a_linear_model_they_are_its_own_terms(seed, n_windows):
    X, y = music(seed)
    model = LogisticRegression(C=0.05).fit(X, y)
    song, others = X[:n_windows], X[-20:]
    found = weigh(model.predict_proba, song, others, [[i] for i in range(X.shape[1])], (0, 1))
    terms = (model.coef_[0] - model.coef_[1]) * (song.mean(axis=0) - others.mean(axis=0))
    np.testing.assert_allclose(found, terms, atol=10 * GUESSES + 0.1 * np.abs(terms).max())


@pytest.mark.parametrize("name", ["logistic_regression", "knn_15", "random_forest", "svm_rbf"])
def test_what_decides_comes_first_and_speaks_for_its_own_genre(name):
    X, y = music(1)
    model = build(name, 0).fit(X, y)
    song = np.zeros((1, X.shape[1]))
    song[0, 3] = 3.0  # like genre 0, and in nothing like genre 1
    found = explain(model.predict_proba, song, reference(X), (0, 1))
    assert found[0].features == ("tag_jazz",)
    assert found[0].weight > 0
    assert (found[0].value, found[0].about) == (3.0, "“jazz”")
    other_way = explain(model.predict_proba, song, reference(X), (1, 0))
    assert other_way[0].weight == pytest.approx(-found[0].weight)


def test_features_of_one_thing_are_weighed_together_and_have_no_single_value():
    X, y = music(2)
    X[:, 1] += 4 * (y == 0)
    X[:, 2] -= 4 * (y == 0)
    model = LogisticRegression().fit(X, y)
    found = explain(model.predict_proba, X[:1], reference(X), (0, 1))
    timbre = next(each for each in found if each.about == "timbre")
    assert timbre.features == ("mfcc1_mean", "mfcc2_mean")
    assert (timbre.value, timbre.usual) == (None, None)


def test_a_model_that_looks_at_nothing_gives_no_reason():
    X, _ = music(3)
    even = np.full((1, 3), 1 / 3)
    assert explain(lambda rows: np.repeat(even, len(rows), axis=0), X[:2], reference(X), (0, 1)) == ()
