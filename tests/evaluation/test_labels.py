"""Doubtful labels: wrong ones come first, single ones and an artist's; the holdout stays out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import check_labels, doubt_labels, labels
from pipeline.quality import as_table
from tests.evaluation.conftest import make_samples

PLANTED = (4, 17, 40, 71, 85)


@pytest.fixture(scope="module", autouse=True)
def _one_seed():
    """Ask each judge once with tracks and once with artists kept whole: half the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labels, "SEEDS", 1)
        yield


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


def checks(doubted, tracks):
    return as_table(check_labels(doubted, tracks)).set_index("check")


def test_wrong_labels_come_first_with_the_genre_they_sound_like(mislabelled, doubted):
    samples, wrong = mislabelled
    assert set(doubted["track_id"][: len(wrong)]) == wrong
    first = doubted.iloc[0]
    true = (samples.genres.index(first["genre"]) - 1) % len(samples.genres)
    assert first["sounds_like"] == samples.genres[true]
    assert doubted["probability_of_genre"].is_monotonic_increasing


def test_no_judge_believes_the_wrong_labels_and_hardly_another_is_doubted(mislabelled, doubted):
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
        values=np.vstack([samples.X, samples.X[wrong]]),
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
    tracks = pd.DataFrame({"genre": [*doubted["genre"], "rock"]})
    assert "Not judged, for too few tracks: rock" in checks(doubted, tracks).loc["suspicious_labels", "detail"]


def test_where_nothing_can_be_judged_nothing_is_doubted(mislabelled):
    samples, _ = mislabelled
    doubted = doubt_labels(samples.where(samples.y == 0), seed=0, jobs=1)
    assert doubted.empty
    found = checks(doubted, pd.DataFrame({"genre": ["blues"]}))
    assert found.index.tolist() == ["suspicious_labels"]
    assert found.loc["suspicious_labels", "status"] == "ok"


def test_the_check_says_to_listen_and_names_the_most_doubtful_first(doubted):
    row = checks(doubted, doubted).loc["suspicious_labels"]
    assert (row["status"], row["n"]) == ("warning", doubted["issue"].sum())
    first = doubted.iloc[0]
    told = f"to listen to, not to delete: {first.track_id} ({first.genre}) sounds like {first.sounds_like}"
    assert told in row["detail"]


def test_an_artist_whose_labels_are_all_wrong_is_found_where_artists_are_known(mislabelled):
    """Tracks of an artist sound alike, so that they vouch for each other unless folds keep the artist whole."""
    samples = make_samples(tracks_a_genre=60, n_features=8, track_share=0.1, segments=2)
    rng = np.random.default_rng(1)
    artist = samples.rows["track"].to_numpy() // 12 * 3 + samples.y  # of four tracks each, of one genre
    own_sound = 6 * rng.normal(size=(artist.max() + 1, samples.X.shape[1]))
    wrong = np.isin(artist, (4, 7))
    samples = replace(
        samples,
        values=samples.X
        + 2.5 * np.eye(3)[samples.y] @ rng.normal(size=(3, samples.X.shape[1]))
        + 0.25 * own_sound[artist],
        y=np.where(wrong, (samples.y + 1) % 3, samples.y),
        rows=samples.rows.assign(artist=artist, artist_known=True),
    )
    planted = set(samples.rows["track_id"][wrong])
    with_artists = doubt_labels(samples, seed=0, jobs=2)
    without = doubt_labels(replace(samples, rows=samples.rows.assign(artist_known=False)), seed=0, jobs=2)
    found, missed = (planted & set(ranked["track_id"][: len(planted)]) for ranked in (with_artists, without))
    assert len(found) > len(missed)


def test_the_rank_has_a_spread_that_is_wide_where_judges_do_not_agree(doubted):
    assert doubted["rank"].tolist() == list(range(1, len(doubted) + 1))
    assert (doubted["rank_low"] <= doubted["rank_high"]).all()
    width = doubted["rank_high"] - doubted["rank_low"]
    assert width[: len(PLANTED)].mean() < width.mean(), "all judges see a clear fault"


def test_a_genre_of_a_single_artist_is_judged_with_tracks_kept_whole_alone():
    """With the artist left out nothing would be left of the genre, and each of its labels would look wrong."""
    samples = make_samples(tracks_a_genre=20, n_features=8, track_share=0.3)
    artist = np.where(samples.y == 0, 1000, samples.rows["artist"])
    doubted = doubt_labels(replace(samples, rows=samples.rows.assign(artist=artist)), seed=0, jobs=2)
    assert doubted.query("genre == 'blues'")["issue"].mean() < 0.2


@given(st.integers(1, 10**7))
def test_of_many_rows_there_are_fewer_folds_but_all_that_a_judge_learns_from_is_left(n):
    n_folds = labels._n_folds(range(n))
    assert labels.FEWEST_FOLDS <= n_folds <= labels.N_FOLDS
    assert n_folds == labels.N_FOLDS or n - n / n_folds >= labels.MOST_LEARNED - 1
    assert n > labels.MOST_LEARNED or n_folds == labels.N_FOLDS


def test_two_folds_find_wrong_labels_too(mislabelled, monkeypatch):
    samples, wrong = mislabelled
    monkeypatch.setattr(labels, "MOST_LEARNED", len(samples) // 3)
    assert labels._n_folds(samples) == 2
    doubted = doubt_labels(samples, seed=0, jobs=2)
    assert len(wrong & set(doubted["track_id"][: len(wrong)])) >= len(wrong) - 1
