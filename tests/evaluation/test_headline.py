"""The headline announces by the corrected figure, and says which tracks a window leaves out."""

from uuid import uuid4

import pandas as pd
import pytest

from pipeline.evaluation import headline, say_styles
from pipeline.store import Run, StageRows
from pipeline.store.runs import start_run
from pipeline.tables import CLASS_REPORT, K_SEARCH, SCORES, STYLE_SCORES
from tests.declared import row_of

CORRECTED = {"corrected_accuracy": 0.54, "corrected_ci_low": 0.47, "corrected_ci_high": 0.62, "n_candidates": 20}
OF_TRACKS = {"feature_set": "f", "split_policy": "track", "subset": "test", "level": "track"}
CHAMPION = {
    **{"model": "knn_3", "feature_set": "f", "window_s": 30.0, "split_policy": "track", "n_tracks": 9, "warnings": []},
    **{"test_accuracy": 0.59, "test_ci_low": 0.5, "test_ci_high": 0.68, "unknown_genres": ["jazz"]},
    **dict.fromkeys(("holdout_accuracy", "holdout_ci_low", "holdout_ci_high", "holdout_n", "holdout_new_artists")),
}


def scored(window_s: float, metric: str, value: float, n: int) -> dict:
    named = {"model": "knn_3", "window_s": window_s, "metric": metric, "value": value, "n": n}
    return row_of(SCORES, **OF_TRACKS | named, ci_low=0.5, ci_high=0.68)


@pytest.fixture
def run(database) -> Run:
    dataset = f"headlines-{uuid4().hex}"
    database["datasets"].insert_one({"dataset": dataset, "source": "table", "location": "headlines.csv"})
    run = start_run(database, dataset, {})
    scores = [scored(30.0, "accuracy", 0.59, 38), scored(3.0, "accuracy", 0.5, 71)]
    scores += [scored(30.0, "coverage", 38 / 71, 38), scored(3.0, "coverage", 1.0, 71)]
    met = [(30.0, "rock", 9), (30.0, "jazz", 0), (3.0, "rock", 9), (3.0, "jazz", 9)]
    report = [
        row_of(CLASS_REPORT, **OF_TRACKS, model="knn_3", window_s=window_s, genre=genre, support=support)
        for window_s, genre, support in met
    ]
    rows = StageRows(scores=pd.DataFrame(scores), tables={"class_report": pd.DataFrame(report)})
    run.record("compare", rows, facts={"split_policy": "track", "main_feature_set": "f", "highest": CORRECTED})
    return run


def test_before_there_is_a_champion_the_highest_scorer_is_announced_by_what_to_expect_of_it(run):
    said = headline(run).champion
    assert said.startswith(
        "Highest so far: 3 nearest neighbours on 3-second rows of f. On test tracks, with tracks kept whole, it gets"
    )
    assert "54% right (95 % interval 47% to 62%), corrected for being the highest of 20 candidates." in said


def test_the_champion_is_announced_by_what_to_expect_of_it_and_its_holdout_is_compared_with_that(run):
    held = {"holdout_accuracy": 0.55, "holdout_ci_low": 0.40, "holdout_ci_high": 0.56, "holdout_n": 40}
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED})
    run.record("holdout", StageRows(), facts={f"champion.{name}": value for name, value in held.items()})
    said = headline(run)
    assert said.champion.endswith(
        "it gets 54% right (95 % interval 47% to 62%), corrected for being the highest of 20 candidates."
    )
    assert said.holdout.endswith("Its corrected test accuracy of 54% lies inside that interval.")


def test_a_run_of_before_says_that_its_figure_is_too_good_and_what_corrects_it(run):
    run.record("optimise", StageRows(), facts={"champion": CHAMPION})
    said = headline(run).champion
    assert "59% right (95 % interval 50% to 68%); as the highest of many, which makes that too good" in said
    assert "`genrelab run --from compare`" in said


def test_what_a_window_leaves_out_is_told_with_the_genres_that_its_champion_does_not_know(run):
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED})
    said = headline(run)
    assert said.coverage == (
        "33 of the 71 tracks that are not held out have no 30-second row. So jazz is no genre that the champion knows. "
        "Windows are compared on the tracks that all have, and candidates ranked by right answers among all tracks."
    )
    assert said.coverage in said.claims
    assert said.untested == "Never tested with tracks kept whole on 30-second rows: jazz."


def test_what_the_champion_is_the_highest_of_is_counted_out_where_the_rows_of_the_run_tell(run):
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED | {"n_candidates": 2}})
    assert headline(run).candidates == "The 2 candidates were 1 model on f and 30-second and 3-second rows (2)."
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED})
    assert headline(run).candidates.startswith("The 20 candidates were all models on all feature sets")


def test_genres_that_one_artist_is_held_out_of_are_told_once_the_champion_met_the_holdout(run):
    held = {"holdout_accuracy": 0.55, "holdout_ci_low": 0.40, "holdout_ci_high": 0.56, "holdout_n": 40}
    held["holdout_one_artist"] = [{"genre": "blues", "artist": "Clifton Chenier", "n": 12}]
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED})
    assert headline(run).one_artist == ""
    run.record("holdout", StageRows(), facts={f"champion.{name}": value for name, value in held.items()})
    said = headline(run)
    assert "blues (Clifton Chenier, 12 tracks)" in said.one_artist
    assert ("Holdout", said.one_artist) in said.findings


def test_where_styles_were_scored_the_verdict_on_them_is_told_in_the_same_words(run):
    of = {"measure": "hierarchical_f1", "p_adjusted": 0.3, "gain_low": None}
    way = {"way": "back_off", "gain": None, "ci_low": None}
    rows = [row_of(STYLE_SCORES, **way, measure=name, value=0.5, n=9) for name in ("genre_right", "style_named")]
    rows += [
        row_of(STYLE_SCORES, **way | {"measure": of["measure"]}),
        row_of(STYLE_SCORES, **of, way="styles", gain=0.1),
    ]
    run.record("optimise", StageRows(), facts={"champion": CHAMPION | CORRECTED})
    assert headline(run).styles == ""
    run.record("holdout", StageRows(tables={"style_scores": pd.DataFrame(rows)}))
    said = headline(run)
    assert said.styles == say_styles(run.table("style_scores"))[-1]
    assert "is not better than flat, as far as a test can tell" in said.styles
    assert ("Styles", said.styles) in said.findings


def test_a_k_that_was_compared_already_is_counted_once(run):
    searched = [{"k": k, "window_s": 30.0, "split_policy": "track", "chosen": k == 5} for k in (1, 3, 5)]
    tables = {"k_search": pd.DataFrame([row_of(K_SEARCH, **row) for row in searched])}
    run.record("optimise", StageRows(tables=tables), facts={"champion": CHAMPION | CORRECTED | {"n_candidates": 4}})
    assert headline(run).candidates == (
        "The 4 candidates were 1 model on f and 30-second and 3-second rows (2); 3 values of k, 1 to 5, for nearest "
        "neighbours on 30-second rows (2 more)."
    )
