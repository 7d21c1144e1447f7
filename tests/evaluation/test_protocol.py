import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from pipeline.errors import InputError
from pipeline.evaluation import Candidate, evaluate, plan, protocol
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.vote import pool
from pipeline.models import ZOO
from tests.evaluation.conftest import make_samples


def accuracy(scores, **wanted):
    chosen = scores[scores["metric"] == "accuracy"]
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen["value"].iloc[0]


@pytest.fixture(scope="module")
def scores(samples):
    candidates = [Candidate(model, samples, policy) for model in ("knn_1", "dummy_most_frequent")
                  for policy in ("random", "track")]  # fmt: skip
    return evaluate(candidates, repeats=4, seed=0, jobs=2).scores


def test_shuffled_rows_flatter_a_neighbour_search_and_whole_tracks_do_not(scores):
    shuffled = accuracy(scores, model="knn_1", split_policy="random", subset="test", level="segment")
    honest = accuracy(scores, model="knn_1", split_policy="track", subset="test", level="segment")
    assert shuffled > 0.95
    assert honest < 0.75


def test_a_dummy_gains_nothing_from_shuffling(scores):
    for policy in ("random", "track"):
        assert accuracy(
            scores, model="dummy_most_frequent", split_policy=policy, subset="test", level="segment"
        ) == pytest.approx(1 / 3, abs=0.12)


def test_every_score_has_n_and_repeats_and_all_but_those_of_single_repeats_an_interval(scores):
    assert scores[["n", "repeats"]].notna().all(axis=None)
    of_repeats = scores["metric"].str.startswith("accuracy_repeat_")
    assert set(scores.loc[of_repeats, "metric"]) == {"accuracy_repeat_mean", "accuracy_repeat_sd"}
    assert (scores[["ci_low", "ci_high"]].notna().all(axis=1) == ~of_repeats).all()
    assert set(scores["repeats"]) == {4}
    assert set(scores["subset"]) == {"train", "test"}
    assert set(scores["level"]) == {"segment", "track"}
    tracks = scores[(scores["level"] == "track") & (scores["subset"] == "test")]
    assert tracks["n"].max() <= 60


def test_the_same_seed_gives_the_same_scores_on_any_number_of_threads(samples):
    candidates = [Candidate(model, samples, "track") for model, entry in ZOO.items() if entry.kind == "vectors"]
    assert len(candidates) > 10
    one = evaluate(candidates, repeats=2, seed=3, jobs=1).scores
    two = evaluate(candidates, repeats=2, seed=3, jobs=2).scores
    assert one.equals(two)


@pytest.mark.parametrize(("segments", "n_fits"), [(1, 2 * 2), (2, 2 * 3)])
def test_two_policies_that_draw_the_same_splits_are_scored_alike_by_one_fit(monkeypatch, segments, n_fits):
    of_rows, fitted = make_samples(segments=segments), []
    monkeypatch.setattr(protocol, "fit", lambda *given, **more: fitted.append(1) or fit(*given, **more))
    candidates = [Candidate("knn_3", of_rows, policy) for policy in ("random", "track", "artist")]
    found = evaluate(candidates, repeats=2, seed=0, jobs=1)
    assert len(fitted) == n_fits
    for table in (found.scores, found.class_report, found.confusion):
        shuffled, kept = (
            table[(table["split_policy"] == policy) & (table["metric"] != "leak_gap" if "metric" in table else True)]
            .drop(columns="split_policy")
            .reset_index(drop=True)
            for policy in ("random", "track")
        )
        assert shuffled.equals(kept) == (segments == 1)
    assert set(found.tested) == set(found.answered) == {candidate.key for candidate in candidates}


def test_a_track_is_named_by_the_pooled_vote_of_its_segments(samples):
    estimator = fit("logistic_regression", samples.learning(), 0).estimator
    rows = np.arange(40, 60)
    levels = predict(estimator, samples, rows)
    expected = pool(levels["segment"].probabilities, np.repeat(np.arange(5), 4))
    np.testing.assert_array_equal(levels["track"].probabilities, expected)
    np.testing.assert_array_equal(levels["track"].actual, samples.y[rows][::4])


def test_a_genre_that_training_never_met_gets_no_probability():
    samples = make_samples(tracks_a_genre=4)
    known = samples.where(samples.y != 1)
    estimator = fit("random_forest", known, 0).estimator
    everything = predict(estimator, samples, np.arange(len(samples)))["segment"]
    assert everything.probabilities.shape == (len(samples), 3)
    assert (everything.probabilities[:, 1] == 0).all()
    assert set(np.unique(everything.predicted)) <= {0, 2}


def test_a_genre_with_one_track_is_still_evaluated_without_an_error():
    samples = make_samples(tracks_a_genre=4)
    rare = samples.where((samples.y != 2) | (samples.rows["track_id"] == "t002").to_numpy())
    evaluation = evaluate([Candidate("knn_3", rare, "track")], repeats=2, seed=0, jobs=1)
    support = evaluation.class_report[evaluation.class_report["level"] == "track"].set_index("genre")["support"]
    assert support["rock"] == 0
    assert support["blues"] > 0


def test_the_plan_tries_means_only_where_names_tell_and_a_dummy_once(samples):
    planned = [(c.model, c.samples.feature_set) for c in plan([samples], ["dummy_stratified", "knn_3"], ["track"])]
    assert planned == [("dummy_stratified", "test-v1"), ("knn_3", "test-v1"), ("knn_3", "test-v1-means")]
    assert samples.means_only().features == ("f0_mean", "f1_mean", "f2_mean")


def test_an_unknown_model_is_refused_by_name(samples):
    with pytest.raises(InputError, match="no model 'magic'"):
        evaluate([Candidate("magic", samples, "track")], repeats=1, seed=0, jobs=1)


def test_a_candidate_without_rows_to_test_on_is_refused_by_its_name(samples):
    untested = samples.where((samples.rows["predefined"] == "train").to_numpy())
    with pytest.raises(InputError, match="knn_1 has no 3-second rows to be tested on under split policy 'predefined'"):
        evaluate([Candidate("knn_1", untested, "predefined")], repeats=1, seed=0, jobs=1)


def test_a_guesser_scores_what_its_draws_give_on_average(samples):
    lopsided = samples.where((samples.y != 2) | (samples.rows["track"] < 30).to_numpy())
    evaluation = evaluate([Candidate("dummy_stratified", lopsided, "track")], repeats=3, seed=0, jobs=1)
    told = evaluation.scores.query("subset == 'train' and level == 'track'").set_index("metric")["value"]
    shares = np.bincount(lopsided.y) / len(lopsided)
    assert told["accuracy"] == pytest.approx((shares**2).sum(), abs=0.01)
    assert told["balanced_accuracy"] == pytest.approx(1 / 3)
    assert told["mcc"] == pytest.approx(0, abs=1e-9)
    assert told["expected_calibration_error"] == pytest.approx(0, abs=0.02)
    report = evaluation.class_report.query("level == 'track'").set_index("genre")
    assert report["recall"].tolist() == pytest.approx(shares, abs=0.02)
    drawn = [
        DummyClassifier(strategy="stratified", random_state=seed).fit(lopsided.X, lopsided.y) for seed in range(99)
    ]
    assert told["accuracy"] == pytest.approx(np.mean([one.score(lopsided.X, lopsided.y) for one in drawn]), abs=0.01)
    tested = evaluation.tested["dummy_stratified", "test-v1", 3.0, "track"]
    assert not tested.duplicated(["repeat", "track_id"]).any()
    assert tested["correct"].between(0.1, 0.6).all()
