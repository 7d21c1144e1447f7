import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import choose_pairs, evaluate_pairs, hold_out_pairs
from pipeline.evaluation.pairs import split_pair

GENRES = ("Electronic", "Experimental", "Hip-Hop", "Pop", "R&B/Soul", "Rock")
CONFUSION = pd.DataFrame(
    [(a, b, {("Pop", "Rock"): 0.4, ("Rock", "Pop"): 0.3, ("Pop", "Hip-Hop"): 0.5}.get((a, b), 0.0))
     for a in GENRES for b in GENRES],
    columns=["actual", "predicted", "share_of_actual"],
)  # fmt: skip


def test_the_published_pairs_come_first_where_the_dataset_has_their_genres_then_the_hardest():
    published = [("Hip-Hop", "Rock"), ("Electronic", "Experimental")]
    assert choose_pairs("", GENRES, CONFUSION) == [*published, ("Pop", "Rock"), ("Hip-Hop", "Pop")]


def test_without_published_pairs_those_are_taken_that_are_confused_most():
    genres = ("Hip-Hop", "Pop", "Rock2", "Jazz")
    confusion = CONFUSION.replace("Rock", "Rock2")
    assert choose_pairs("", genres, confusion)[:2] == [("Pop", "Rock2"), ("Hip-Hop", "Pop")]


def test_named_pairs_are_taken_whatever_their_spelling():
    assert choose_pairs("hiphop/ROCK, Pop / Electronic", GENRES, CONFUSION) == [
        ("Hip-Hop", "Rock"),
        ("Pop", "Electronic"),
    ]


def test_genres_that_differ_in_spelling_only_stay_two():
    assert split_pair("Rock/Pop", ("Pop", "Rock", "rock")) == ("Rock", "Pop")
    assert split_pair("Hip-Hop/hip hop", ("Hip-Hop", "hip hop")) == ("Hip-Hop", "hip hop")


def test_a_genre_that_was_never_tested_is_no_obstacle():
    untested = CONFUSION.assign(share_of_actual=CONFUSION["share_of_actual"].where(CONFUSION["actual"] != "Pop"))
    assert len(choose_pairs("", GENRES, untested)) == 4


def test_a_pair_of_too_few_tracks_gives_no_row(samples):
    few = samples.where((samples.y != 0) | (samples.rows["track"].to_numpy() == 3))
    assert len(evaluate_pairs([few], [("blues", "rock")], "track", repeats=1, seed=0, jobs=1)) == 0


def test_a_slash_in_a_genre_is_no_obstacle():
    assert split_pair("R&B/Soul/Rock", GENRES) == ("R&B/Soul", "Rock")


@pytest.mark.parametrize("wrong", ["Pop", "Pop/Polka", "Pop/Pop", "Pop/Rock/Electronic"])
def test_a_pair_that_is_none_is_refused_and_the_genres_are_named(wrong):
    with pytest.raises(InputError, match="Electronic"):
        choose_pairs(wrong, GENRES, CONFUSION)


def test_pairs_are_binary_problems_scored_on_train_test_and_holdout(samples):
    learned = evaluate_pairs([samples.learning()], [("blues", "rock")], "track", repeats=2, seed=0, jobs=1)
    held = hold_out_pairs([samples], [("blues", "rock")], "track", seed=0)
    assert set(learned["subset"]) == {"train", "test"}
    assert set(held["subset"]) == {"holdout"}
    assert set(learned["model"]) == {"logistic_regression", "knn_3", "random_forest"}
    assert learned["accuracy"].between(0, 1).all()
    n_held = (samples.rows["holdout"] & (samples.y != 1)).sum()
    assert set(held["n"]) == {n_held}


def test_a_pair_the_holdout_lacks_gives_no_row(samples):
    assert len(hold_out_pairs([samples.learning()], [("blues", "rock")], "track", seed=0)) == 0
