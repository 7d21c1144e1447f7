"""What each policy keeps together, leaves out and needs."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import GenrelabError, InputError
from pipeline.splits import (
    POLICIES,
    find_policy,
    holdout_policy,
    in_order,
    policies,
    policies_for,
    predefined_side,
    read_known,
    say_known,
    split_rows,
    stand_ins,
    usual_policy,
)
from pipeline.splits.policies import policy as kinds

ROWS = pd.DataFrame(
    {
        "track": [0, 0, 1, 2, 3, 4],
        "group": [0, 0, 1, 1, 2, 3],
        "artist": [0, 0, 1, 1, 0, 2],
        "artist_known": [True, True, True, True, True, False],
        "predefined": ["train", "train", "valid", "test", "test", ""],
    }
)


def test_policies_keep_together_what_they_name():
    assert POLICIES["random"].groups(ROWS).tolist() == [0, 1, 2, 3, 4, 5]
    assert POLICIES["track"].groups(ROWS).tolist() == [0, 0, 1, 1, 2, 3]
    assert POLICIES["artist"].groups(ROWS).tolist() == [0, 0, 1, 1, 0, 2]
    with pytest.raises(InputError, match="'artists' is not a split policy; there are: " + ", ".join(POLICIES)):
        find_policy("artists")


def test_the_table_of_policies_tells_their_facts():
    text = Path(policies.__file__).with_name("README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| [^|]+ \| (yes|no) \| `(\w+)` \| (\w+) \|", text, re.MULTILINE)
    assert listed == [
        (policy.name, "yes" if policy.honest else "no", policy.compared_with, policy.resampled)
        for policy in POLICIES.values()
    ]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_policy_is_compared_with_another_one_and_is_scored_on_the_holdout_under_an_honest_one(policy):
    assert policy.compared_with in POLICIES.keys() - {policy.name}
    assert POLICIES[holdout_policy(policy.name)].honest
    assert {policy.name, policy.compared_with} <= set(policies_for(policy.name))
    assert policy.counted(ROWS).all() or policy.leaves_out


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_honest_policy_keeps_each_track_with_its_duplicates_on_one_side(policy):
    in_one = pd.Series(policy.groups(ROWS)).groupby(ROWS["group"]).nunique()
    assert (in_one == 1).all() == policy.honest


def test_policies_come_in_one_order_whichever_way_they_are_named():
    assert [policy.name for policy in in_order(["artist", "random", "artist"])] == ["random", "artist"]
    with pytest.raises(InputError, match="'fold' is not a split policy"):
        in_order(["track", "fold"])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=12))
def test_a_stand_in_keeps_together_the_same_rows_and_draws_intervals_over_the_same(members):
    group, artist = np.array(members).T
    rows = pd.DataFrame({"group": group, "artist": artist * 10 + group * (len(members) % 2), "predefined": "train"})
    for name, stand_in in stand_ins(list(POLICIES), rows).items():
        for what in ("groups", "units"):
            own, others = (pd.factorize(getattr(POLICIES[each], what)(rows))[0] for each in (name, stand_in))
            np.testing.assert_array_equal(own, others)
        assert POLICIES[stand_in].honest or name == stand_in == "random"


def test_what_is_kept_whole_stands_in_for_the_shuffle_where_nothing_is_torn():
    one_row_each = ROWS.drop_duplicates("group", ignore_index=True)
    own = {"predefined": "predefined", "artist": "artist"}
    assert stand_ins(list(POLICIES), ROWS) == own | {"random": "random", "track": "track"}
    assert stand_ins(list(POLICIES), one_row_each) == own | {"random": "track", "track": "track"}
    alone = one_row_each.assign(artist=one_row_each["group"])
    assert stand_ins(list(POLICIES), alone) == own | {"random": "artist", "track": "artist"}
    assert stand_ins(["random"], alone) == {"random": "random"}


def test_random_and_track_are_always_compared_and_another_policy_where_it_is_asked_for():
    assert [policies_for(split) for split in ("random", "track")] == [("random", "track")] * 2
    assert policies_for("artist") == ("random", "track", "artist")
    with pytest.raises(InputError, match="--split 'fold'"):
        policies_for("fold")


def test_the_holdout_is_scored_under_the_policy_asked_for_and_never_shuffled():
    assert {split: holdout_policy(split) for split in POLICIES} == {
        "random": "track", "track": "track", "artist": "artist", "predefined": "predefined",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "side"),
    [("train", "train"), ("Training ", "train"), ("VALID", "valid"), ("val", "valid"), ("dev", "valid"),
     ("validation", "valid"), ("Test", "test"), ("testing", "test"), ("excluded_faulty", ""), ("", ""), (None, ""),
     (float("nan"), ""), ("1", "")],
)  # fmt: skip
def test_a_cell_of_the_metadata_is_read_whatever_its_case_and_anything_else_excludes(written, side):
    assert predefined_side(written) == side


def test_the_predefined_split_is_the_same_every_time_and_duplicates_of_tested_tracks_leave_training():
    splits = [
        split_rows("predefined", ROWS, np.zeros(6), seed=seed, repeat=repeat) for seed in (0, 1) for repeat in (0, 1)
    ]
    for train, test in splits:
        assert train.tolist() == [0, 1]  # track 1 repeats track 2
        assert test.tolist() == [3, 4]
    assert POLICIES["predefined"].say_split(ROWS) == [
        "Predefined split: 2 tracks to learn from (1 train, 1 valid), 2 to test on; 1 have another value or none, "
        "and are neither learned from nor scored.",
        "1 track left out of training for repeating a tested one.",
    ]


def test_tested_tracks_that_are_held_out_are_told_of():
    held = ROWS.assign(holdout=[True, True, True, True, False, True])
    (sentence,) = POLICIES["predefined"].say_held(held)
    assert sentence.startswith("1 of the 2 tracks of the test side are held out, and not tested here.")
    assert POLICIES["predefined"].say_held(ROWS.assign(holdout=False)) == []
    assert POLICIES["track"].say_held(held) == []


def test_unknown_artists_are_counted():
    (sentence,) = POLICIES["artist"].say_split(ROWS)
    assert sentence == "1 of 5 tracks have no known artist: each counts as an artist of its own."
    assert POLICIES["track"].say_split(ROWS) == POLICIES["random"].say_split(ROWS) == []


@pytest.mark.parametrize(("policy", "word"), [("artist", "no artist"), ("predefined", "0 tracks for train")])
def test_metadata_that_lack_what_a_policy_needs_are_asked_for(policy, word):
    bare = pd.DataFrame({"artist": [None, "Unknown"], "predefined_split": ["fold1", None]})
    with pytest.raises(InputError, match=f"--split {policy}: .*{word}.*--metadata"):
        say_known(policy, read_known(bare))
    assert say_known("track", read_known(bare)) == []


def test_a_predefined_split_without_a_test_side_is_no_split():
    with pytest.raises(InputError, match=r"0 for test.*--metadata"):
        say_known(
            "predefined", read_known(pd.DataFrame({"artist": [None] * 2, "predefined_split": ["train", "valid"]}))
        )


def test_random_is_the_naive_shuffle_of_rows_a_quarter_of_each_genre_whatever_they_belong_to():
    n = 400
    all_of_one = pd.DataFrame({name: np.zeros(n, dtype=int) for name in ("track", "group", "artist")})
    genres = np.repeat(["a", "b"], [100, 300])
    train, test = split_rows("random", all_of_one, genres, seed=3)
    apart = split_rows("random", all_of_one.assign(group=np.arange(n), track=np.arange(n)), genres, seed=3)
    assert test.tolist() == apart[1].tolist()
    assert pd.Series(genres[test]).value_counts().to_dict() == {"a": 25, "b": 75}
    assert sorted([*train, *test]) == list(range(n))


@pytest.mark.parametrize(("n_known", "policy"), [(0, "track"), (5, "track"), (6, "artist"), (10, "artist")])
def test_artists_are_kept_whole_where_those_of_most_tracks_are_known(n_known, policy):
    tracks = pd.DataFrame({"artist_known": np.arange(10) < n_known})
    chosen, why = usual_policy(tracks)
    assert chosen == policy
    assert f"--split {policy}" in why
    assert ("no artist is known" if not n_known else f"{n_known} of 10 tracks") in why


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_only_a_split_that_somebody_else_made_is_read_without_a_holdout(policy):
    assert policy.holdout_share == (0.1 if policy.drawn else 0)


@pytest.mark.parametrize("policy", ["track", "artist"])
def test_a_split_that_tears_a_group_is_our_fault_and_is_refused(monkeypatch, policy):
    monkeypatch.setattr(kinds, "train_test_split", lambda *_: (np.array([0, 2]), np.array([1, 3, 4, 5])))
    with pytest.raises(GenrelabError, match=f"split '{policy}'.* lie on both sides") as caught:
        split_rows(policy, ROWS, np.zeros(6), seed=0)
    assert not isinstance(caught.value, InputError)
