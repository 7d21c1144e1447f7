import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import leak_gaps, leak_sentences, summarise

DIMENSIONS = {"model": "knn_3", "feature_set": "spectral-v1", "level": "segment", "metric": "accuracy"}


def scores(*rows, n_tracks=100, n_rows=None):
    """Scores of rows and of tracks; a 30-second track is one row, unless told."""
    columns = ["window_s", "split_policy", "subset", "value"]
    frame = pd.DataFrame(rows, columns=columns).assign(**DIMENSIONS)
    frame["n"] = n_rows or np.where(frame["window_s"] == 30, n_tracks, 10 * n_tracks)
    return pd.concat([frame, frame.assign(level="track", n=n_tracks)], ignore_index=True)


def measured(frame, width=0.04):
    return frame.assign(ci_low=frame["value"] - width, ci_high=frame["value"] + width)


def said(frame, policy="track"):
    return leak_sentences(measured(frame), policy, "spectral-v1")


PUBLISHED = scores(
    (30.0, "random", "train", 0.70), (30.0, "random", "test", 0.46),
    (30.0, "track", "train", 0.70), (30.0, "track", "test", 0.46),
    (3.0, "random", "train", 0.91), (3.0, "random", "test", 0.80),
    (3.0, "track", "train", 0.91), (3.0, "track", "test", 0.45),
    (3.0, "track", "holdout", 0.44),
)  # fmt: skip


def laid_out(frame):
    return summarise(measured(frame)).query("level == 'segment'")


def test_the_summary_sets_30_seconds_beside_3_and_the_leak_beside_both():
    summary = laid_out(PUBLISHED).set_index("split_policy")
    assert summary.loc["random", ["train_30s", "test_30s", "train_3s", "test_3s"]].tolist() == [0.70, 0.46, 0.91, 0.80]
    assert summary["leak_gap_3s"].tolist() == pytest.approx([0.35, 0.35])
    assert summary["leak_gap_30s"].isna().all(), "one row a track tests no leak"
    assert summary["holdout_3s"].tolist() == [0.44, 0.44]
    assert summary["holdout_30s"].isna().all()


def test_another_window_gets_columns_of_its_own_and_leaves_the_others_empty():
    summary = laid_out(scores((6.0, "random", "test", 0.88), (6.0, "track", "test", 0.71)))
    assert summary["leak_gap_6s"].tolist() == pytest.approx([0.17, 0.17])
    assert summary[["test_30s", "test_3s", "leak_gap_3s"]].isna().all(axis=None)


def test_the_sentence_tells_the_leak_from_the_numbers_and_names_model_and_features():
    of_30, of_3 = said(PUBLISHED)
    assert of_3.startswith("knn_3 on 3-second rows of spectral-v1 reads 80% with rows shuffled and 45% with tracks")
    assert of_3.endswith("35 points of that score are recognising the track, not the genre (95 % interval 29 to 41).")
    assert "was not tested: each of the tracks is one row" in of_30  # the interval is 35 ± √(4² + 4²)
    assert "no leak" not in of_30


def test_a_gap_that_chance_may_have_made_is_called_no_leak():
    (sentence,) = said(scores((3.0, "random", "test", 0.60), (3.0, "track", "test", 0.56)))
    assert sentence.endswith("no leak that could be told from chance (a gap of 4 points, 95 % interval -2 to 10).")


def test_the_sentences_are_about_the_policy_that_results_are_read_under_and_tell_of_tracks_beside():
    several = scores(
        (3.0, "random", "test", 0.90), (3.0, "track", "test", 0.70), (3.0, "artist", "test", 0.50),
    )  # fmt: skip
    (of_artists,) = said(several, "artist")
    assert "90% with rows shuffled and 50% with artists kept whole: 40 points of that score" in of_artists
    assert of_artists.endswith("With tracks kept whole it reads 70%.")
    (of_tracks,) = said(several)
    assert "70% with tracks kept whole: 20 points" in of_tracks
    assert said(several, "random") == said(several)


@pytest.mark.parametrize(
    ("policy", "value", "tested"),
    [("track", 0.74, False), ("track", 0.73, False), ("artist", 0.74, False), ("artist", 0.52, True),
     ("predefined", 0.74, True)],
)  # fmt: skip
def test_a_gap_is_tested_only_where_the_two_splits_can_differ(policy, value, tested):
    (gap,) = leak_gaps(measured(scores((30.0, "random", "test", 0.74), (30.0, policy, "test", value)))).query(
        "level == 'segment'"
    )["tested"]
    assert gap == tested


def test_a_gap_that_was_measured_pair_by_pair_is_told_as_it_was_and_one_that_was_not_is_not_tested():
    frame = measured(PUBLISHED)
    row = frame[(frame["window_s"] == 3) & (frame["split_policy"] == "track") & (frame["level"] == "segment")]
    gap = row[row["subset"] == "test"].assign(metric="leak_gap", value=0.35, ci_low=0.33, ci_high=0.37)
    of_30, of_3 = leak_sentences(pd.concat([frame, gap]), "track", "spectral-v1")
    assert of_3.endswith("35 points of that score are recognising the track, not the genre (95 % interval 33 to 37).")
    assert "was not tested" in of_30
    unsure = gap.assign(ci_low=np.nan, ci_high=np.nan)
    _, of_3 = leak_sentences(pd.concat([frame, unsure]), "track", "spectral-v1")
    assert of_3.endswith("35 points less, and too few tracks to say how much of it is chance.")
