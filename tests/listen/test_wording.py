from dataclasses import replace

import numpy as np
import pytest

from pipeline.listen.answer import Answer
from pipeline.listen.wording import _sure, describe, name_set, number, percent, say_set


def answer(*shares: float, distance: float = 0.5) -> Answer:
    genres = ("blues", "jazz", "rock")[: len(shares)]
    return Answer(genres, np.array(shares), calibrated=False, genre_set=(), distance=distance, limit=1.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(0.1, 0.8, 0.1), "This sounds like jazz, with 80 % of the vote."),
        (answer(0.46, 0.44, 0.1), "Between blues and jazz: 46 % of the vote against 44 %."),
        (answer(0.45, 0.3, 0.25), "Most like blues, but not surely: it has 45 % of the vote, jazz 30 %."),
        (answer(0.0, 1.0, 0.0, distance=2), "The nearest guess is jazz, with 100 % of the vote."),
        (answer(1.0), "This sounds like blues, with 100 % of the vote."),
    ],
)
def test_the_sentence_is_as_sure_as_the_model(given, said):
    assert describe(given).replace("\N{NO-BREAK SPACE}", " ") == said


def test_equal_votes_go_to_the_first_genre_as_in_the_batch():
    assert answer(0.4, 0.4, 0.2).genre == "blues"
    assert [genre for genre, _ in answer(0.4, 0.4, 0.2).ranking] == ["blues", "jazz", "rock"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (1758.3, "1,758"), (144.2, "144"), (-3.871, "-3.87"), (0.01234, "0.0123"), (2.5e-7, "2.50 × 10^-7"),
     (123456.7, "123,457")],
)  # fmt: skip
def test_a_number_of_any_size_is_readable(value, shown):
    assert number(value) == shown


def test_a_missing_share_is_a_dash():
    assert percent(float("nan")) == percent(None) == "–"
    assert percent(0.345).replace("\N{NO-BREAK SPACE}", " ") == "34 %"


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ((0.1, 0.8, 0.1), "This sounds like jazz: the chance that this is right is 80 %."),
        ((0.46, 0.44, 0.1), "Between blues and jazz: a chance of 46 % against 44 %."),
        ((0.45, 0.3, 0.25), "Most like blues, but not surely: a chance of 45 %, jazz 30 %."),
    ],
)
def test_calibrated_votes_are_told_as_chances(probabilities, said):
    given = replace(answer(*probabilities), calibrated=True)
    assert describe(given).replace("\N{NO-BREAK SPACE}", " ") == said


def test_the_set_is_told_in_words_and_what_it_does_not_promise():
    given = replace(answer(0.5, 0.4, 0.1), calibrated=True, genre_set=("blues", "jazz"), unpromised=("rock",))
    assert say_set(given) == ["Blues or jazz.", "Nothing is promised of rock: the run knows too few of them."]
    assert name_set([f"g{i}" for i in range(20)]) == "g0, g1, g2, g3, g4, g5, g6, g7 or 12 more"
    assert say_set(answer(0.5, 0.4, 0.1)) == []


def test_a_chance_that_only_rounding_makes_certain_is_not_called_certain():
    assert [_sure(chance) for chance in (0.994, 0.996, 1.0)] == ["99\u00a0%", "over 99\u00a0%", "100\u00a0%"]
