"""What the split policies `artist` and `predefined` change in what is fitted and scored."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import (
    Candidate,
    choose_policy,
    crown,
    evaluate,
    evaluate_pairs,
    hold_out,
    hold_out_pairs,
    protocol,
    ranking,
    say_left_out,
    search_k,
    summarise,
)
from pipeline.evaluation.fitting import fit, predict
from pipeline.evaluation.samples import describe_split
from pipeline.evaluation.sides import check_sides
from pipeline.splits import join


@pytest.fixture(scope="module")
def scores(samples):
    learning = samples.learning()
    candidates = [Candidate("knn_3", learning, policy) for policy in ("random", "track", "artist", "predefined")]
    candidates.append(Candidate("random_forest", learning, "predefined"))
    return evaluate(candidates, repeats=2, seed=0, jobs=2).scores


@pytest.fixture(scope="module")
def champion(scores, samples):
    ranked = ranking(scores, "predefined")
    return crown(ranked, [samples], policy="predefined", seed=0)


def with_side(samples, *sides):
    return samples.rows["predefined"].isin(sides).to_numpy()


def n_scored(scores, **wanted):
    rows = scores[(scores["metric"] == "accuracy") & (scores["model"] == "knn_3")]
    return rows.loc[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1), "n"].iloc[0]


def test_under_predefined_train_and_valid_are_learned_from_test_is_scored_and_the_rest_left_out(scores, samples):
    rows = samples.learning()
    for subset, sides in (("train", ("train", "valid")), ("test", ("test",))):
        n = n_scored(scores, split_policy="predefined", subset=subset, level="segment")
        assert n == with_side(rows, *sides).sum() > 0


def test_under_predefined_repeats_differ_in_the_model_s_seed_only(samples, monkeypatch):
    seeds = []
    monkeypatch.setattr(protocol, "fit", lambda *given, **more: seeds.append(given[2]) or fit(*given, **more))
    evaluate([Candidate("random_forest", samples.learning(), "predefined")], repeats=3, seed=7, jobs=1)
    assert len(set(seeds)) == 3
    seeds.clear()
    evaluate([Candidate("random_forest", samples.learning(), "artist")], repeats=3, seed=7, jobs=1)
    assert seeds == [7, 7, 7]


def test_on_a_holdout_of_whole_artists_intervals_are_over_them_whatever_the_policy(samples):
    artists = samples.rows["artist"].to_numpy()
    drawn = replace(samples, rows=samples.rows.assign(holdout=artists % 7 == 0))
    for policy in ("track", "artist", "predefined"):
        held = drawn.under(policy).holdout()
        assert join(held.units).tolist() == join(held.rows["artist"]).tolist()
    torn = samples.under("track").holdout()  # every tenth track is held out, with the artist's other one outside
    assert join(torn.units).tolist() == join(torn.rows["group"]).tolist()


@pytest.mark.parametrize(
    ("policy", "unit"), [("random", "group"), ("track", "group"), ("artist", "artist"), ("predefined", "artist")]
)
def test_intervals_are_over_artists_where_the_split_is_by_artists_or_the_metadatas_else_over_tracks(
    samples, policy, unit
):
    counted = samples.under(policy)
    predicted = predict(fit("knn_3", counted, 0).estimator, counted, np.arange(len(counted)))
    assert predicted["segment"].groups.tolist() == counted.rows[unit].tolist()
    assert predicted["track"].groups.tolist() == counted.rows.groupby("track")[unit].first().tolist()


def test_each_compared_policy_has_its_rows_and_its_own_leak_gap(scores):
    summary = summarise(scores).query("model == 'knn_3' and level == 'segment'").set_index("split_policy")
    assert set(summary.index) == {"random", "track", "artist", "predefined"}
    gaps = summary.loc["random", "test_3s"] - summary["test_3s"]
    gaps["random"] = gaps["track"]
    assert summary["leak_gap_3s"].to_dict() == pytest.approx(gaps.to_dict())
    assert summary["test_3s"].notna().all()


def test_the_k_search_under_predefined_is_one_split_whatever_the_repeats(samples):
    one, five = (
        search_k(samples.learning(), "predefined", k_values=(1, 3), repeats=repeats, seed=0).found for repeats in (1, 5)
    )
    assert one.equals(five)


def test_a_champion_of_predefined_is_fitted_and_scored_without_what_the_split_excludes(champion, scores, samples):
    counted = with_side(samples, "train", "valid", "test")
    held = samples.rows["holdout"].to_numpy()
    assert champion.n_tracks == samples.rows.loc[counted & ~held, "track"].nunique()
    evaluation, predictions = hold_out(champion, scores, [samples], seed=0)
    assert set(evaluation.scores["split_policy"]) == {"predefined"}
    assert set(predictions["track_id"]) == set(samples.rows.loc[counted & held, "track_id"])
    n_held, n_left = samples.rows.loc[held, "track"].nunique(), samples.rows.loc[held & ~counted, "track"].nunique()
    assert n_left > 0
    assert say_left_out(champion, [samples]).startswith(f"{n_left} of {n_held} held-out tracks are left out")


def test_the_holdout_is_filed_under_the_champion_s_policy_and_a_shuffled_one_s_under_track(champion, scores, samples):
    for split, filed in (("artist", "artist"), ("track", "track"), ("random", "track")):
        crowned = crown(ranking(scores, split), [samples], policy=split, seed=0)
        evaluation, predictions = hold_out(crowned, scores, [samples], seed=0)
        assert set(evaluation.scores["split_policy"]) == {filed}
        assert set(predictions["track_id"]) == set(samples.rows.loc[samples.rows["holdout"], "track_id"])
        assert say_left_out(crowned, [samples]) == ""


def test_pairs_follow_the_policy_too(samples):
    pair = [("blues", "rock")]
    learned = evaluate_pairs([samples.learning()], pair, "predefined", repeats=2, seed=0, jobs=1)
    in_pair = samples.y != 1
    tested = in_pair & with_side(samples, "test") & ~samples.rows["holdout"].to_numpy()
    assert set(learned.loc[learned["subset"] == "test", "n"]) == {tested.sum()}
    held = in_pair & with_side(samples, "train", "valid", "test") & samples.rows["holdout"].to_numpy()
    assert set(hold_out_pairs([samples], pair, "predefined", seed=0)["n"]) == {held.sum()}


def test_a_pair_that_the_policy_puts_on_one_side_gives_no_row(samples):
    rows = samples.rows.assign(predefined=np.where(samples.y == 2, "test", samples.rows["predefined"]))
    lopsided = replace(samples, rows=rows)
    assert len(evaluate_pairs([lopsided], [("blues", "rock")], "predefined", repeats=1, seed=0, jobs=1)) == 0


def test_genres_that_a_policy_never_tests_are_named(samples):
    alone = replace(samples, rows=samples.rows.assign(artist=np.where(samples.y == 0, 999, samples.rows["artist"])))
    assert describe_split([samples], "artist") == ["The artists of all 60 tracks are known."]
    assert describe_split([alone], "artist")[-1] == "Never tested with artists kept whole: blues."


def test_a_policy_that_leaves_too_few_genres_to_test_is_refused(samples):
    one_artist_a_genre = replace(samples, rows=samples.rows.assign(artist=samples.y))
    with pytest.raises(InputError, match=r"--split artist leaves fewer than two genres.*--split track"):
        describe_split([one_artist_a_genre], "artist")


def test_the_policy_of_a_dataset_is_decided_from_its_own_tracks_unless_one_is_asked_for(samples):
    assert choose_policy("", [samples])[0] == "artist"
    assert choose_policy("track", [samples])[0] == "track"
    unknown = replace(samples, rows=samples.rows.assign(artist_known=False))
    assert choose_policy("", [unknown])[0] == "track"


def test_where_whole_artists_leave_nothing_to_test_the_default_falls_back_and_says_so(samples):
    one_artist_a_genre = replace(samples, rows=samples.rows.assign(artist=samples.y))
    policy, (why, *_) = choose_policy("", [samples, one_artist_a_genre])
    assert policy == "track"
    assert "--split artist would leave fewer than two genres to test" in why


def test_training_tracks_that_repeat_tested_ones_are_named_in_the_checks_and_where_none_is_left(samples):
    rows = samples.rows
    tracks = rows.groupby("track", sort=False)["predefined"].first()
    learned, tested = (tracks.index[tracks == side][0] for side in ("train", "test"))
    copied = rows["group"].mask(rows["track"] == learned, rows.loc[rows["track"] == tested, "group"].iloc[0])
    found = check_sides(replace(samples, rows=rows.assign(group=copied)), "predefined", n_held=0, seed=0)
    name = rows.loc[rows["track"] == learned, "track_id"].iloc[0]
    row = found.set_index("check").loc["repeats_of_tested"]
    assert (row["n"], row["detail"]) == (1, f"1 track left out of training for repeating a tested one: {name}")
    for policy in ("predefined", "track"):
        assert "repeats_of_tested" not in set(check_sides(samples, policy, n_held=0, seed=0)["check"])
    alike = replace(samples, rows=rows.assign(group=0))
    with pytest.raises(InputError, match=r"with \d+ tracks left out of training for repeating a tested one; choose"):
        describe_split([alike], "predefined")
