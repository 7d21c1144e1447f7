"""Two-level labels: which style lies below which genre, what is answered, how that is scored, and what is claimed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from pipeline.evaluation import say_styles
from pipeline.evaluation.nested import FEWEST_UNITS, codes_of, nest
from pipeline.evaluation.styles import (
    BACK_OFF,
    CHILDREN,
    COMMONEST,
    GENRE_ONLY,
    PARENTS,
    TESTED,
    TOP_DOWN,
    WAYS,
    Answers,
    Votes,
    answer,
    describe_styles,
    is_better,
    score_styles,
)

PARENT = np.array([0, 0, 1, 1])


def tracks(*groups, by=1):
    """Return tracks of (genre, style, how many), each artist having `by` of them."""
    rows = [(genre, style) for genre, style, n in groups for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["genre", "style"])
    return frame.assign(track_id=[f"t{i}" for i in range(len(frame))], unit=np.arange(len(frame)) // by)


def draw(n_artists, *, sure=2.0, seed=0, tracks_each=2):
    """Return votes of two good models: `sure` is how far the right style stands out."""
    rng = np.random.default_rng(seed)
    style = np.repeat(rng.integers(4, size=n_artists), tracks_each)
    unit = np.repeat(np.arange(n_artists), tracks_each)
    genres = np.exp(rng.standard_normal((len(style), 2)) + 2 * np.eye(2)[PARENT[style]])
    styles = np.exp(rng.standard_normal((len(style), 4)) + sure * np.eye(4)[style])
    of = [votes / votes.sum(axis=1, keepdims=True) for votes in (genres, styles)]
    return Votes(*of, PARENT[style], style, unit, np.arange(len(style)), PARENT)


def test_a_style_below_several_genres_belongs_where_most_of_its_tracks_are_and_nowhere_where_two_have_as_many():
    found = nest(tracks(("rock", "punk", 30), ("pop", "punk", 20), ("rock", "indie", 20), ("pop", "dance", 20),
                        ("pop", "swing", 25), ("pop", "lounge", 20), ("rock", "lounge", 20)))  # fmt: skip
    assert found.parents == {"dance": "pop", "indie": "rock", "punk": "rock", "swing": "pop"}
    assert found.styles.value_counts().to_dict() == {"punk": 30, "swing": 25, "indie": 20, "dance": 20}
    assert found.remarks == [
        "2 styles below several genres (lounge, punk): each belongs where most of its tracks are, or nowhere where "
        "two have as many; 60 tracks lose theirs."
    ]


def test_styles_of_few_artists_and_the_only_one_of_a_genre_are_left_out_and_said():
    few = FEWEST_UNITS - 1
    found = nest(tracks(("rock", "punk", 20), ("rock", "indie", 20), ("rock", "rare", few), ("folk", "folk", 40),
                        ("rock", None, 5)))  # fmt: skip
    assert found.parents == {"indie": "rock", "punk": "rock"}
    assert found.remarks == [
        f"5 of {85 + few} tracks have no style.",
        f"1 style by fewer than 15 artists, or of fewer tracks (rare): {few} tracks lose theirs.",
        "Nothing to tell below folk: the only style left there says no more than the genre.",
    ]
    by_one = nest(tracks(("rock", "punk", 40), ("rock", "indie", 40), by=20))
    assert by_one.parents == {}, "forty tracks by two artists are few"


def test_nothing_is_nested_where_no_track_has_a_style():
    found = nest(tracks(("rock", None, 30), ("pop", None, 30)))
    assert (found.parents, len(found.styles), found.remarks) == ({}, 0, [])


def test_styles_know_their_genre_by_number():
    assert codes_of({"dance": "pop", "indie": "rock"}, ("jazz", "pop", "rock")).tolist() == [1, 2]


def test_a_style_is_below_the_named_genre_and_genres_are_those_of_the_model_of_genres():
    votes = draw(200)
    answers, held = answer(votes, 0)
    assert tuple(answers) == WAYS
    genre = votes.of_genres.argmax(axis=1)
    for way in (BACK_OFF, TOP_DOWN, COMMONEST, PARENTS):
        assert (answers[way].genre == genre).all()
    for told in answers.values():
        named = told.style >= 0
        assert (PARENT[told.style[named]] == told.genre[named]).all()
    assert (answers[PARENTS].style == -1).all()
    assert (answers[CHILDREN].style == votes.of_styles.argmax(axis=1)).all()
    backed, top = answers[BACK_OFF].style, answers[TOP_DOWN].style
    assert 0 < (backed >= 0).mean() < 1
    assert (backed[backed >= 0] == top[backed >= 0]).all(), "it names what it would name anyway, or nothing"
    rightly = genre == votes.genre
    assert held[rightly].mean() == pytest.approx(0.9, abs=0.06)
    assert not held[~rightly].any()


def test_answers_to_an_artist_do_not_depend_on_what_is_right_for_that_artist():
    votes = draw(80, sure=1.0)
    folds = votes.unit == votes.unit[0]
    swapped = votes.style.copy()
    swapped[folds] = np.array([1, 0, 3, 2])[swapped[folds]]
    # folds are dealt by style, so the artist is looked at with the folds of before
    first, _ = answer(votes, 0)
    with pytest.MonkeyPatch.context() as patch:
        dealt = np.arange(len(votes)) // 2 % 5
        patch.setattr("pipeline.evaluation.styles.deal", lambda *_: dealt)
        one, _ = answer(votes, 0)
        other, _ = answer(replace(votes, style=swapped), 0)
    for way in WAYS:
        assert (one[way].style[folds] == other[way].style[folds]).all()
    assert set(first) == set(one)


def test_where_the_model_of_styles_has_no_vote_below_the_genre_none_is_named():
    votes = draw(60)
    silent = votes.of_styles * (PARENT[None] != votes.of_genres.argmax(axis=1)[:, None])
    answers, _ = answer(replace(votes, of_styles=silent), 0)
    assert (answers[BACK_OFF].style == -1).all()
    assert np.isfinite(score_styles(votes, *answer(votes, 0))["value"].astype(float)).all()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_hierarchical_scores_are_those_of_sets_of_labels(seed):
    rng = np.random.default_rng(seed)
    votes = draw(int(rng.integers(20, 40)), seed=seed)
    n = len(votes)
    style = rng.integers(-1, 4, n)
    genre = np.where(style >= 0, PARENT[style], rng.integers(0, 2, n))
    answers, held = answer(votes, 0)
    scores = score_styles(votes, answers | {TOP_DOWN: Answers(genre, style)}, held)
    found = scores[scores["way"] == TOP_DOWN].set_index("measure")["value"]
    told = [{f"g{g}"} | ({f"s{s}"} if s >= 0 else set()) for g, s in zip(genre, style, strict=True)]
    true = [{f"g{g}", f"s{s}"} for g, s in zip(votes.genre, votes.style, strict=True)]
    right = sum(len(a & b) for a, b in zip(told, true, strict=True))
    precision, recall = right / sum(map(len, told)), right / sum(map(len, true))
    assert found["hierarchical_precision"] == pytest.approx(precision)
    assert found["hierarchical_recall"] == pytest.approx(recall)
    assert found[TESTED] == pytest.approx(2 * precision * recall / (precision + recall) if right else 0)
    assert found["exact"] == pytest.approx(accuracy_score(votes.style, style))
    assert found["genre_right"] == pytest.approx(accuracy_score(votes.genre, genre))


def test_better_than_flat_needs_every_flat_way_to_be_worse_by_the_test():
    votes = draw(300)
    answers, held = answer(votes, 0)
    right = Answers(votes.genre, votes.style)
    scores = score_styles(votes, answers | {BACK_OFF: right}, held)
    assert is_better(scores)
    assert (scores["gain_low"].dropna() > 0).all()
    same = score_styles(votes, answers | {BACK_OFF: right, CHILDREN: right}, held)
    assert not is_better(same)
    gains = same.set_index(["way", "measure"]).loc[(CHILDREN, TESTED)]
    assert (gains["gain"], gains["p_adjusted"]) == (0.0, 1.0)


def test_styles_that_are_noise_are_not_told_to_be_better_more_often_than_one_time_in_twenty():
    n = 60
    claimed = [
        is_better(score_styles(votes, *answer(votes, 0))) for votes in (draw(60, sure=0.0, seed=s) for s in range(n))
    ]
    assert np.mean(claimed) <= 0.05


def test_scores_have_intervals_over_artists_that_hold_them():
    votes = draw(100)
    few = score_styles(votes, *answer(votes, 0))
    assert (few["ci_low"] <= few["value"]).all()
    assert (few["value"] <= few["ci_high"]).all()
    assert set(few["n"]) == {200}
    assert set(few["n_groups"]) == {100}
    alike = replace(votes, unit=np.arange(len(votes)))
    width = [(each["ci_high"] - each["ci_low"]).mean() for each in (few, score_styles(alike, *answer(alike, 0)))]
    assert width[0] > 0


def test_each_style_is_described_and_its_answers_sum_to_one():
    votes = draw(150, sure=1.0)
    answers, _ = answer(votes, 0)
    rows, told = describe_styles(votes, answers, ("pop", "rock"), ("a", "b", "c", "d"))
    assert list(zip(rows["genre"], rows["style"], strict=True)) == [
        ("pop", "a"),
        ("pop", "b"),
        ("rock", "c"),
        ("rock", "d"),
    ]
    assert rows["n"].sum() == 300
    assert np.allclose(told.groupby("style")["share_of_style"].sum(), 1)
    named = told[(told["answered_style"] == told["style"])].set_index("style")["share_of_style"]
    assert np.allclose(named.reindex(rows["style"]).fillna(0), rows["exact"])
    assert GENRE_ONLY in set(told["answered_style"])
    unsure = told[told["answered_style"] == GENRE_ONLY].groupby("style")["share_of_style"].sum()
    assert np.allclose(1 - unsure.reindex(rows["style"]).fillna(0), rows["style_named"])


def test_what_is_said_tells_better_worse_and_no_difference():
    votes = draw(300)
    answers, held = answer(votes, 0)
    right, wrong = Answers(votes.genre, votes.style), Answers(1 - votes.genre, np.full(len(votes), -1))
    told = [say_styles(score_styles(votes, answers | {BACK_OFF: of}, held)) for of in (right, wrong)]
    assert told[0][0].startswith("Out of fold the genre of 100% (95 % interval ")
    assert " is better than flat: its hierarchical F1 is 1.00 (95 % interval " in told[0][1]
    assert told[1][0].endswith("is sure: for 0% of them.")
    assert " is not better than flat, but worse than styles named by one model and genres with " in told[1][1]
    even = score_styles(votes, answers | {BACK_OFF: right, CHILDREN: right, COMMONEST: right, PARENTS: right}, held)
    assert " is not better than flat, as far as a test can tell: " in say_styles(even)[1]
    assert say_styles(pd.DataFrame()) == []
