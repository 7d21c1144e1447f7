"""Doubtful labels: wrong ones come first, the holdout stays out, and a predefined split is set beside."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import check_labels, doubt_labels
from pipeline.quality import as_table
from tests.evaluation.conftest import make_samples

PLANTED = (4, 17, 40, 71, 85)


@pytest.fixture(scope="module")
def mislabelled():
    """Return clear genres with five wrong labels, and the ids of these."""
    samples = make_samples(tracks_a_genre=30, n_features=8, track_share=0.3)
    y = samples.y.copy()
    wrong = np.isin(samples.rows["track"], PLANTED)
    y[wrong] = (y[wrong] + 1) % len(samples.genres)
    return replace(samples, y=y), {f"t{track:03d}" for track in PLANTED}


@pytest.fixture(scope="module")
def doubted(mislabelled):
    return doubt_labels(mislabelled[0], seed=0, jobs=2)


def tracks_of(doubted, **columns):
    return doubted[["track_id", "genre"]].assign(**{"predefined_split": None, **columns})


def checks(doubted, tracks, copies=frozenset()):
    return as_table(check_labels(doubted, tracks, copies)).set_index("check")


def test_wrong_labels_come_first_with_the_genre_they_sound_like(mislabelled, doubted):
    samples, wrong = mislabelled
    assert set(doubted["track_id"][: len(wrong)]) == wrong
    first = doubted.iloc[0]
    true = (samples.genres.index(first["genre"]) - 1) % len(samples.genres)
    assert first["sounds_like"] == samples.genres[true]
    assert doubted["probability_of_genre"].is_monotonic_increasing


def test_confident_learning_finds_the_wrong_labels_and_hardly_another(mislabelled, doubted):
    _, wrong = mislabelled
    issues = set(doubted["track_id"][doubted["issue"]])
    assert wrong <= issues
    assert len(issues - wrong) <= 2


def test_each_track_is_judged_once_whatever_the_number_of_its_segments(mislabelled, doubted):
    assert sorted(doubted["track_id"]) == sorted(mislabelled[0].rows["track_id"].unique())


def test_the_same_seed_doubts_the_same_on_any_number_of_threads(mislabelled, doubted):
    pd.testing.assert_frame_equal(doubt_labels(mislabelled[0], seed=0, jobs=1), doubted)


def test_what_the_holdout_says_makes_no_difference(mislabelled):
    samples, _ = mislabelled
    held = samples.rows["holdout"].to_numpy()
    other = replace(samples, y=np.where(held, (samples.y + 1) % 3, samples.y))
    here, there = (doubt_labels(each.learning(), seed=0, jobs=2) for each in (samples, other))
    pd.testing.assert_frame_equal(here, there)
    assert not set(here["track_id"]) & set(samples.rows["track_id"][held])


def test_a_duplicate_does_not_vouch_for_the_label_of_its_original():
    """Five tracks of wrong labels whose exact copies have the same: a fold that tore them apart would believe both."""
    samples = make_samples(tracks_a_genre=30, n_features=8, track_share=0.3)
    wrong = np.isin(samples.rows["track"], PLANTED)
    y = np.where(wrong, (samples.y + 1) % 3, samples.y)
    copies = samples.rows[wrong].assign(
        track=lambda rows: rows["track"] + 1000, track_id=lambda rows: rows["track_id"] + "-copy"
    )
    doubled = replace(
        samples,
        X=np.vstack([samples.X, samples.X[wrong]]),
        y=np.concatenate([y, y[wrong]]),
        rows=pd.concat([samples.rows, copies], ignore_index=True),
    )
    doubted = doubt_labels(doubled, seed=0, jobs=2)
    assert set(doubted["track_id"][:10]) == {f"t{track:03d}{end}" for track in PLANTED for end in ("", "-copy")}


def test_genres_of_too_few_tracks_are_not_judged_and_named(mislabelled):
    samples, _ = mislabelled
    few = samples.where((samples.y != 2) | (samples.rows["track"].to_numpy() < 3))
    doubted = doubt_labels(few, seed=0, jobs=2)
    assert set(doubted["genre"]) == {"blues", "jazz"}
    tracks = pd.concat(
        [tracks_of(doubted), pd.DataFrame({"track_id": ["r"], "genre": "rock", "predefined_split": None})]
    )
    assert "Not judged, for too few tracks: rock" in checks(doubted, tracks).loc["suspicious_labels", "detail"]


def test_where_nothing_can_be_judged_nothing_is_doubted(mislabelled):
    samples, _ = mislabelled
    doubted = doubt_labels(samples.where(samples.y == 0), seed=0, jobs=1)
    assert doubted.empty
    found = checks(doubted, pd.DataFrame({"track_id": ["a"], "genre": "blues", "predefined_split": "test"}))
    assert found.index.tolist() == ["suspicious_labels"]
    assert found.loc["suspicious_labels", "status"] == "ok"


def test_the_check_says_to_listen_and_names_the_most_doubtful_first(doubted):
    row = checks(doubted, tracks_of(doubted)).loc["suspicious_labels"]
    assert (row["status"], row["n"]) == ("warning", doubted["issue"].sum())
    first = doubted.iloc[0]
    told = f"to listen to, not to delete: {first.track_id} ({first.genre}) sounds like {first.sounds_like}"
    assert told in row["detail"]


def test_tracks_that_a_predefined_split_leaves_out_are_counted_among_the_most_suspicious(doubted):
    left_out = {*doubted["track_id"][:4], *doubted["track_id"][-6:]}
    sides = np.where(doubted["track_id"].isin(left_out), "faulty", np.where(doubted.index % 2, "Train", "test"))
    tracks = tracks_of(doubted, predefined_split=sides)
    held = pd.DataFrame({"track_id": ["h"], "genre": "rock", "predefined_split": [None]})
    row = checks(doubted, pd.concat([tracks, held]), {doubted["track_id"][0]}).loc["excluded_among_suspicious"]
    assert (row["status"], row["n"]) == ("ok", 4)
    assert row["detail"] == (
        "4 of the 10 tracks that the predefined split leaves out are among the 45 most suspicious labels; by chance 5 "
        "would be. 1 of the 10 are copies of another track, which says nothing of their labels. 1 more are held out or "
        "not judged"
    )


@pytest.mark.parametrize("side", [None, "train", "a"])
def test_without_tracks_left_out_there_is_nothing_to_say_of_them(doubted, side):
    assert checks(doubted, tracks_of(doubted, predefined_split=side)).index.tolist() == ["suspicious_labels"]
