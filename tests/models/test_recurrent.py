"""The LSTM: it hears order in time, sets tracks aside to know when to stop, and repeats itself to the last bit."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.utils import estimator_checks

from pipeline.models import build, network
from pipeline.models.recurrent import FrameScaler, LSTMClassifier

PULSES = {0: [0, 6, 12, 18], 1: [0, 3, 12, 15]}
"""Frames of a bar of 24 in which a pulse sounds, evenly or in pairs: mean and deviation are the same."""


def make_music(n=160, seed=0):
    """Rows of two rhythms at any phase, in one of two bands that tell nothing."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = 0.1 * rng.normal(size=(n, 24, 2))
    for row, genre in enumerate(y):
        X[row, (np.array(PULSES[genre]) + rng.integers(24)) % 24, rng.integers(2)] += 1
    return X.astype(np.float16), y


@pytest.fixture(scope="module")
def fitted():
    return build("lstm", 0).set_params(framescaler__pool=1, lstmclassifier__learning_rate=1e-2).fit(*make_music())


def test_it_tells_rhythms_apart_that_no_statistic_over_time_does(fitted):
    X, y = make_music(seed=1)
    assert fitted.score(X, y) > 0.9
    in_any_order = np.random.default_rng(0).permuted(X, axis=1)
    assert fitted.score(in_any_order, y) < 0.7


def test_probabilities_are_those_of_distributions_and_of_any_length_of_music(fitted):
    X, _ = make_music(n=6)
    for frames in (X[:, :1], X[:, :13], np.tile(X, (1, 3, 1))):
        probabilities = fitted.predict_proba(frames)
        assert probabilities.dtype == np.float64
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_many_rows_at_once_are_answered_as_a_few_are(fitted):
    X, _ = make_music(n=network.ROWS_AT_ONCE + 8)
    np.testing.assert_allclose(fitted.predict_proba(X)[-8:], fitted.predict_proba(X[-8:]), rtol=1e-5)


def test_a_seed_gives_the_same_weights_whatever_else_draws_random_numbers_and_beside_other_fits():
    X, y = make_music(n=60)

    def weights(seed):
        estimator = LSTMClassifier(n_hidden=8, max_epochs=3, random_state=seed).fit(X, y)
        assert torch.get_num_threads() == 1
        return np.concatenate([values.ravel() for values in estimator.weights_.values()])

    torch.manual_seed(1)
    first = weights(0)
    torch.manual_seed(2)
    assert np.array_equal(weights(0), first)
    assert not np.array_equal(weights(1), first)
    with ThreadPoolExecutor(3) as threads:
        others = list(threads.map(weights, (0, 1, 0)))
    assert np.array_equal(others[0], first)
    assert np.array_equal(others[2], first)


@pytest.mark.parametrize("with_groups", [True, False])
def test_no_track_both_teaches_and_tells_when_to_stop(monkeypatch, with_groups):
    tracks = np.random.default_rng(0).permutation(np.repeat(np.arange(20), 3))
    X = np.tile(tracks[:, None, None], (1, 4, 2)).astype(np.float32)  # a row is its track's number
    seen = {}

    def watched(X, y, validation, **options):
        seen.update(taught=X[:, 0, 0], stopped=validation[0][:, 0, 0])
        return {}, 1

    monkeypatch.setattr(network, "train", watched)
    groups = tracks if with_groups else None
    estimator = LSTMClassifier().fit(X, tracks % 2, groups=groups)
    assert len(seen["taught"]) + len(seen["stopped"]) == 60
    assert np.array_equal(tracks[estimator.validation_rows_], seen["stopped"])
    assert 0.1 < len(seen["stopped"]) / 60 < 0.3
    if with_groups:
        assert not set(seen["taught"]) & set(seen["stopped"])
    else:  # each row for itself: the same test can fail
        assert set(seen["taught"]) & set(seen["stopped"])


def test_a_pipeline_hands_the_groups_on():
    X, y = make_music(n=60)
    groups = np.arange(60) // 6
    classifier = build("lstm", 0).set_params(lstmclassifier__max_epochs=1).fit(X, y, lstmclassifier__groups=groups)[-1]
    told = set(groups[classifier.validation_rows_])
    assert 0 < len(classifier.validation_rows_) == 6 * len(told) < 30


