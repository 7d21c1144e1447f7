"""A sample that keeps groups whole: never torn, never more than asked for, each genre in proportion."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.splits import sample_groups

SEGMENTS = 4
GENRE_OF = np.repeat(["blues", "jazz"], [30, 90])
GROUPS, GENRES = np.repeat(np.arange(120), SEGMENTS), np.repeat(GENRE_OF, SEGMENTS)


@given(st.integers(2 * SEGMENTS, 600), st.integers(0, 2**32 - 1))
@example(most_rows=11, seed=0)
def test_groups_stay_whole_and_each_genre_within_its_share_but_for_its_first(most_rows, seed):
    drawn = sample_groups(GROUPS, GENRES, most_rows, np.random.default_rng(seed))
    assert np.all(np.diff(drawn) > 0)
    assert set(np.bincount(GROUPS[drawn])) <= {0, SEGMENTS}
    for genre, share in (("blues", 1 / 4), ("jazz", 3 / 4)):
        assert 0 < np.sum(GENRES[drawn] == genre) <= max(most_rows * share, SEGMENTS)


def test_genres_keep_their_proportion():
    drawn = sample_groups(GROUPS, GENRES, 160, np.random.default_rng(0))
    assert [int((GENRES[drawn] == genre).sum()) for genre in ("blues", "jazz")] == [40, 120]


def test_the_seed_decides_which():
    once, again, other = (
        sample_groups(GROUPS, GENRES, 160, np.random.default_rng(seed)).tolist() for seed in (1, 1, 2)
    )
    assert once == again != other


def test_a_limit_that_is_not_reached_leaves_every_row():
    assert sample_groups(GROUPS, GENRES, len(GROUPS), np.random.default_rng(0)).tolist() == list(range(len(GROUPS)))
