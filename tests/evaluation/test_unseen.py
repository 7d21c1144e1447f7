import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from pipeline.evaluation.unseen import draw_some, find_unseen, holdout_accuracy, read_unseen, report_on
from pipeline.models import load_champion

GENRES = ("blues", "jazz", "rock")


@pytest.fixture(scope="module")
def unseen(songs):
    return read_unseen(songs.run, load_champion(songs.run))


def test_all_held_out_tracks_are_there_with_artist_and_title(unseen, songs):
    held = songs.database["tracks"].distinct("track_id", {"holdout": True})
    assert sorted(unseen["track_id"]) == held
    assert unseen[["artist", "title"]].notna().all(axis=None)


def test_the_wrong_ones_come_first_and_of_these_the_surest(unseen):
    assert list(unseen["correct"]) == sorted(unseen["correct"])
    wrong = unseen[~unseen["correct"].astype(bool)]
    assert wrong["probability"].is_monotonic_decreasing


def test_their_share_is_the_holdout_accuracy(unseen, songs):
    told = holdout_accuracy(songs.run, load_champion(songs.run))
    assert told["value"] == pytest.approx(unseen["correct"].mean())
    assert told["ci_low"] <= told["value"] <= told["ci_high"]
    assert told["n"] == len(unseen)


@given(st.integers(1, 20), st.integers(0, 1000))
def test_a_seed_draws_the_same_and_nothing_twice(n, seed):
    rows = pd.DataFrame({"track_id": [f"t{i}" for i in range(12)]})
    drawn = draw_some(rows, n, seed)
    assert drawn.equals(draw_some(rows, n, seed))
    assert drawn["track_id"].nunique() == len(drawn) == min(n, 12)


def test_rows_are_found_by_genre_answer_and_words_whatever_their_case(unseen):
    first = unseen.iloc[0]
    assert set(find_unseen(unseen, actual=first["actual"])["actual"]) == {first["actual"]}
    assert first["track_id"] in set(find_unseen(unseen, words=first["artist"].upper())["track_id"])
    right, wrong = (find_unseen(unseen, answer=answer) for answer in ("right", "wrong"))
    assert len(right) + len(wrong) == len(unseen)
    assert len(find_unseen(unseen, words="no such words .*")) == 0
    assert find_unseen(unseen).equals(unseen)
    assert len(find_unseen(unseen.iloc[:0], actual="blues", answer="right", words="x")) == 0


@given(st.lists(st.tuples(st.sampled_from(GENRES), st.sampled_from(GENRES)), min_size=1, max_size=12))
def test_the_report_is_scikit_learn_s_for_the_genres_that_occur(pairs):
    rows = pd.DataFrame(pairs, columns=["actual", "predicted"])
    report = report_on(rows).set_index("genre")
    genres = sorted({*rows["actual"], *rows["predicted"]})
    precision, recall, f1, support = precision_recall_fscore_support(
        rows["actual"], rows["predicted"], labels=genres, zero_division=np.nan
    )
    assert list(report.index) == genres
    np.testing.assert_allclose(report["precision"], precision)
    np.testing.assert_allclose(report["recall"], recall)
    assert list(report["support"]) == list(support)
    np.testing.assert_allclose(report["f1"].fillna(0), np.nan_to_num(f1))
