"""Chances and sets of genres, made of out-of-fold votes, where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.promise import make_population, promised
from pipeline.evaluation import answer_out_of_fold, calibrate
from pipeline.evaluation.calibrate import FEWEST_TRACKS
from pipeline.evaluation.genre_sets import least_chances
from pipeline.evaluation.out_of_fold import OutOfFold, deal
from pipeline.models import FittedModel, build
from pipeline.models.calibrators import CALIBRATORS
from pipeline.splits import find_policy

TRACK = find_policy("track")


def champion_of(samples, name="logistic_regression"):
    fitted = build(name, 0).fit(samples.X, samples.y)
    return FittedModel(name, samples.feature_set, samples.window_s, "artist", samples.features, samples.genres,
                       fitted, 1, 0.5)  # fmt: skip


def sure_answers(n=600, k=3, seed=0):
    """Votes of a model that is twice as sure as it should be."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.ones(k), n)
    y = np.array([rng.choice(k, p=row) for row in chances])
    votes = chances**2 / (chances**2).sum(axis=1, keepdims=True)
    return OutOfFold(votes, y, np.arange(n), np.arange(n))


@pytest.mark.parametrize(("n_tracks", "per_artist"), [(300, 1), (400, 5)])
def test_of_nine_in_ten_new_tracks_the_set_holds_the_genre(n_tracks, per_artist):
    rngs = [np.random.default_rng([draw, n_tracks]) for draw in range(3)]
    drawn = [(make_population(n_tracks, per_artist, rng), make_population(1000, 1, rng)) for rng in rngs]
    found = [promised(samples, "logistic_regression", new, 0) for samples, new in drawn]
    assert np.mean([each["covered"] for each in found]) == pytest.approx(0.9, abs=0.03)


def test_votes_that_are_too_sure_become_chances():
    chance, tables = calibrate(sure_answers(), ("a", "b", "c"), TRACK, 0)
    methods = tables["calibration"].set_index("method")
    (chosen,) = methods.index[methods["chosen"]]
    assert chosen in ("temperature", "doubting_temperature")
    assert chance.calibrator.temperature_ == pytest.approx(2, rel=0.15)
    assert methods.loc["none", "expected_calibration_error"] > 0.1
    assert chance.error == methods.loc[chosen, "expected_calibration_error"] < 0.06
    assert methods["n"].eq(600).all()
    assert tables["reliability"].groupby("of")["n"].sum().to_dict() == {"vote": 600, "chance": 600}


def test_votes_of_few_neighbours_become_chances_though_most_are_nothing():
    rng = np.random.default_rng(0)
    n, k, n_neighbours = 600, 8, 5
    chances = rng.dirichlet(np.full(k, 0.3), size=n)
    y = np.array([rng.choice(k, p=row) for row in chances])
    votes = np.array([rng.multinomial(n_neighbours, row) for row in chances]) / n_neighbours
    _, tables = calibrate(OutOfFold(votes, y, np.arange(n), np.arange(n)), tuple("abcdefgh"), TRACK, 0)
    methods = tables["calibration"].set_index("method")
    assert methods.loc["temperature", "log_loss"] > methods.loc["doubting_temperature", "log_loss"] + 0.01
    assert methods.loc["doubting_temperature", "expected_calibration_error"] < 0.06
    told = CALIBRATORS["doubting_temperature"]().fit(votes, y).predict_proba(votes)
    np.testing.assert_allclose(told.sum(axis=1), 1)
    assert (told.argmax(axis=1) == votes.argmax(axis=1)).all()


def test_a_method_that_costs_accuracy_is_not_chosen(monkeypatch):
    class Turned(CALIBRATORS["temperature"]):
        def predict_proba(self, votes):
            turned = super().predict_proba(votes)
            return np.where(votes.argmax(axis=1, keepdims=True) == 0, np.full_like(turned, 1 / 3), turned)

    monkeypatch.setitem(CALIBRATORS, "temperature", Turned)
    _, tables = calibrate(sure_answers(), ("a", "b", "c"), TRACK, 0)
    methods = tables["calibration"]
    lost = methods["accuracy"].iloc[0] - methods.query("chosen")["accuracy"].iloc[0]
    assert lost <= 0.01 + 1e-9


