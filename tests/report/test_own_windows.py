"""What dashboards and tables say of windows is of those that there are."""

import re
from dataclasses import astuple

import pandas as pd
import pytest

from pipeline.report.views import describe
from pipeline.report.words import in_words
from tests.report.conftest import conformed, make_frames


def dashboards(lengths):
    """Return the dashboards of a run whose windows of 30 and 3 s are as long as `lengths` says, or are not there."""
    frames = make_frames()
    for name, frame in frames.items():
        if "window_s" in frame:
            frames[name] = frame[frame["window_s"].isna() | frame["window_s"].map(lengths).notna()]
            frames[name] = frames[name].assign(window_s=frames[name]["window_s"].map(lengths))
    gaps = frames["summary_30s_vs_3s"].filter(regex=r"_30?s$").columns
    frames["summary_30s_vs_3s"] = frames["summary_30s_vs_3s"].assign(**dict.fromkeys(gaps))
    return describe(conformed(frames)).dashboards


@pytest.mark.parametrize(
    ("lengths", "question"),
    [
        ({30.0: 5.0, 3.0: 2.5}, "Do windows of 2.5 s beat those of 5 s, and how much of that is real?"),
        ({30.0: 5.0}, "How good is what models hear in windows of 5 s, and how much of that is real?"),
    ],
)
def test_no_dashboard_speaks_of_30_or_3_seconds_where_windows_are_others(lengths, question):
    found = dashboards(lengths)
    assert question in [dashboard.question for dashboard in found]
    for dashboard in found:
        assert not re.search(r"\b(30|3)(-second| s\b| seconds)", str(astuple(dashboard))), dashboard.name


def test_a_column_of_any_length_is_told_in_words():
    names = ["test_30s", "holdout_2_5s", "leak_gap_5s", "tracks_3s"]
    told = list(in_words(pd.DataFrame(columns=names)))
    assert told == ["test accuracy, 30 s", "holdout accuracy, 2.5 s", "leak gap, 5 s", "tracks, 3 s"]
