"""A model that can't bear all rows learns from a sample of whole tracks, and says so."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import Candidate, Samples, check_sampled, evaluate, say_sampled
from pipeline.evaluation.fitting import fit
from pipeline.evaluation.limits import rows_it_bears, rows_to_learn_from, within_sample
from pipeline.models import display_name, zoo
from pipeline.splits import split_rows
from tests.evaluation.conftest import make_samples

MODEL, MOST, SEGMENTS = "logistic_regression", 60, 4


@pytest.fixture
def limited(monkeypatch):
    def limit(most_rows: int) -> None:
        monkeypatch.setitem(zoo.ZOO, MODEL, replace(zoo.ZOO[MODEL], most_rows=most_rows))

    return limit


def n_rows(scores, policy, subset, level):
    wanted = f"metric == 'accuracy' and split_policy == '{policy}' and subset == '{subset}' and level == '{level}'"
    return scores.query(wanted)["n"].item()


def test_it_learns_from_whole_tracks_drawn_by_the_seed_and_no_more_than_it_can_bear(samples, limited):
    limited(MOST)
    learned = rows_to_learn_from(MODEL, samples, seed=1)
    assert len(learned) == MOST
    assert set(np.bincount(samples.rows["track"].to_numpy()[learned])) == {0, SEGMENTS}
    assert set(np.bincount(samples.y[learned])) == {MOST // 3}
    assert learned.tolist() == rows_to_learn_from(MODEL, samples, seed=1).tolist()
    assert learned.tolist() != rows_to_learn_from(MODEL, samples, seed=2).tolist()
    alone = fit(MODEL, samples.where(learned), 1).estimator.predict_proba(samples.X)
    np.testing.assert_array_equal(fit(MODEL, samples, 1).estimator.predict_proba(samples.X), alone)


def test_it_is_tested_on_all_test_tracks_and_trained_scores_are_of_what_it_learned_from(samples, limited):
    whole = evaluate([Candidate(MODEL, samples, "track")], repeats=1, seed=0, jobs=1).scores
    limited(MOST)
    scores = evaluate([Candidate(MODEL, samples, "track")], repeats=1, seed=0, jobs=1).scores
    assert n_rows(scores, "track", "test", "track") == n_rows(whole, "track", "test", "track")
    assert n_rows(scores, "track", "train", "segment") == MOST


def test_shuffled_rows_are_tested_on_the_tracks_it_learned_from_so_that_the_leak_stays_visible(limited):
    samples = make_samples(tracks_a_genre=60)
    limited(MOST)
    scores = evaluate([Candidate(MODEL, samples, "random")], repeats=1, seed=0, jobs=1).scores
    learned, tested = (n_rows(scores, "random", subset, "track") for subset in ("train", "test"))
    assert tested <= learned + 2 <= MOST // 3 + 2
    assert n_rows(scores, "random", "train", "segment") <= MOST


def test_a_limit_that_is_not_reached_changes_nothing_and_is_not_spoken_of(samples, limited):
    candidates = [Candidate(MODEL, samples, policy) for policy in ("random", "track")]
    before = evaluate(candidates, repeats=2, seed=0, jobs=1)
    limited(len(samples))
    after = evaluate(candidates, repeats=2, seed=0, jobs=1)
    assert before.scores.equals(after.scores)
    assert (say_sampled([MODEL], [samples]), len(check_sampled([MODEL], [samples]))) == ([], 0)


def test_a_limit_that_is_reached_is_told_with_its_number(samples, limited):
    limited(MOST)
    (told,) = say_sampled([MODEL, "random_forest"], [samples])
    assert told.startswith(
        f"{display_name(MODEL)} learns from {MOST} rows at most: of {len(samples)} 3-second rows a sample"
    )
    (check,) = check_sampled([MODEL], [samples]).to_dict("records")
    assert (check["check"], check["status"], check["detail"]) == ("learned_from_a_sample", "ok", told)


def test_what_grows_faster_than_its_rows_has_a_limit_below_the_others():
    for name in ("svm_rbf", "svm_rbf_pca", "soft_vote", "knn_3", "knn_kl", "random_forest", "extra_trees"):
        assert zoo.find_entry(name).most_rows < zoo.find_entry("logistic_regression").most_rows


def one_row_a_track(n_rows: int, n_genres: int) -> Samples:
    """Return a table of one row a track, of a single feature that says nothing."""
    tracks = np.arange(n_rows)
    rows = pd.DataFrame({"track": tracks, "group": tracks, "content": tracks, "artist": tracks, "artist_known": False})
    genres = tuple(f"genre {i}" for i in range(n_genres))
    return Samples("table", 30.0, ("f",), genres, np.zeros((n_rows, 1)), tracks % n_genres, rows)


@pytest.mark.parametrize("n_rows", [60_000, 100_000, 125_000])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_sample_of_one_row_tracks_has_its_promised_size_in_every_repeat(n_rows, seed):
    samples, model = one_row_a_track(n_rows, 10), "svm_rbf"
    most = rows_it_bears(model, samples)
    for policy, repeat in product(("random", "track"), range(2)):
        train, test = split_rows(policy, samples.rows, samples.y, seed=seed, repeat=repeat)
        train, test = within_sample(model, policy, samples, train, test, seed)
        learned = rows_to_learn_from(model, samples.where(train), seed)
        assert 0.95 * most < len(learned) <= most
        assert len(test) > 0.3 * most * (policy == "random") + n_rows / 4 * (policy == "track") - 10
