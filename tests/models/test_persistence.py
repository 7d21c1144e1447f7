from dataclasses import replace

import numpy as np
import pytest
from gridfs import GridFS
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.errors import GenrelabError, InputError
from pipeline.models import ZOO, FittedModel, build, find_entry, load_champion, load_other_models, save_champion
from tests.models.rows import make_rows

X, Y = make_rows("vectors")


class Stranger(StandardScaler):
    """A type that scikit-learn does not know."""


def champion(name="random_forest", run_id="run-persistence"):
    rows, genres = make_rows(find_entry(name).kind)
    return FittedModel(
        run_id=run_id, dataset="d", name=name, feature_set="test-v1", window_s=3.0, split="track",
        features=tuple(f"f{i}" for i in range(rows.shape[1])), genres=("x", "y", "z"),
        estimator=build(name, 0).fit(rows, genres), n_tracks=60, test_accuracy=0.5, parameters={"step__C": 0.3},
    )  # fmt: skip


@pytest.mark.parametrize("name", [*ZOO, "knn_3"])
def test_every_model_answers_the_same_after_a_trip_through_mongodb(database, name):
    saved = champion(name, run_id=f"run-persistence-{name}")
    save_champion(database, saved)
    loaded = load_champion(database, saved.run_id)
    rows, _ = make_rows(find_entry(name).kind)
    np.testing.assert_array_equal(loaded.estimator.predict_proba(rows), saved.estimator.predict_proba(rows))
    assert replace(loaded, estimator=None) == replace(
        saved, estimator=None, features=list(saved.features), genres=list(saved.genres)
    )


def test_a_run_has_one_champion_and_keeps_no_artefact_of_an_earlier_one(database):
    save_champion(database, champion("knn_3"))
    save_champion(database, champion("logistic_regression"))
    assert load_champion(database, "run-persistence").name == "logistic_regression"
    files = GridFS(database, collection="artefacts").find({"filename": {"$regex": "^run-persistence/"}})
    assert len(list(files)) == 1


def test_the_best_of_other_windows_lies_beside_the_champion_and_changes_places_with_it(database):
    short, long = champion("knn_3", "run-two"), replace(champion("random_forest", "run-two"), window_s=30.0)
    for first, second in ((short, long), (long, short)):
        save_champion(database, first, [second])
        assert load_champion(database, "run-two").name == first.name
        assert [model.name for model in load_other_models(database, "run-two")] == [second.name]
        files = GridFS(database, collection="artefacts").find({"filename": {"$regex": "^run-two/"}})
        assert len(list(files)) == 2
    save_champion(database, short)
    assert load_other_models(database, "run-two") == []


def test_a_file_with_a_type_that_is_not_trusted_is_refused(database):
    estimator = make_pipeline(Stranger(), build("knn_3", 0)).fit(X, Y)
    save_champion(database, replace(champion("knn_3", run_id="run-untrusted"), estimator=estimator))
    with pytest.raises(GenrelabError, match="not trusted"):
        load_champion(database, "run-untrusted")


def test_without_a_champion_the_user_is_told_what_to_run(database):
    with pytest.raises(InputError, match="05_optimise"):
        load_champion(database, "run-without")
