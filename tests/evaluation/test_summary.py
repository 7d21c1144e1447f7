import pandas as pd
import pytest

from pipeline.evaluation import leak_sentences, summarise

DIMENSIONS = {"model": "knn_3", "feature_set": "spectral-v1", "level": "segment", "metric": "accuracy"}


def scores(*rows):
    columns = ["window_s", "split_policy", "subset", "value"]
    return pd.DataFrame(rows, columns=columns).assign(**DIMENSIONS)


def measured(frame, *gaps):
    """Return scores with the rows of gaps: window, policy, value and half the width of the interval."""
    columns = ["window_s", "split_policy", "value", "ci_low", "ci_high"]
    rows = pd.DataFrame([(*gap[:3], gap[2] - gap[3], gap[2] + gap[3]) for gap in gaps], columns=columns)
    return pd.concat([frame, rows.assign(**DIMENSIONS | {"metric": "leak_gap"}, subset="test")], ignore_index=True)


PUBLISHED = scores(
    (30.0, "random", "train", 0.70), (30.0, "random", "test", 0.46),
    (30.0, "track", "train", 0.70), (30.0, "track", "test", 0.46),
    (3.0, "random", "train", 0.91), (3.0, "random", "test", 0.80),
    (3.0, "track", "train", 0.91), (3.0, "track", "test", 0.45),
    (3.0, "track", "holdout", 0.44),
)  # fmt: skip


def test_the_summary_sets_30_seconds_beside_3_and_the_leak_beside_both():
    summary = summarise(PUBLISHED).set_index("split_policy")
    assert summary.loc["random", ["train_30s", "test_30s", "train_3s", "test_3s"]].tolist() == [0.70, 0.46, 0.91, 0.80]
    assert summary["leak_gap_3s"].tolist() == pytest.approx([0.35, 0.35])
    assert summary["leak_gap_30s"].tolist() == pytest.approx([0.0, 0.0])
    assert summary["holdout_3s"].tolist() == [0.44, 0.44]
    assert summary["holdout_30s"].isna().all()


def test_another_window_gets_columns_of_its_own_and_leaves_the_others_empty():
    summary = summarise(scores((6.0, "random", "test", 0.88), (6.0, "track", "test", 0.71)))
    assert summary["leak_gap_6s"].tolist() == pytest.approx([0.17, 0.17])
    assert summary[["test_30s", "test_3s", "leak_gap_3s"]].isna().all(axis=None)


def test_the_gap_is_told_of_rows_not_of_votes_by_unlike_numbers_of_them():
    votes = PUBLISHED.assign(level="track")
    summary = summarise(pd.concat([PUBLISHED, votes])).set_index("level")
    assert summary.loc["track", "leak_gap_3s"].isna().all()
    assert summary.loc["segment", "leak_gap_3s"].notna().all()


def test_the_sentence_tells_the_leak_from_the_numbers():
    scores_and_gaps = measured(PUBLISHED, (3.0, "track", 0.35, 0.06))
    by_window = {sentence.split("-")[0]: sentence for sentence in leak_sentences(scores_and_gaps)}
    assert "reads 80% with rows shuffled and 45% with tracks kept whole: 35 points of that score" in by_window["3"]
    assert by_window["3"].endswith("(95 % interval 29 to 41).")
    assert by_window["30"].endswith(
        "no leak was tested, as each of the tracks is one row, so that both are the same split."
    )


def test_a_gap_that_chance_may_have_made_is_called_no_leak():
    apart = scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.56))
    (sentence,) = leak_sentences(measured(apart, (3.0, "track", 0.04, 0.06)))
    assert sentence.endswith("no leak to tell from chance (a gap of 4 points, 95 % interval -2 to 10).")
    (sentence,) = leak_sentences(measured(apart, (3.0, "track", 0.04, float("nan"))))
    assert sentence.endswith("a gap of 4 points, too few tracks for an interval.")


def test_a_stricter_split_is_told_of_beside_tracks():
    several = measured(
        scores((30.0, "random", "test", 0.74), (30.0, "track", "test", 0.74), (30.0, "predefined", "test", 0.49)),
        (30.0, "predefined", 0.25, 0.1),
    )
    of_tracks, of_metadata = leak_sentences(several)
    assert "74% with tracks kept whole: no leak was tested" in of_tracks
    assert "49% under the metadata's split: 25 points of that score don't outlast" in of_metadata
    assert leak_sentences(several[several["split_policy"] != "predefined"]) == [of_tracks]
