"""What harmless changes do to answers: rates by hand, and a test whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.horse import draw
from pipeline.evaluation.harmless import (
    LEVEL,
    NO_ANSWER,
    ChangedAnswers,
    can_be_told,
    hurt_more,
    tell_changes,
    tell_genres,
)
from pipeline.evaluation.say_harmless import mean_flip_rate, say_given_away, say_harmless, say_hurt, worst_change
from pipeline.evaluation.three_figures import other_figures, say_figures
from pipeline.robustness import CHANGES
from pipeline.tables import ANY, AS_IT_IS, FIGURES, HARMLESS_CHANGE_GENRES, HARMLESS_CHANGES

HIGH_PASS = [change.name for change in CHANGES].index("high_pass_20")
TELEPHONE = [change.name for change in CHANGES].index("telephone")


def answers(n: int = 6, k: int = 3, *, per_artist: int = 1) -> ChangedAnswers:
    """Return answers to `n` tracks of each genre, all right, whatever is done."""
    actual = np.repeat(np.arange(k), n)
    changed = np.tile(actual[:, None], (1, len(CHANGES)))
    genres, artists = ("blues", "disco", "rock")[:k], np.arange(n * k) // per_artist
    return ChangedAnswers(genres, actual, artists, actual.copy(), changed, CHANGES)


def test_rates_are_those_that_are_counted_by_hand():
    given = answers()
    given.as_it_is[0] = 1  # wrong as it is, and right through a telephone
    given.changed[0] = 1
    given.changed[0, TELEPHONE] = 0
    given.changed[6:12, TELEPHONE] = 0  # all of disco is lost
    given.changed[12, HIGH_PASS] = NO_ANSWER
    rows = tell_changes(given).set_index("change")
    assert set(HARMLESS_CHANGES.stored_names) == {"change", *rows.columns}
    n = 18
    assert rows.loc[AS_IT_IS, "accuracy"] == pytest.approx(17 / n)
    assert rows.loc["telephone", ["accuracy", "drop", "flip_rate"]].tolist() == pytest.approx([12 / n, 5 / n, 7 / n])
    assert rows.loc["high_pass_20", ["accuracy", "flip_rate"]].tolist() == pytest.approx([16 / n, 1 / n])
    assert rows.loc[ANY, ["accuracy", "flip_rate"]].tolist() == pytest.approx([10 / n, 8 / n])
    assert rows.index[rows["is_worst"]].tolist() == ["telephone"]
    bounded = rows.drop(index=AS_IT_IS)
    assert (bounded["ci_low"] <= bounded["accuracy"]).all()
    assert (bounded["accuracy"] <= bounded["ci_high"]).all()
    assert (bounded["drop_ci_low"] <= bounded["drop"]).all()
    assert (bounded["drop"] <= bounded["drop_ci_high"]).all()
    genres = tell_genres(given)
    assert set(HARMLESS_CHANGE_GENRES.stored_names) == set(genres.columns)
    (disco,) = genres.query("change == 'telephone' and genre == 'disco'").to_dict("records")
    assert (disco["recall"], disco["drop"], disco["n"], disco["n_right"], disco["n_lost"]) == (0, 1, 6, 6, 6)
    assert disco["hurt_more"]
    assert not disco["given_away"]


def test_what_nobody_hears_gives_a_genre_away_and_what_is_heard_only_hurts_it():
    given = answers()
    given.changed[:6, HIGH_PASS] = 1
    genres = tell_genres(given)
    assert genres.loc[genres["given_away"], ["change", "genre"]].to_numpy().tolist() == [["high_pass_20", "blues"]]
    (said,) = say_given_away(genres)
    assert said == (
        "blues is named by something that nobody hears: with nothing below 20 Hz 6 of its 6 right answers are lost, 0 "
        "of 12 of the other genres"
    )
    assert say_hurt(genres) == []
    given = answers()
    given.changed[:6, TELEPHONE] = 1
    genres = tell_genres(given)
    assert say_given_away(genres) == []
    assert say_hurt(genres)[0] == "No genre was found to be named by something that nobody hears."
    assert say_hurt(genres)[1].startswith("blues is hurt more than the others: with a telephone's band 6 of its 6")


def test_tracks_of_one_artist_are_one_piece_of_evidence():
    alone, together = answers(), answers(per_artist=6)
    for given in (alone, together):
        given.changed[:6, HIGH_PASS] = 1
    assert np.nanmin(hurt_more(alone)) <= LEVEL < np.nanmin(hurt_more(together))
    assert can_be_told(alone)
    assert not can_be_told(together)


@pytest.mark.parametrize(("n", "enough"), [(1, False), (2, False), (4, True)])
def test_with_a_track_or_two_of_each_genre_nothing_can_be_told(n, enough):
    assert can_be_told(answers(n)) == enough


def test_a_genre_that_no_track_is_right_of_and_a_single_genre_have_no_test():
    given = answers()
    given.as_it_is[:6] = 1
    assert np.isnan(hurt_more(given)[0]).all()
    assert (hurt_more(given)[1:] == 1).all()
    assert np.isnan(hurt_more(answers(k=1))).all()
    nothing = answers()
    nothing.as_it_is[:] = NO_ANSWER
    assert np.isnan(hurt_more(nothing)).all()
    assert not can_be_told(nothing)
    assert tell_genres(nothing)["n_right"].eq(0).all()


def test_a_planted_confound_is_caught_and_without_one_there_is_no_alarm():
    rng, n = np.random.default_rng(0), 60
    unheard = [change.unheard for change in CHANGES]

    def given_away(confound: str) -> np.ndarray:
        return np.array([hurt_more(draw(rng, (10, 5, 1), confound), seed)[:, unheard] <= LEVEL for seed in range(n)])

    for nothing in ("none", "uneven"):
        assert given_away(nothing).any(axis=(1, 2)).mean() <= 0.1
    assert given_away("strong")[:, 0].any(axis=1).mean() >= 0.9


def test_the_sentence_has_the_worst_change_and_the_share_of_answers_that_change():
    given = answers()
    given.changed[:9, TELEPHONE] = 2
    rows = tell_changes(given)
    assert worst_change(rows)["change"] == "telephone"
    assert mean_flip_rate(rows) == pytest.approx(9 / 18 / len(CHANGES))
    said = say_harmless(rows)
    assert "names 50% of 18 held-out tracks rightly at worst (a telephone's band; 95 % interval" in said
    assert "and 100% as they are. 5% of answers change; 50% of the tracks are named rightly whatever is done." in said
    assert say_harmless(pd.DataFrame()) == ""


def test_the_three_figures_are_those_that_there_are():
    champion = {"corrected_accuracy": 0.72, "corrected_ci_low": 0.68, "corrected_ci_high": 0.76}
    given = answers()
    given.changed[:9, TELEPHONE] = 2
    transfers = pd.DataFrame(
        {"is_champion": [True, True, False], "tested_on": ["a", "b", "a"], "recall": [0.5, 0.31, 0.1],
         "ci_low": [0.4, 0.25, 0], "ci_high": [0.6, 0.37, 1]}
    )  # fmt: skip
    others = other_figures(transfers, tell_changes(given))
    assert set(others) == {column.name for column in FIGURES}
    assert say_figures(champion, others)[:2] == (
        ("On its own music, test tracks that it was chosen on", "72% (68% to 76%)"),
        ("On other music, 'b'", "31% (25% to 37%)"),
    )
    held = {"holdout_accuracy": 0.28, "holdout_ci_low": 0.2, "holdout_ci_high": 0.4}
    assert say_figures(champion | held, others)[0] == ("On its own music, unseen tracks", "28% (20% to 40%)")
    what, rate = say_figures(champion, others)[2]
    assert what == "Played differently, at worst: a telephone's band"
    assert rate.startswith("50% (")
    assert other_figures(pd.DataFrame(), pd.DataFrame()) == {}
