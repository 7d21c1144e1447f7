from dataclasses import replace
from weakref import ref

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import Candidate, crown, evaluate, hold_out, holdout, ranking, say_left_out
from pipeline.evaluation.fitting import fit


@pytest.fixture(scope="module")
def scores(samples):
    learning = samples.learning()
    candidates = [Candidate(model, learning, "track") for model in ("dummy_most_frequent", "knn_3", "random_forest")]
    return evaluate(candidates, repeats=3, seed=0, jobs=2).scores


@pytest.fixture(scope="module")
def champion(scores, samples):
    return crown(ranking(scores, "track"), [samples], policy="track", seed=0)


def test_the_champion_has_the_best_test_accuracy_of_whole_tracks(scores, champion):
    ranked = ranking(scores, "track")
    assert ranked["value"].is_monotonic_decreasing
    assert champion.name == ranked["model"].iloc[0] != "dummy_most_frequent"
    assert champion.test_accuracy == ranked["value"].max()


def test_holdout_scores_can_not_choose_the_champion(scores, samples):
    flattered = scores[scores["model"] == "dummy_most_frequent"].assign(subset="holdout", value=1.0)
    ranked = ranking(pd.concat([scores, flattered]), "track")
    assert ranked["model"].iloc[0] != "dummy_most_frequent"


def test_the_champion_is_fitted_on_all_rows_but_the_holdout(champion, samples):
    assert champion.n_tracks == samples.learning().rows["track"].nunique() == 54


def test_the_holdout_is_scored_once_for_every_compared_model(champion, scores, samples):
    evaluation, predictions = hold_out(champion, scores, [samples], seed=0)
    assert set(evaluation.scores["model"]) == {"dummy_most_frequent", "knn_3", "random_forest"}
    assert set(evaluation.scores["subset"]) == {"holdout"}
    assert set(evaluation.scores["repeats"]) == {1}
    held = samples.rows[samples.rows["holdout"]]
    mine = predictions[predictions["model"] == champion.name]
    assert set(mine["track_id"]) == set(held["track_id"])
    assert len(mine[mine["level"] == "segment"]) == len(held)
    assert len(mine[mine["level"] == "track"]) == held["track_id"].nunique()
    right = mine[mine["level"] == "track"]["correct"].mean()
    told = evaluation.scores.query("model == @champion.name and level == 'track' and metric == 'accuracy'")
    assert told["value"].iloc[0] == pytest.approx(right)


def test_of_refitted_models_only_the_rows_of_the_one_at_work_are_copied(champion, scores, samples, monkeypatch):
    copies, alive = [], []

    def copy(samples, policy):
        copied = replace(samples, policy=policy)
        copies.append(ref(copied))
        return copied

    def watched(*given, **how):
        alive.append(sum(copy() is not None for copy in copies))
        return fit(*given, **how)

    monkeypatch.setattr(type(samples), "under", copy)
    monkeypatch.setattr(holdout, "fit", watched)
    hold_out(champion, scores, [samples], seed=0)
    assert len(alive) == 2
    assert max(alive) == 2  # its own, and that of the model whose answers are counted


def test_track_level_predictions_are_of_the_track_they_name(champion, scores, samples):
    _, predictions = hold_out(champion, scores, [samples], seed=0)
    truth = dict(zip(samples.rows["track_id"], np.array(samples.genres)[samples.y], strict=True))
    assert (predictions["actual"] == predictions["track_id"].map(truth)).all()


def test_probabilities_name_the_predicted_genre(champion, scores, samples):
    _, predictions = hold_out(champion, scores, [samples], seed=0)
    for row in predictions.itertuples():
        assert sum(row.probabilities) == pytest.approx(1)
        assert row.genres[int(np.argmax(row.probabilities))] == row.predicted


def test_without_a_holdout_there_is_no_row(champion, scores, samples):
    evaluation, predictions = hold_out(champion, scores, [samples.learning()], seed=0)
    assert len(evaluation.scores) == len(predictions) == 0


def test_a_champion_of_other_genres_is_refused_instead_of_giving_wrong_names(champion, scores, samples):
    renamed = replace(samples, genres=("aaa", "blues", "jazz"))
    with pytest.raises(InputError, match="05_optimise"):
        hold_out(champion, scores, [renamed], seed=0)


def test_a_dummy_is_never_champion_however_well_it_guesses(scores):
    flattered = scores.assign(value=scores["value"].where(scores["model"] != "dummy_most_frequent", 1.0))
    assert ranking(flattered, "track")["model"].iloc[0] != "dummy_most_frequent"


def test_a_policy_that_was_not_compared_can_not_crown(scores):
    with pytest.raises(InputError, match="'random'"):
        ranking(scores, "random")


def test_of_many_held_out_tracks_a_sample_is_shown_and_all_are_scored(champion, scores, samples, monkeypatch):
    whole, everything = hold_out(champion, scores, [samples], seed=0)
    monkeypatch.setattr("pipeline.evaluation.holdout.MOST_TRACKS", 3)
    evaluation, predictions = hold_out(champion, scores, [samples], seed=0)
    assert evaluation.scores.equals(whole.scores)
    shown = set(predictions["track_id"])
    assert len(shown) == 3
    assert predictions.equals(everything[everything["track_id"].isin(shown)].reset_index(drop=True))
    assert say_left_out(champion, [samples]).startswith("Single predictions are kept of a sample of 3 of 6 tracks")
