import pandas as pd
import pytest

from pipeline.evaluation import leak_sentences, summarise

DIMENSIONS = {"model": "knn_3", "feature_set": "spectral-v1", "level": "segment", "metric": "accuracy"}


def scores(*rows):
    columns = ["window_s", "split_policy", "subset", "value"]
    return pd.DataFrame(rows, columns=columns).assign(**DIMENSIONS)


def measured(frame, width=0.04):
    return frame.assign(ci_low=frame["value"] - width, ci_high=frame["value"] + width)


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


def test_the_sentence_tells_the_leak_from_the_numbers():
    by_window = {sentence.split("-")[0]: sentence for sentence in leak_sentences(measured(PUBLISHED))}
    assert "reads 80% with rows shuffled and 45% with tracks kept whole: 35 points of that score" in by_window["3"]
    assert by_window["3"].endswith("(95 % interval 29 to 41).")  # 35 ± √(4² + 4²)
    assert "no leak to see" in by_window["30"]


def test_a_gap_that_chance_may_have_made_is_called_no_leak():
    (sentence,) = leak_sentences(measured(scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.56))))
    assert sentence.endswith("no leak to tell from chance (a gap of 4 points, 95 % interval -2 to 10).")


def test_a_stricter_split_is_told_of_beside_tracks():
    several = measured(
        scores((30.0, "random", "test", 0.74), (30.0, "track", "test", 0.74), (30.0, "predefined", "test", 0.49))
    )
    of_tracks, of_metadata = leak_sentences(several)
    assert of_tracks.endswith("74% with tracks kept whole: no leak to see.")
    assert "49% under the metadata's split: 25 points of that score don't outlast" in of_metadata
    assert leak_sentences(several[several["split_policy"] != "predefined"]) == [of_tracks]
