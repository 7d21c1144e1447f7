"""Which rows are for training, which for testing, and which for neither until the end; fits nothing."""

from pipeline.splits.draw import TEST_SHARE, fill, main_genres, train_test_split
from pipeline.splits.groups import join, recordings, same_rows, telling
from pipeline.splits.holdout import LEFT_FOR_TRAINING, HoldoutDraw, draw_holdout, holdout_units
from pipeline.splits.known import read_known, say_known
from pipeline.splits.policies import (
    COMPARED,
    POLICIES,
    USUAL,
    Policy,
    find_policy,
    holdout_policy,
    in_order,
    policies_for,
    predefined_side,
    say_resampled,
    say_unknown_artists,
    stand_ins,
)
from pipeline.splits.sample import sample_groups, share_of_groups
from pipeline.splits.sides import on_both_sides, split_rows
from pipeline.splits.usual import usual_policy
from pipeline.title_keys import artist_key, same_titles, title_key

__all__ = [
    "COMPARED",
    "LEFT_FOR_TRAINING",
    "POLICIES",
    "TEST_SHARE",
    "USUAL",
    "HoldoutDraw",
    "Policy",
    "artist_key",
    "draw_holdout",
    "fill",
    "find_policy",
    "holdout_policy",
    "holdout_units",
    "in_order",
    "join",
    "main_genres",
    "on_both_sides",
    "policies_for",
    "predefined_side",
    "read_known",
    "recordings",
    "same_rows",
    "same_titles",
    "sample_groups",
    "say_known",
    "say_resampled",
    "say_unknown_artists",
    "share_of_groups",
    "split_rows",
    "stand_ins",
    "telling",
    "title_key",
    "train_test_split",
    "usual_policy",
]
