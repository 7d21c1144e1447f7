import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.errors import InputError
from pipeline.models import USUAL_MODELS, ZOO, build, find_entry, parse_models
from pipeline.settings import PROJECT_DIR
from tests.models.rows import make_rows, make_uneven_rows

NAMES = [*ZOO, "knn_3"]


@pytest.mark.parametrize("name", NAMES)
def test_every_model_is_an_unfitted_pipeline_that_fits_and_gives_probabilities(name):
    X, y = make_rows(find_entry(name).kind)
    model = build(name, seed=1)
    assert not hasattr(model, "classes_")
    probabilities = model.fit(X, y).predict_proba(X)
    assert probabilities.shape == (len(X), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probabilities, build(name, seed=1).fit(X, y).predict_proba(X))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("dummy")])
def test_every_model_learns_and_names_the_class_of_its_largest_probability(name):
    X, y = make_rows(find_entry(name).kind, n=240)
    model = build(name, seed=0).fit(X[::2], y[::2])
    assert (model.predict(X[1::2]) == y[1::2]).mean() > 0.6
    np.testing.assert_array_equal(model.predict(X), model.classes_[model.predict_proba(X).argmax(axis=1)])


@pytest.mark.parametrize("name", NAMES)
def test_a_row_like_nothing_seen_before_gets_a_distribution_over_the_genres_and_no_class_of_its_own(name):
    X, y = make_rows(find_entry(name).kind)
    y = y + 5  # not 0, which a missing answer could be taken for
    odd = np.vstack([1e3 * np.ones_like(X[:2]), np.zeros_like(X[:2]), -1e3 * np.ones_like(X[:2])])
    model = build(name, seed=0).fit(X, y)
    probabilities = model.predict_proba(odd)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    assert set(model.predict(odd)) <= {5, 6, 7}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("dummy")])
def test_the_confidence_of_every_model_tells_right_from_wrong_and_differs_from_row_to_row(name):
    X, y = make_uneven_rows(find_entry(name).kind)
    model = build(name, seed=0).fit(X[:240], y[:240])
    probabilities = model.predict_proba(X[240:])
    right, confidence = probabilities.argmax(axis=1) == y[240:], probabilities.max(axis=1)
    assert roc_auc_score(right, confidence) > 0.7
    assert np.ptp(np.quantile(confidence, [0.05, 0.95])) > 0.2


@pytest.mark.parametrize("name", NAMES)
def test_a_genre_with_two_rows_is_no_obstacle(name):
    X, y = make_rows(find_entry(name).kind)
    y[:] = np.where(np.arange(len(y)) < 2, 2, np.arange(len(y)) % 2)
    assert list(build(name, seed=0).fit(X, y).classes_) == [0, 1, 2]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_searched_are_parameters_that_the_model_has(name):
    entry = find_entry(name)
    for parameter, values in entry.space.items():
        for value in values:
            build(name, seed=0).set_params(**{parameter: value})


@pytest.mark.parametrize("name", NAMES)
def test_every_model_tells_where_it_comes_from_and_what_it_costs(name):
    text = " ".join(find_entry(name).build.__doc__.split())
    assert find_entry(name).about.endswith(".")
    assert "Costs " in text
    assert "earche" in text


def test_the_forest_of_the_better_half_looks_at_half_of_the_features():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = rng.normal(size=(90, 10))
    X[:, :5] += 3 * y[:, None]
    chooser = build("random_forest_top_half", seed=0).fit(X, y)[0]
    np.testing.assert_array_equal(np.flatnonzero(chooser.get_support()), range(5))


def test_an_empty_list_of_models_means_the_usual_ones_and_all_means_all():
    assert parse_models("") == list(USUAL_MODELS)
    assert parse_models(" knn_7 ,random_forest") == ["knn_7", "random_forest"]
    assert parse_models("all") == [*ZOO, "knn_3"]


@pytest.mark.parametrize("wrong", ["svm9000", "knn_0", "knn_"])
def test_an_unknown_model_is_refused_and_the_known_ones_are_named(wrong):
    with pytest.raises(InputError, match="random_forest"):
        parse_models(wrong)


@pytest.mark.parametrize("guesses", ["dummy_most_frequent", "dummy_stratified, dummy_most_frequent"])
def test_guesses_alone_are_refused_and_beside_a_model_taken(guesses):
    with pytest.raises(InputError, match="no model but a baseline"):
        parse_models(guesses)
    assert parse_models(f"{guesses},knn_3")[-1] == "knn_3"


def test_the_table_of_models_has_a_row_for_each():
    table = (PROJECT_DIR / "pipeline" / "models" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_<>0-9]+)` \|", table, re.MULTILINE) == [
        "knn_<k>" if name == "knn_3" else name for name in sorted(NAMES, key=_place(table))
    ]


def _place(table):
    return lambda name: table.index(f"| `{'knn_<k>' if name == 'knn_3' else name}` |")
