"""The search for parameters: inside the training rows alone, and no track torn apart by its folds."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.errors import InputError
from pipeline.evaluation import search
from pipeline.evaluation.search import fit_searched


@pytest.fixture(autouse=True)
def small_forests(monkeypatch):
    """Let forests have few trees: the search is looked at here, and not what it finds."""
    build = search.build

    def built(model: str, seed: int):
        estimator = build(model, seed)
        trees = [name for name in estimator.get_params() if name.endswith("__n_estimators")]
        return estimator.set_params(**dict.fromkeys(trees, 40))

    monkeypatch.setattr(search, "build", built)


def make_rows(n_tracks=60, segments=4, k=3, width=6):
    rng = np.random.default_rng(0)
    genre = np.arange(n_tracks) % k
    tracks = rng.normal(size=(n_tracks, width)) + 0.5 * genre[:, None]
    X = np.repeat(tracks, segments, axis=0) + 0.1 * rng.normal(size=(n_tracks * segments, width))
    return X, np.repeat(genre, segments), np.repeat(np.arange(n_tracks), segments)


@pytest.mark.parametrize("model", ["logistic_regression", "random_forest", "svm_rbf"])
@pytest.mark.parametrize("effort", ["quick", "full"])
def test_what_is_found_is_of_the_space_and_is_what_the_estimator_has(model, effort):
    X, y, groups = make_rows()
    estimator, parameters = fit_searched(model, X, y, groups, effort=effort, seed=1)
    space = search.find_entry(model).space
    assert parameters.keys() == space.keys()
    for name, value in parameters.items():
        assert value in space[name]
        assert estimator.get_params()[name] == value


@pytest.mark.parametrize("model", ["logistic_regression", "random_forest", "svm_rbf"])
def test_the_same_seed_finds_the_same(model):
    X, y, groups = make_rows(n_tracks=24)
    (first, found), (second, again) = (fit_searched(model, X, y, groups, effort="quick", seed=1) for _ in range(2))
    assert again == found
    np.testing.assert_array_equal(second.predict_proba(X), first.predict_proba(X))


def test_no_inner_fold_has_a_track_on_both_sides(monkeypatch):
    X, y, groups = make_rows()
    seen = []

    class Watched(StratifiedGroupKFold):
        def split(self, X, y=None, groups=None):
            for train, test in super().split(X, y, groups):
                seen.append((set(groups[train]), set(groups[test])))
                yield train, test

    monkeypatch.setattr(search, "StratifiedGroupKFold", Watched)
    fit_searched("logistic_regression", X, y, groups, effort="quick", seed=0)
    assert len(seen) == search.N_FOLDS
    assert all(not train & test for train, test in seen)


def test_folds_that_keep_tracks_whole_choose_the_model_that_does_not_remember_them():
    # The genre is a coin a track: with its segments torn apart, remembering a track (few neighbours, any distance)
    # looks right each time; with tracks whole nothing can look better than a guess.
    X, _, groups = make_rows(n_tracks=80)
    y = np.random.default_rng(3).integers(0, 2, 80)[groups]
    scores = {}
    for name, inner in (("torn", np.arange(len(y))), ("whole", groups)):
        folds = search._inner_folds(y, inner, seed=0)
        scores[name] = np.mean(
            [
                (search.build("knn_3", 0).fit(X[train], y[train]).predict(X[test]) == y[test]).mean()
                for train, test in folds
            ]
        )
    assert scores["torn"] > 0.85
    assert scores["whole"] < 0.65


def test_without_effort_or_space_or_enough_groups_a_model_has_its_defaults():
    X, y, groups = make_rows()
    for model, effort, chosen in (
        ("logistic_regression", "none", groups),
        ("random_forest_depth_10", "full", groups),
        ("logistic_regression", "full", np.zeros_like(groups)),
    ):
        assert fit_searched(model, X, y, chosen, effort=effort, seed=0)[1] == {}


def test_rows_are_scaled_where_they_are_and_later_ones_are_left_alone():
    rng = np.random.default_rng(0)
    X, y = rng.normal(3, 2, size=(600, 60)), np.arange(600) % 2
    plain, asked = search.build("logistic_regression", 0).fit(X, y), X[:50].copy()
    mine = X.copy()
    estimator, _ = fit_searched("logistic_regression", mine, y, y, effort="none", seed=0)
    np.testing.assert_allclose(mine.std(axis=0), 1)
    np.testing.assert_array_equal(estimator.predict_proba(asked), plain.predict_proba(asked))
    np.testing.assert_array_equal(asked, X[:50])


def test_searching_finds_what_the_defaults_miss():
    rng = np.random.default_rng(0)
    y = np.arange(300) % 2
    X = rng.normal(size=(300, 200))
    X[:, 0] += 3 * y  # one telling feature among 199: a split had better look at many
    _, parameters = fit_searched("random_forest", X, y, np.arange(300), effort="full", seed=0)
    assert parameters["randomforestclassifier__max_features"] == 0.3


def test_an_unknown_effort_is_refused():
    with pytest.raises(InputError, match="none, quick, full"):
        search.check_effort("hard")
