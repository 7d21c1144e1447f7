import pandas as pd
import pytest

from pipeline.evaluation import leak_gaps, leak_sentences, summarise

DIMENSIONS = {"model": "knn_3", "feature_set": "spectral-v1", "level": "segment", "metric": "accuracy"}


def scores(*rows):
    """Scores of rows and of tracks."""
    columns = ["window_s", "split_policy", "subset", "value"]
    frame = pd.DataFrame(rows, columns=columns).assign(**DIMENSIONS, n=50, ci_low=float("nan"), ci_high=float("nan"))
    return pd.concat([frame, frame.assign(level="track")], ignore_index=True)


def measured(frame, *gaps):
    """Return scores with the rows of gaps: window, policy, value and half the width of the interval."""
    columns = ["window_s", "split_policy", "value", "ci_low", "ci_high"]
    rows = pd.DataFrame([(*gap[:3], gap[2] - gap[3], gap[2] + gap[3]) for gap in gaps], columns=columns)
    return pd.concat([frame, rows.assign(**DIMENSIONS | {"metric": "leak_gap"}, subset="test")], ignore_index=True)


def said(frame, policy="track"):
    return leak_sentences(frame, policy, "spectral-v1")


PUBLISHED = measured(
    scores(
        (30.0, "random", "train", 0.70), (30.0, "random", "test", 0.46),
        (30.0, "track", "train", 0.70), (30.0, "track", "test", 0.46),
        (3.0, "random", "train", 0.91), (3.0, "random", "test", 0.80),
        (3.0, "track", "train", 0.91), (3.0, "track", "test", 0.45),
        (3.0, "track", "holdout", 0.44),
    ),
    (3.0, "track", 0.35, 0.06),
)  # fmt: skip


def test_the_summary_sets_30_seconds_beside_3_and_the_leak_beside_both():
    summary = summarise(PUBLISHED).query("level == 'segment'").set_index("split_policy")
    assert summary.loc["random", ["train_30s", "test_30s", "train_3s", "test_3s"]].tolist() == [0.70, 0.46, 0.91, 0.80]
    assert summary["leak_gap_3s"].tolist() == pytest.approx([0.35, 0.35])
    assert summary["leak_gap_30s"].isna().all(), "one row a track tests no leak"
    assert summary["holdout_3s"].tolist() == [0.44, 0.44]
    assert summary["holdout_30s"].isna().all()


def test_another_window_gets_columns_of_its_own_and_leaves_the_others_empty():
    of_6 = scores((6.0, "random", "test", 0.88), (6.0, "track", "test", 0.71))
    summary = summarise(measured(of_6, (6.0, "track", 0.17, 0.02))).query("level == 'segment'")
    assert summary["leak_gap_6s"].tolist() == pytest.approx([0.17, 0.17])
    assert summary[["test_30s", "test_3s", "leak_gap_3s"]].isna().all(axis=None)


def test_the_gap_is_told_of_rows_not_of_votes_by_unlike_numbers_of_them():
    summary = summarise(PUBLISHED).set_index("level")
    assert summary.loc["track", "leak_gap_3s"].isna().all()
    assert summary.loc["segment", "leak_gap_3s"].notna().all()


def test_the_sentence_tells_the_leak_from_the_numbers_and_names_model_and_features():
    of_30, of_3 = said(PUBLISHED)
    assert of_3.startswith(
        "Of the models compared on handcrafted features, 3 nearest neighbours on 3-second rows scores highest with "
        "rows shuffled, 80%, and gets 45% with tracks"
    )
    assert of_3.endswith("35 points of that score are recognising the track, not the genre (95 % interval 29 to 41).")
    assert "was not tested: each of the tracks is one row" in of_30
    assert "no leak" not in of_30


def test_a_gap_that_chance_may_have_made_is_called_no_leak():
    apart = scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.56))
    (sentence,) = said(measured(apart, (3.0, "track", 0.04, 0.06)))
    assert sentence.endswith("no leak that could be told from chance (a gap of 4 points, 95 % interval -2 to 10).")
    (sentence,) = said(measured(apart, (3.0, "track", 0.04, float("nan"))))
    assert sentence.endswith("4 points less, and too few tracks to say how much of it is chance.")


def test_a_bound_that_rounds_to_zero_has_no_sign():
    apart = scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.46))
    (sentence,) = said(measured(apart, (3.0, "track", 0.14, 0.142)))
    assert sentence.endswith("(a gap of 14 points, 95 % interval 0 to 28).")


def test_no_leak_is_told_without_saying_that_artists_are_on_both_sides():
    apart = measured(scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.56)), (3.0, "track", 0.04, 0.06))
    (sentence,) = leak_sentences(apart, "track", "spectral-v1", shares_artists=True)
    assert sentence.endswith("-2 to 10), but artists are on both sides, and what that adds does not show here.")


def test_shares_that_would_not_add_up_are_told_with_a_decimal():
    rows = scores((3.0, "random", "test", 0.983), (3.0, "track", "test", 0.455))
    (sentence,) = said(measured(rows, (3.0, "track", 0.528, 0.06)))
    assert "highest with rows shuffled, 98.3%, and gets 45.5% with tracks kept whole: 53 points" in sentence


def test_one_point_is_told_in_the_singular():
    apart = scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.59))
    (sentence,) = said(measured(apart, (3.0, "track", 0.01, 0.001)))
    assert "1 point of that score is recognising the track" in sentence
    (sentence,) = said(measured(apart, (3.0, "track", 0.01, 0.06)))
    assert "(a gap of 1 point, " in sentence


def test_the_sentences_are_about_the_policy_that_results_are_read_under_and_tell_of_tracks_beside():
    several = measured(
        scores((3.0, "random", "test", 0.90), (3.0, "track", "test", 0.70), (3.0, "artist", "test", 0.50)),
        (3.0, "track", 0.20, 0.1),
        (3.0, "artist", 0.40, 0.1),
    )
    (of_artists,) = said(several, "artist")
    assert (
        "highest with rows shuffled, 90%, and gets 50% with artists kept whole: 40 points of that score" in of_artists
    )
    assert of_artists.endswith("With tracks kept whole it gets 70%.")
    (of_tracks,) = said(several)
    assert "70% with tracks kept whole: 20 points" in of_tracks
    assert said(several, "random") == said(several)


def test_a_difference_that_an_older_run_did_not_measure_is_told_without_a_verdict():
    older = scores((3.0, "random", "test", 0.90), (3.0, "track", "test", 0.70))
    older.loc[older["level"] == "segment", "n"] = 500
    assert not leak_gaps(older)["tested"].any()
    (sentence,) = said(older)
    assert "highest with rows shuffled, 90%, and gets 70% with tracks kept whole" in sentence
    assert sentence.endswith("How sure the difference is was not measured: `genrelab run --from compare` does.")


def test_where_each_track_is_one_row_copies_alone_make_no_gap_that_could_be_measured():
    (sentence,) = said(scores((30.0, "random", "test", 0.50), (30.0, "track", "test", 0.48)))
    assert sentence.endswith(
        "was not tested: each of the tracks is one row, so that rows shuffled and tracks kept whole are the same "
        "split, but for copies of a track."
    )


def test_where_each_track_is_one_row_artists_may_have_leaked_all_the_same():
    (sentence,) = said(scores((30.0, "random", "test", 0.50), (30.0, "artist", "test", 0.30)), "artist")
    assert sentence.endswith("was not measured: `genrelab run --from compare` does.")
