"""What the champion is announced by: fair where the truth is known, and the same however it was stored."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import choice as benchmark
from benchmarks.choice import Cell
from pipeline.evaluation import Candidate, correct, evaluate, gather, pack_answers, ranking, search_k, unpack_answers
from pipeline.evaluation import answered as answers
from pipeline.evaluation.choice import Family, Tried
from pipeline.evaluation.interval import overall_interval, share_of_one
from tests.evaluation.conftest import make_samples

CELLS = [Cell(60, 1, 18, 50, 0), Cell(120, 5, 40, 50, 5), Cell(400, 1, 18, 50, 2)]


def test_what_is_announced_is_neither_too_high_nor_too_low_and_its_interval_holds_the_truth():
    found = benchmark.measure_all(CELLS, 200, seed=1)
    assert found["too high, as chosen"].min() > 2
    assert found["too high, ours"].abs().max() < 1
    assert (found["announced"].abs() - 3 * found["standard error"]).max() < 1
    assert found["covered"].min() > 0.88, "what 60 to 200 datasets can't tell from .93"


def test_there_are_all_the_cells_that_are_promised():
    assert {cell.tracks for cell in benchmark.cells()} == {60, 120, 400, 1000}


@given(st.integers(0, 2**32), st.integers(6, 40))
def test_of_a_single_candidate_nothing_is_taken_off(seed, n_groups):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 6, (n_groups, 1))
    right = rng.binomial(n, 0.6)
    found = correct(Tried(right, n, np.arange(n_groups) % 3), seed=0)
    value, sizes = right.sum() / n.sum(), n[:, 0]
    assert found.value == pytest.approx(value)
    without = (right.sum() - right[:, 0]) / (n.sum() - sizes)
    np.testing.assert_allclose(found.bounds, overall_interval(value, without, share_of_one(sizes)), atol=0.02)


@given(st.integers(0, 2**32))
def test_a_candidate_that_is_far_better_is_announced_by_what_it_scores(seed):
    rng = np.random.default_rng(seed)
    right = rng.random((60, 5)) < [0.1, 0.1, 0.95, 0.1, 0.1]
    assert correct(Tried(right, np.ones((60, 5)), np.arange(60) % 3), 0).value == pytest.approx(right[:, 2].mean())


def test_of_too_few_groups_no_interval_is_told():
    found = correct(Tried(np.ones((4, 2)), np.ones((4, 2)), np.zeros(4, dtype=int)), 0)
    assert found.value == 1
    assert np.isnan(found.bounds).all()


def test_of_a_family_the_one_with_the_best_rows_alone_can_be_chosen():
    """Its second member has the best votes, but rows choose the first."""
    right, rows = np.tile([0.0, 1.0, 0.0], (30, 1)), np.tile([3, 1], (30, 1))
    tried = Tried(
        right + np.array([0.5, 0, 0]), np.ones((30, 3)), np.zeros(30, dtype=int), [Family([1, 2], rows[:, ::-1])]
    )
    assert correct(tried, 0).value == 0.5
    assert correct(replace(tried, families=[Family([1, 2], rows)]), 0).value == 1


@pytest.fixture(scope="module")
def noise():
    """Rows without a word of truth, and what was tried on them."""
    samples = make_samples(tracks_a_genre=14, segments=2)
    samples = replace(samples, values=np.random.default_rng(5).normal(size=samples.X.shape)).learning()
    models = ("knn_3", "knn_5", "logistic_regression", "svm_rbf", "dummy_most_frequent")
    return samples, evaluate([Candidate(model, samples, "track") for model in models], repeats=4, seed=0, jobs=1)


def test_answers_are_the_same_after_they_were_packed(noise, monkeypatch):
    monkeypatch.setattr(answers, "AT_ONCE", 10)
    given = noise[1].answered
    packed = pack_answers(given)
    assert len(packed) > len(given)
    found = unpack_answers(packed.sample(frac=1, random_state=0))
    assert found.keys() == given.keys()
    for key, tracks in given.items():
        for name in ("track_ids", "right", "n"):
            np.testing.assert_array_equal(getattr(found[key], name), getattr(tracks, name))
    assert unpack_answers(pd.DataFrame()) == {}


def test_answers_of_all_candidates_are_kept_but_of_those_that_look_at_nothing(noise):
    samples, evaluation = noise
    assert {model for model, *_ in evaluation.answered} == {"knn_3", "knn_5", "logistic_regression", "svm_rbf"}
    scores = evaluation.scores.query("subset == 'test' and level == 'track' and metric == 'accuracy'")
    for (model, *_), tracks in evaluation.answered.items():
        [value] = scores.loc[scores["model"] == model, "value"]
        assert tracks.right.sum() / tracks.n.sum() == pytest.approx(value)
        assert set(tracks.track_ids) <= set(samples.rows["track_id"])


def test_what_was_chosen_from_noise_is_announced_near_chance(noise):
    samples, evaluation = noise
    searched = search_k(samples, "track", k_values=range(1, 14, 2), repeats=4, seed=0, answers=True)
    tried = gather(evaluation.answered, [searched], [samples], "track")
    assert tried.right.shape[1] == 4 + 7 - 2, "k = 3 and k = 5 are compared already"
    as_chosen = ranking(evaluation.scores, "track")["value"].iloc[0]
    found = correct(tried, 0)
    assert found.value < as_chosen
    assert found.bounds[0] < 1 / 3 < found.bounds[1]


def test_a_k_that_was_compared_already_is_one_candidate_and_goes_on_whatever_rows_choose(noise):
    samples, evaluation = noise
    searched = search_k(samples, "track", k_values=[1, 3, 9], repeats=4, seed=0, answers=True)
    tried = gather(evaluation.answered, [searched], [samples], "track")
    (family,) = tried.families
    compared = sorted(evaluation.answered).index(("knn_3", samples.feature_set, samples.window_s, "track"))
    assert family.columns == [4, compared, 5]
    assert family.at_large.tolist() == [False, True, False]
    twice = gather(
        {key: of for key, of in evaluation.answered.items() if key[0] != "knn_3"}, [searched], [samples], "track"
    )
    np.testing.assert_array_equal(twice.right[:, twice.families[0].columns], tried.right[:, family.columns])


def test_a_member_that_stands_by_itself_may_be_chosen_though_rows_choose_another():
    right, rows = np.tile([0.0, 1.0], (30, 1)), np.tile([3, 1], (30, 1))
    alone = [Family([0, 1], rows, np.array([False, at_large])) for at_large in (False, True)]
    values = [correct(Tried(right, np.ones((30, 2)), np.zeros(30, dtype=int), [of]), 0).value for of in alone]
    assert values == [0, 1]


def test_tracks_of_one_group_are_scored_together_and_tracks_that_are_gone_are_left_out(noise):
    samples, evaluation = noise
    by_artist = gather(evaluation.answered, [], [replace(samples, policy="artist")], "artist")
    tested = {name for tracks in evaluation.answered.values() for name in tracks.track_ids}
    rows = samples.rows[samples.rows["track_id"].isin(tested)]
    assert len(by_artist.genres) == rows["artist"].nunique() < rows["track"].nunique()
    some = samples.where(samples.rows["track"].to_numpy() < 20)
    assert gather(evaluation.answered, [], [some], "track").n.sum() < by_artist.n.sum()
