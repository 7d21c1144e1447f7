"""Genres that are drawn side by side: what may be asked for."""

import pytest

from pipeline.errors import InputError
from pipeline.stages.explore import check_side_by_side

GENRES = ("blues", "hip hop", "jazz", "rock")


def test_up_to_three_genres_may_be_asked_for_each_once():
    assert check_side_by_side("", GENRES) == []
    assert check_side_by_side(" rock,hip hop, rock", GENRES) == ["rock", "hip hop"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("rock,polka", "side_by_side 'polka': no such genre; there are: blues, hip hop, jazz, rock"),
        ("blues,hip hop,jazz,rock", "4 genres, and 3 are the most"),
    ],
)
def test_other_genres_and_more_are_refused(asked, why):
    with pytest.raises(InputError, match=why):
        check_side_by_side(asked, GENRES)
