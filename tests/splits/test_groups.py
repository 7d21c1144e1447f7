"""What belongs together."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.duplicates import find_repeated
from pipeline.splits import artist_key, join, same_rows
from tests.in_memory import columns_of

labels = st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=25)


@given(st.data(), labels)
def test_rows_are_joined_where_a_chain_of_shared_labels_leads_from_one_to_the_other(data, first):
    second = data.draw(
        st.lists(st.one_of(st.none(), st.sampled_from("abcd")), min_size=len(first), max_size=len(first))
    )
    joined = join(pd.Series(first, dtype=object), pd.Series(second, dtype=object))
    expected = list(range(len(first)))
    for _ in first:  # each row takes the lowest number it can reach, until nothing changes
        for kind in (first, second):
            for i, a in enumerate(kind):
                for j, b in enumerate(kind):
                    if a is not None and a == b:
                        expected[i] = expected[j] = min(expected[i], expected[j])
    assert joined.tolist() == pd.factorize(np.array(expected))[0].tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Björk", unicodedata.normalize("NFD", "BJÖRK")),
        ("The  Meters ", "the meters"),
        ("Straße", "STRASSE"),
        ("A\tTribe Called\u00a0Quest", "A Tribe Called Quest"),
    ],
)
def test_spellings_of_an_artist_are_one(one, other):
    assert artist_key(one) == artist_key(other) is not None


@pytest.mark.parametrize("nobody", [None, float("nan"), "", "  ", "Unknown Artist", "various  artists", "?"])
def test_what_stands_for_an_unknown_artist_is_no_name(nobody):
    assert artist_key(nobody) is None


@given(st.text())
def test_a_key_is_its_own_key(name):
    key = artist_key(name)
    assert key is None or artist_key(key) == key


def test_rows_are_the_same_only_where_every_digit_is():
    X = np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, np.nextafter(1.0, 2)], [0.0, 1.0]])
    assert same_rows(X).tolist() == [0, 0, 1, 0]


def segments(**rows):
    """A table of segments: by track, the rows that it has."""
    listed = [(track, 3.0 * i, 66150, *row) for track, own in rows.items() for i, row in enumerate(own)]
    return pd.DataFrame(
        listed, columns=["track_id", "start_s", "length", *(f"x{i}" for i in range(len(listed[0]) - 3))]
    )


def tracks(table, **hashes):
    ids = sorted(table["track_id"].unique())
    return pd.DataFrame({"track_id": ids, "content_hash": [hashes.get(name, name) for name in ids]})


RNG = np.random.default_rng(0)
SILENCE = np.zeros(12)


def test_tracks_with_the_same_audio_or_one_same_row_of_features_repeat_each_other():
    shared, own = RNG.normal(size=(2, 12)), RNG.normal(size=(4, 12))
    table = segments(a=[own[0], shared[0]], b=[shared[0], shared[1]], c=[own[1], shared[1]], d=[own[2]], e=[own[3]])
    assert find_repeated(tracks(table, d="one", e="one"), [columns_of(table)]).tolist() == ["a", "a", "a", "d", "d"]


def test_silent_stretches_and_counts_in_common_say_nothing():
    own, counts = RNG.normal(size=(2, 12)), np.array([0, 1] * 6)
    table = segments(a=[own[0], SILENCE], b=[own[1], SILENCE], c=[counts], d=[counts])
    assert find_repeated(tracks(table), [columns_of(table)]).tolist() == ["a", "b", "c", "d"]


def test_a_row_in_common_counts_in_any_window_length():
    shared, own = RNG.normal(size=12), RNG.normal(size=(2, 12))
    long, short = segments(a=[own[0]], b=[own[1]]), segments(a=[own[0], shared], b=[shared])
    assert find_repeated(tracks(long), [columns_of(long)]).tolist() == ["a", "b"]
    assert find_repeated(tracks(long), [columns_of(long), columns_of(short)]).tolist() == ["a", "a"]
