from dataclasses import replace

import numpy as np
import pytest
import sklearn
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.errors import GenrelabError, InputError
from pipeline.models import (
    ZOO,
    Chance,
    FittedModel,
    UnusableModelError,
    build,
    find_entry,
    load_champion,
    load_chance,
    load_other_models,
    pack_chance,
)
from pipeline.models.calibrators import CALIBRATORS
from pipeline.store import StageRows
from pipeline.store.runs import start_run
from tests.finished import crown_in
from tests.models.rows import make_rows

X, Y = make_rows("vectors")


class Stranger(StandardScaler):
    """A type that scikit-learn does not know."""


def champion(name="random_forest"):
    rows, genres = make_rows(find_entry(name).kind)
    return FittedModel(
        name=name, feature_set="test-v1", window_s=3.0, split="track",
        features=tuple(f"f{i}" for i in range(rows.shape[1])), genres=("x", "y", "z"),
        estimator=build(name, 0).fit(rows, genres), n_tracks=60, test_accuracy=0.5, parameters={"step__C": 0.3},
    )  # fmt: skip


@pytest.fixture
def run(database):
    """Return a new run."""
    return start_run(database, "persistence", {})


@pytest.mark.parametrize("name", [*ZOO, "knn_3"])
def test_every_model_answers_the_same_after_a_trip_through_mongodb(run, name):
    saved = champion(name)
    loaded = load_champion(crown_in(run, saved))
    rows, _ = make_rows(find_entry(name).kind)
    np.testing.assert_array_equal(loaded.estimator.predict_proba(rows), saved.estimator.predict_proba(rows))
    assert replace(loaded, estimator=None) == replace(
        saved, estimator=None, features=list(saved.features), genres=list(saved.genres)
    )


def n_files(run) -> int:
    return run.database["artefacts.files"].count_documents({"filename": {"$regex": f"^{run.run_id}/"}})


def test_a_run_has_one_champion_and_keeps_no_artefact_of_an_earlier_one(run):
    crown_in(run, champion("knn_3"))
    crown_in(run, champion("logistic_regression"))
    assert load_champion(run).name == "logistic_regression"
    assert n_files(run) == 1


def test_the_best_of_other_windows_lies_beside_the_champion_and_changes_places_with_it(run):
    short, long = champion("knn_3"), replace(champion("random_forest"), window_s=30.0)
    for first, second in ((short, long), (long, short)):
        crown_in(run, first, [second])
        assert load_champion(run).name == first.name
        assert [model.name for model in load_other_models(run)] == [second.name]
        assert n_files(run) == 2
    crown_in(run, short)
    assert load_other_models(run) == []


def test_a_file_with_a_type_that_is_not_trusted_is_refused(run):
    estimator = make_pipeline(Stranger(), build("knn_3", 0)).fit(X, Y)
    crown_in(run, replace(champion("knn_3"), estimator=estimator))
    with pytest.raises(GenrelabError, match="not trusted"):
        load_champion(run)


@pytest.mark.parametrize(("part", "refused"), [(0, True), (1, True), (2, False)])
def test_a_model_of_another_scikit_learn_is_refused_unless_only_the_last_place_differs(run, monkeypatch, part, refused):
    places = sklearn.__version__.split(".")
    places[part] = "77"
    with monkeypatch.context() as patch:
        patch.setattr("sklearn.base.__version__", ".".join(places))
        crown_in(run, champion("knn_3"))
    if refused:
        with pytest.raises(UnusableModelError, match=f"fitted by scikit-learn {'.'.join(places)}, and .* is installed"):
            load_champion(run)
    else:
        assert load_champion(run).estimator.predict(X).shape == Y.shape


def test_a_model_that_can_t_be_used_is_told_with_the_command_that_makes_another(database):
    run = crown_in(start_run(database, "my music's", {}), champion("knn_3"))
    database["artefacts.chunks"].delete_many({})
    with pytest.raises(UnusableModelError) as told:
        load_champion(run)
    command = """genrelab run --dataset 'my music'"'"'s'"""
    assert str(told.value) == (
        f"the champion of run {run.run_id} can't be used: it has lost parts of its file in the database. "
        f"Make another one: {command}"
    )
    assert told.value.exit_status == 1


def test_without_a_champion_the_user_is_told_what_to_run(run):
    with pytest.raises(InputError, match="05_optimise"):
        load_champion(run)


@pytest.mark.parametrize("method", CALIBRATORS)
def test_what_makes_chances_is_stored_beside_the_champion_and_taken_for_no_model(run, method):
    saved = crown_in(run, champion("knn_3"))
    votes = np.random.default_rng(0).dirichlet(np.ones(3), 60)
    chance = Chance(
        ("x", "y", "z"), CALIBRATORS[method]().fit(votes, votes.argmax(axis=1)), 0.03, 60,
        np.array([0.2, np.nan, 0.4]), np.array([20, 3, 20]), "artists",
    )  # fmt: skip
    assert load_chance(saved, champion("knn_3")) is None
    run.record("holdout", StageRows(models=[pack_chance(chance, champion("knn_3"))]))
    loaded = load_chance(run, load_champion(run))
    np.testing.assert_array_equal(loaded.of(votes), chance.of(votes))
    assert (loaded.genre_set(votes[0]), loaded.unpromised) == (chance.genre_set(votes[0]), ("y",))
    assert load_other_models(run) == []
    assert load_chance(run, replace(champion("knn_3"), genres=("x", "y", "w"))) is None