@pytest.mark.parametrize("method", CALIBRATORS)
def test_chances_sum_to_1_and_rule_nothing_out_though_votes_are_all_or_nothing(method):
    votes = np.eye(3)[np.arange(90) % 3]
    chances = CALIBRATORS[method]().fit(votes, np.arange(90) // 2 % 3).predict_proba(votes)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert chances.min() > 0 or method == "none"


def test_too_few_tracks_make_no_chance(samples):
    few = FEWEST_TRACKS - 1
    answers = sure_answers(few)
    assert calibrate(answers, ("a", "b", "c"), TRACK, 0) == (None, {})
    crowded = replace(sure_answers(600), units=np.arange(600) % few)
    assert calibrate(crowded, ("a", "b", "c"), TRACK, 0) == (None, {})
    tiny = samples.where(samples.rows["track"].to_numpy() < 6)
    tiny = replace(tiny, rows=tiny.rows.assign(holdout=False))
    assert calibrate(answer_out_of_fold(champion_of(tiny), tiny, 0), tiny.genres, TRACK, 0) == (None, {})


def test_a_genre_of_fewer_than_nine_groups_has_no_promise_and_enters_no_set_but_as_the_first():
    answers = sure_answers()
    rare = np.flatnonzero(answers.y == 2)[8:]
    kept = np.setdiff1d(np.arange(600), rare)
    chance, tables = calibrate(
        OutOfFold(answers.votes[kept], answers.y[kept], kept, kept), ("a", "b", "c"), TRACK, 0
    )  # fmt: skip
    assert chance.unpromised == ("c",)
    assert list(tables["genre_promises"]["promised"]) == [True, True, False]
    assert "c" not in chance.genre_set(np.array([0.4, 0.31, 0.29]))
    assert chance.genre_set(np.array([0.1, 0.1, 0.8]))[0] == "c"


def test_groups_weigh_alike_however_many_tracks_they_have():
    scores = np.concatenate([np.full(500, 0.49), np.linspace(0.1, 0.48, 40)])
    chances, y = np.column_stack([scores, 1 - scores]), np.zeros(540, dtype=int)
    units = np.concatenate([np.zeros(500, dtype=int), np.arange(1, 41)])
    thresholds, n_groups = least_chances(chances, y, units)
    assert n_groups.tolist() == [41, 0]
    assert 0.1 < thresholds[0] < 0.16
    assert np.isnan(thresholds[1])


def test_folds_keep_groups_whole_and_never_test_a_genre_s_only_group():
    units, y = np.repeat(np.arange(13), 3), np.repeat([0] * 6 + [1] * 6 + [2], 3)
    folds = deal(units, y, 4, 0)
    assert all(len(set(folds[units == unit])) == 1 for unit in range(13))
    assert set(folds[y == 2]) == {-1}
    assert set(folds[y < 2]) == {0, 1, 2, 3}


def test_out_of_fold_votes_are_of_learned_tracks_only_and_no_better_than_honest(samples):
    answers = answer_out_of_fold(champion_of(samples, "knn_1"), samples, 0)
    assert answers.n_tracks == samples.learning().rows["track"].nunique()
    assert len(answers) == 3 * answers.n_tracks
    assert (answers.votes.argmax(axis=1) == answers.y).mean() < 0.8  # of rows it has learned it would know all
    np.testing.assert_allclose(answers.votes.sum(axis=1), 1)


def test_the_parameters_that_a_search_found_are_kept(samples):
    champion = champion_of(samples)
    tuned = replace(champion, parameters={"logisticregression__C": 1e-6})
    assert (
        answer_out_of_fold(tuned, samples, 0).votes.max() < answer_out_of_fold(champion, samples, 0).votes.max() - 0.1
    )