def test_training_ends_when_the_rows_set_aside_are_no_longer_told_better():
    X, _ = make_music(n=80)
    genres = np.random.default_rng(0).integers(0, 2, 80)  # there is nothing to learn
    estimator = LSTMClassifier(n_hidden=8, learning_rate=1e-2, max_epochs=60, patience=4).fit(X, genres)
    assert 4 < estimator.n_epochs_ < 60
    best = clone(estimator).set_params(max_epochs=estimator.n_epochs_ - 4).fit(X, genres)
    for name, values in best.weights_.items():
        assert np.array_equal(values, estimator.weights_[name])


def test_genres_of_a_single_track_each_are_learned_all_the_same():
    X, y = make_music(n=20)
    estimator = LSTMClassifier(n_hidden=4, max_epochs=2).fit(X, y, groups=y)
    assert len(estimator.validation_rows_) == 0
    assert list(estimator.classes_) == [0, 1]


def test_an_interrupted_training_is_no_trained_model(monkeypatch):
    calls, forward = [], network.Network.forward

    def interrupted(self, X):
        calls.append(len(X))
        if len(calls) > 5:
            raise KeyboardInterrupt
        return forward(self, X)

    monkeypatch.setattr(network.Network, "forward", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LSTMClassifier(n_hidden=4).fit(*make_music(n=60))


def test_frames_are_averaged_and_bands_standardised_by_the_training_rows_alone():
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(1500, 10, 3)) * [1, 50, 0] + [0, -1000, 7]).astype(np.float16)
    scaler = FrameScaler(pool=4)
    scaled = scaler.fit_transform(X)
    assert scaled.shape == (1500, 2, 3)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=(0, 1)), [1, 1, 0], atol=1e-3)
    pooled = X[:, :8].astype(float).reshape(1500, 2, 4, 3).mean(axis=2)
    centre, spread = pooled.mean(axis=(0, 1)), pooled.std(axis=(0, 1))
    new = X[:5] + 20
    expected = (new[:, :8].astype(float).reshape(5, 2, 4, 3).mean(axis=2) - centre) / np.where(spread > 0, spread, 1)
    np.testing.assert_allclose(scaler.transform(new), expected, rtol=1e-3, atol=1e-3)
    assert scaler.transform(new[:, :2]).shape == (5, 1, 3)


@pytest.mark.parametrize("wrong", [np.zeros((4, 5)), np.zeros((4, 6, 3)), np.full((4, 6, 2), np.nan)])
def test_what_is_no_sequence_of_these_bands_is_refused(fitted, wrong):
    with pytest.raises(ValueError, match=r"not \(rows, frames, 2\)|NaN"):
        fitted.predict_proba(wrong)


CHECKS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_mixin_order,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_estimator_tags_renamed,
]
"""scikit-learn's rules that look at no data; all others fit a table, and these rows are no table."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", [FrameScaler(), LSTMClassifier()], ids=lambda e: type(e).__name__)
def test_the_estimators_keep_scikit_learns_rules(estimator, check):
    check(type(estimator).__name__, clone(estimator))


WITHOUT_TORCH = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name in ("torch", "skorch") else find(name, *rest)
import pipeline.models
from pipeline.evaluation import plan, roll_call
from pipeline.errors import InputError
from pipeline.models.recurrent import LSTMClassifier
from tests.evaluation.conftest import make_samples, make_sequences
samples = [make_samples(), make_sequences()]
assert [c.model for c in plan(samples, ["dummy_stratified", "lstm"], ["track"])] == ["dummy_stratified"]
print(roll_call(samples, ["lstm"]).loc[0, "state"])
for ask in (lambda: pipeline.models.build("lstm", 0), lambda: LSTMClassifier().fit(samples[1].X, samples[1].y)):
    try:
        ask()
    except InputError as error:
        print(error)
"""


def test_without_the_extra_the_row_says_so_and_nothing_else_minds():
    done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    how = "needs the extra deep: pip install --constraint constraints.txt --editable '.[deep]'"
    assert done.stdout.splitlines() == [f"left out: {how}", f"model 'lstm' {how}", f"a recurrent model {how}"]
