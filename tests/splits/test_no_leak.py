"""From random tables of tracks to training and test: whatever they hold, nothing is on both sides."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.membership import number_rows, number_tracks
from pipeline.extract.duplicates import find_repeated
from pipeline.splits import POLICIES, artist_key, draw_holdout, predefined_side, split_rows
from tests.examples import examples
from tests.in_memory import columns_of

SPELLINGS = [None, "", "Unknown", "Abba", "ABBA ", "Nina Simone", "nina  simone", "Björk", "Bjo\u0308rk", "Can", "Low"]
VALUES = [None, "train", "Training", "valid", "dev", "test", "TEST", "excluded_faulty"]
STRETCHES = np.vstack([np.zeros(12), np.random.default_rng(0).normal(size=(40, 12))])
"""What a segment may hold; the first is silence."""


@st.composite
def tables(draw):
    """Draw tracks of one to three segments, of which some repeat segments of others, or all of them."""
    n = draw(st.integers(2, 25))
    contents = [draw(st.lists(st.integers(0, 40), min_size=1, max_size=3)) for _ in range(n)]
    for copy, original in draw(st.dictionaries(st.integers(0, n - 1), st.integers(0, n - 1), max_size=4)).items():
        contents[copy] = contents[original]
    tracks = pd.DataFrame(
        {
            "track_id": [f"t{i:02}" for i in range(n)],
            "genre": [draw(st.sampled_from("ABC")) for _ in range(n)],
            "artist": pd.Series([draw(st.sampled_from(SPELLINGS)) for _ in range(n)], dtype=object),
            "predefined_split": pd.Series([draw(st.sampled_from(VALUES)) for _ in range(n)], dtype=object),
            "content_hash": ["/".join(map(str, own)) for own in contents],
        }
    )
    listed = [(f"t{i:02}", 3.0 * k, 66150, own[k]) for i, own in enumerate(contents) for k in range(len(own))]
    segments = pd.DataFrame(listed, columns=["track_id", "start_s", "length", "stretch"])
    features = pd.DataFrame(STRETCHES[segments["stretch"]], columns=[f"x{i}" for i in range(12)])
    return tracks, pd.concat([segments.drop(columns="stretch"), features], axis=1), segments["stretch"].to_numpy()


def settled(tracks, segments):
    """What 02_extract makes of tracks, and what models see of their rows."""
    repeated = find_repeated(tracks, [columns_of(segments)])
    grouped = tracks.assign(group=repeated, artist=tracks["artist"].map(artist_key), holdout=None)
    draw = draw_holdout(grouped, 0.2, seed=0)
    copies = repeated.where(repeated != tracks["track_id"], None)
    known = tracks.assign(duplicate_of=copies, same_recording_as=copies, holdout=draw.held)
    known = number_tracks(known.set_index("track_id"))
    return draw, known, number_rows(segments, known)


@examples(80)
@given(tables(), st.integers(0, 1000), st.integers(0, 3))
def test_nothing_that_is_to_stay_whole_is_on_both_sides(table, seed, repeat):
    tracks, segments, stretches = table
    draw, known, rows = settled(tracks, segments)
    check_holdout(tracks, draw)
    told = known.loc[rows["track_id"]].reset_index()
    told["stretch"] = stretches
    told["telling stretch"] = told["stretch"].where(told["stretch"] != 0)  # silence is everywhere, and says nothing
    told["artist"] = tracks.set_index("track_id")["artist"].map(artist_key).loc[told["track_id"]].to_numpy()
    sides = told["predefined_split"].map(predefined_side)
    assert not torn(told, WHOLE["track"], *(np.flatnonzero(rows["holdout"] == held) for held in (False, True)))
    for policy in POLICIES:
        train, test = split_rows(policy, rows, told["genre"].to_numpy(), seed=seed, repeat=repeat)
        assert not torn(told, WHOLE[policy], train, test), policy
        if policy == "predefined":
            assert set(sides[train]) <= {"train", "valid"}
            assert test.tolist() == np.flatnonzero(sides == "test").tolist()
        else:
            assert sorted([*train, *test]) == list(range(len(rows)))


WHOLE = {
    "random": [],
    "track": ["track_id", "content_hash", "telling stretch"],
    "artist": ["track_id", "content_hash", "telling stretch", "artist"],
    "predefined": ["track_id", "content_hash", "telling stretch"],
}
"""What each policy promises to keep on one side, in terms of the tables."""


def torn(rows, columns, train, test):
    """What lies on both sides; a missing value is nothing."""
    both = {name: set(rows[name][train].dropna()) & set(rows[name][test].dropna()) for name in columns}
    return {name: values for name, values in both.items() if values}


def check_holdout(tracks, draw):
    """No known artist is on both sides of the holdout, but in genres drawn by track."""
    known = tracks.assign(key=tracks["artist"].map(artist_key), held=draw.held).dropna(subset="key")
    known = known[~known["genre"].isin(draw.by_track)]
    assert (known.groupby("key")["held"].nunique() <= 1).all()
