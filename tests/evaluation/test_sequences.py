"""A recurrent model among the others: compared on its own rows, told of tracks, searched, crowned and held out."""

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import crown, evaluate, find_samples, hold_out, plan, ranking, refuse_guesses, roll_call
from pipeline.evaluation.fitting import fit
from pipeline.models import load_champion
from tests.evaluation.conftest import make_samples, make_sequences
from tests.finished import crown_in, finished_run


@pytest.fixture(scope="module")
def both():
    return [make_samples(track_share=0.5), make_sequences(track_share=0.5)]


@pytest.fixture(scope="module")
def evaluation(both):
    return evaluate(plan([s.learning() for s in both], ["knn_3", "lstm"], ["track"]), repeats=2, seed=0, jobs=2)


def test_sequences_go_to_the_recurrent_model_and_vectors_to_the_others(both):
    planned = [(c.model, c.samples.feature_set) for c in plan(both, ["lstm", "dummy_stratified", "knn_3"], ["track"])]
    assert planned == [
        ("dummy_stratified", "test-v1"), ("knn_3", "test-v1"), ("knn_3", "test-v1-means"), ("lstm", "test-frames-v1"),
    ]  # fmt: skip
    assert list(roll_call(both, ["lstm", "knn_3"])["state"]) == ["compared", "compared"]
    assert roll_call(both[:1], ["lstm"]).loc[0, "state"].startswith("left out: needs melspec-frames-v1 or mfcc")
    planned = plan(both[:1], ["lstm", "dummy_stratified"], ["track"])
    with pytest.raises(InputError, match=r"no model but a baseline can be compared here: lstm is left out: needs"):
        refuse_guesses(planned, roll_call(both[:1], ["lstm", "dummy_stratified"]))


def test_it_learns_from_tracks_what_holds_for_others(evaluation):
    tested = evaluation.scores.query("model == 'lstm' and subset == 'test' and metric == 'accuracy'")
    assert list(tested["feature_set"]) == ["test-frames-v1"] * 2
    assert tested["value"].min() > 0.6


def test_scores_are_equal_on_any_number_of_threads(both, evaluation):
    candidates = plan([both[1].learning()], ["lstm"], ["track"])
    alone = evaluate(candidates, repeats=2, seed=0, jobs=1).scores
    beside = evaluation.scores[evaluation.scores["model"] == "lstm"].reset_index(drop=True)
    assert alone.equals(beside)


@pytest.mark.parametrize("policy", ["track", "random"])
def test_the_rows_that_tell_when_to_stop_are_whole_tracks_under_any_policy(both, policy):
    torn = both[1].where(np.arange(len(both[1])) % 5 > 0)  # as under `random`
    classifier = fit("lstm", torn, 0, policy=policy).estimator[-1]
    groups, aside = torn.rows["group"].to_numpy(), classifier.validation_rows_
    assert 0 < len(aside) < len(torn) / 2
    assert not set(groups[aside]) & set(np.delete(groups, aside))


def test_a_search_tells_its_fits_of_tracks_too(monkeypatch, both):
    monkeypatch.setattr("pipeline.models.network.train", _instantly)
    fitted = fit("lstm", both[1], 0, search="quick")
    assert fitted.parameters.keys() == {
        "framescaler__pool", "lstmclassifier__n_hidden", "lstmclassifier__learning_rate",
    }  # fmt: skip
    groups, aside = both[1].rows["group"].to_numpy(), fitted.estimator[-1].validation_rows_
    assert not set(groups[aside]) & set(np.delete(groups, aside))


def _instantly(X, y, validation, *, n_hidden, n_classes, **options):
    """Return weights of the right shape; whoever is searched for, there is no time to train them all."""
    shapes = {
        "recurrent.weight_ih_l0": (4 * n_hidden, X.shape[2]), "recurrent.weight_hh_l0": (4 * n_hidden, n_hidden),
        "recurrent.bias_ih_l0": (4 * n_hidden,), "recurrent.bias_hh_l0": (4 * n_hidden,),
        "to_classes.weight": (n_classes, n_hidden), "to_classes.bias": (n_classes,),
    }  # fmt: skip
    return {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}, 1


def test_it_is_crowned_stored_and_held_out_as_any_model(database, both, evaluation):
    ranked = ranking(evaluation.scores, "track").query("model == 'lstm'").reset_index(drop=True)
    champion = crown(ranked, both, policy="track", seed=0)
    loaded = load_champion(crown_in(finished_run(database, "d"), champion))
    assert loaded.features == list(both[1].features)
    held = find_samples(both, "test-frames-v1", 3.0).holdout()
    assert np.array_equal(loaded.estimator.predict_proba(held.X), champion.estimator.predict_proba(held.X))
    scores, predictions = hold_out(loaded, ranked, both, seed=0)
    assert set(scores.scores["subset"]) == {"holdout"}
    assert len(predictions.query("level == 'segment'")) == len(held)
