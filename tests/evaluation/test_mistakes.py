"""Mistakes by artist and by duration, and the surest ones."""

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import mistakes_by_group, say_mistakes, worst_mistakes

TRACKS = pd.DataFrame(
    {
        "track_id": [f"t{i}" for i in range(12)],
        "artist": ["Ann", "ANN", "Ann", "Bob", "Bob", "Eve", None, None, "Unknown", "Di", "Di", "Di"],
        "title": [None] * 11 + ["<b>"],
        "duration_s": [5.0, 12, 30, 30, 30, 30, 30, 30, 45, 200, 400, 400],
    }
)


@pytest.fixture
def tested():
    """Return answers of two repeats: all of Ann's and one of Bob's are wrong."""
    wrong = TRACKS["track_id"].isin(["t0", "t1", "t2", "t3"])
    one = pd.DataFrame(
        {"repeat": 0, "track_id": TRACKS["track_id"], "group": np.arange(12), "actual": "jazz",
         "predicted": np.where(wrong, "rock", "jazz"), "confidence": np.linspace(0.5, 0.9, 12),
         "probability_of_actual": 0.1}
    )  # fmt: skip
    other = one[one["track_id"].isin(["t0", "t4"])].assign(repeat=1, confidence=[0.95, 0.4])
    return pd.concat([one, other], ignore_index=True)


def test_artists_with_the_most_wrong_answers_come_first_spelled_as_they_mostly_are(tested):
    found = mistakes_by_group(tested, TRACKS).query("by == 'artist'")
    assert found["group_name"].tolist() == ["Ann", "Bob", "Di", "Eve"], "an unknown artist is none"
    ann = found.iloc[0]
    assert (ann["n"], ann["answers"], ann["accuracy"], ann["taken_for"]) == (3, 4, 0, "rock")
    assert found["ci_low"].isna().all(), "one artist is one piece of evidence"
    assert found.iloc[1]["accuracy"] == pytest.approx(2 / 3)
    assert pd.isna(found.iloc[2]["taken_for"])


def test_durations_come_in_their_order_with_intervals_where_tracks_are_enough(tested):
    found = mistakes_by_group(tested, TRACKS).query("by == 'duration'").set_index("group_name")
    assert found.index.tolist() == [
        "0 to 10 s",
        "10 to 29 s",
        "29 to 33 s",
        "33 to 60 s",
        "180 to 300 s",
        "300 s and more",
    ]
    assert found.loc["29 to 33 s", "ci_low"] < found.loc["29 to 33 s", "accuracy"] < found.loc["29 to 33 s", "ci_high"]
    assert np.isnan(found.loc["0 to 10 s", "ci_low"])
    assert found["n"].sum() == 12


def test_the_surest_mistakes_come_first_each_track_once(tested):
    found = worst_mistakes(tested, TRACKS)
    assert found["track_id"].tolist() == ["t0", "t3", "t2", "t1"]
    first = found.iloc[0]
    assert (first["confidence"], first["wrong"], first["answers"], first["artist"]) == (0.95, 2, 2, "Ann")


def test_what_is_not_known_is_said_and_no_more(tested):
    nothing = TRACKS.assign(artist=None, duration_s=np.nan)
    groups = mistakes_by_group(tested, nothing)
    assert groups.empty
    assert len(say_mistakes(groups, nothing)) == 2
    same = TRACKS.assign(duration_s=30.0)
    (said,) = say_mistakes(mistakes_by_group(tested, same), same)
    assert said.startswith("All tracks are about as long (30 to 30 s)")
    assert say_mistakes(mistakes_by_group(tested, TRACKS), TRACKS) == []


def test_of_no_answers_there_are_no_mistakes():
    none = pd.DataFrame(columns=["repeat", "track_id", "group", "actual", "predicted", "confidence",
                                 "probability_of_actual"])  # fmt: skip
    assert mistakes_by_group(none, TRACKS).empty
    assert worst_mistakes(none, TRACKS).empty
