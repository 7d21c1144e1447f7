import pandas as pd
import pytest

from pipeline.report.views.choices import find_choices
from tests.report.conftest import conformed, make_frames


@pytest.mark.parametrize(
    ("asked", "shown"), [("artist", "artist"), ("track", "track"), ("random", "track"), (None, "track")]
)
def test_results_are_shown_at_first_under_the_policy_that_the_run_asked_for_but_never_shuffled(asked, shown):
    frames = make_frames()
    artist = frames["scores"].query("split_policy == 'track'").assign(split_policy="artist")
    frames["scores"] = pd.concat([frames["scores"], artist], ignore_index=True)
    frames["runs"] = frames["runs"].assign(split_policy=asked)
    policy = find_choices(conformed(frames))["policy"]
    assert policy.values == ("artist", "random", "track")
    assert policy.default == shown
