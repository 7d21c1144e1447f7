"""How fourteen genres come to fifteen classes, and that ours do not."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from pipeline.evaluation import Candidate, evaluate
from pipeline.reproduce.fifteenth import NO_CLASS, read_one_vs_rest, say_cause
from pipeline.reproduce.spotify import of_genres
from tests.reproduce.conftest import make_samples

FOREST = RandomForestClassifier(20, max_depth=10, random_state=0)
GENRES = ("blues", "disco", "jazz", "pop", "rock")


def read(samples):
    return read_one_vs_rest(samples, FOREST, test_share=0.25, seed=0)


def test_genres_that_nothing_tells_apart_get_no_for_an_answer_and_a_class_of_their_own():
    alike = make_samples(GENRES, tracks=40, genre_share=0)
    found = read(alike)
    assert found.share_none > 0.5
    assert set(found.confusion["predicted"]) == {*GENRES, NO_CLASS}
    assert set(found.confusion["actual"]) == set(GENRES)
    assert found.confusion.loc[found.confusion["predicted"] == NO_CLASS, "n"].sum() == round(found.share_none * 50)
    assert found.accuracy_of_answers < found.accuracy_of_largest


def test_genres_that_everything_tells_apart_get_one_yes_each():
    found = read(make_samples(GENRES, tracks=40, genre_share=30))
    assert found.share_none == 0
    assert found.accuracy_of_answers == found.accuracy_of_largest == 1


def test_the_confusions_hold_every_test_row_once():
    found = read(make_samples(GENRES, tracks=40))
    assert found.confusion["n"].sum() == 50
    shares = found.confusion.groupby("actual")["share_of_actual"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_models_of_this_project_name_a_genre_for_every_row_however_alike_the_genres_are():
    alike = make_samples(GENRES, tracks=40, genre_share=0)
    candidate = Candidate("random_forest_depth_10", alike, "track")
    confusion = evaluate([candidate], repeats=1, seed=0, jobs=1).confusion
    assert set(confusion["predicted"]) == set(GENRES)
    assert confusion.groupby("level")["n"].sum().tolist() == [50, 50]


def test_what_the_source_tells_of_six_genres_is_set_against_what_was_computed():
    blurred = read(make_samples(GENRES, tracks=40, genre_share=0))
    clear = read(make_samples(GENRES[:3], tracks=40, genre_share=30))
    assert say_cause(blurred, clear) == "With 3 genres it goes away, as the source says."
    assert "and stays" in say_cause(blurred, blurred)


def test_rows_of_some_genres_keep_their_genre():
    samples = make_samples(GENRES)
    some = of_genres(samples, ("rock", "disco", "no such genre"))
    assert some.genres == ("disco", "rock")
    names = np.array(GENRES)[samples.y]
    assert np.array(some.genres)[some.y].tolist() == names[np.isin(names, ("disco", "rock"))].tolist()
