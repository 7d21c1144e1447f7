import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.models import ZOO, build, parse_models


@pytest.mark.parametrize("name", [*ZOO, "knn_3"])
def test_every_model_is_an_unfitted_pipeline_that_fits_and_gives_probabilities(name):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    X = rng.normal(size=(60, 5)) + y[:, None]
    model = build(name, seed=1)
    assert not hasattr(model, "classes_")
    probabilities = model.fit(X, y).predict_proba(X)
    assert probabilities.shape == (60, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probabilities, build(name, seed=1).fit(X, y).predict_proba(X))


def test_the_forest_of_the_better_half_looks_at_half_of_the_features():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = rng.normal(size=(90, 10))
    X[:, :5] += 3 * y[:, None]
    chooser = build("random_forest_top_half", seed=0).fit(X, y)[0]
    np.testing.assert_array_equal(np.flatnonzero(chooser.get_support()), range(5))


def test_an_empty_list_of_models_means_the_usual_ones():
    assert parse_models("") == [
        "dummy_most_frequent", "dummy_stratified", "logistic_regression", "knn_3", "random_forest",
    ]  # fmt: skip
    assert parse_models(" knn_7 ,random_forest") == ["knn_7", "random_forest"]


@pytest.mark.parametrize("wrong", ["svm9000", "knn_0", "knn_"])
def test_an_unknown_model_is_refused_and_the_known_ones_are_named(wrong):
    with pytest.raises(InputError, match="random_forest"):
        parse_models(wrong)
