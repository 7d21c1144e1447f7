"""Models that answer with a place, their folds and their scores, on places that are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.globe import distance_km, to_vectors
from pipeline.places import BASELINES, MODELS, Located, evaluate_places, say_places
from pipeline.places.folds import folds_of, policies_of, whole
from pipeline.places.models import HELD_BACK, Learned, answer, chosen, countries, neighbours, trees
from pipeline.places.score import MEASURES, score_places

CAPITALS = {"Mali": (12.65, -8.0), "Kenya": (-1.26, 36.8), "Japan": (35.7, 139.7), "Peru": (-12.0, -77.0),
            "Fiji": (-17.8, 178.0), "Norway": (59.9, 10.7)}  # fmt: skip


def made(n: int = 12, *, told: float = 4.0, seed: int = 0) -> Located:
    """Return tracks around six capitals, of features that tell the country by `told` standard deviations."""
    random, k = np.random.default_rng(seed), len(CAPITALS)
    which = np.repeat(np.arange(k), n)
    X = random.normal(told * np.eye(k)[which], 1.0)
    at = np.array(list(CAPITALS.values()))[which] + random.uniform(-0.5, 0.5, (k * n, 2))
    rows = pd.DataFrame(
        {"track_id": [f"t{i}" for i in range(k * n)], "country": np.array(list(CAPITALS))[which],
         "latitude": at[:, 0], "longitude": at[:, 1], "group": np.arange(k * n) // 2, "artist": np.arange(k * n) // 4,
         "artist_known": True}
    )  # fmt: skip
    return Located("f-v1", 30.0, X, to_vectors(at[:, 0], at[:, 1]), rows, 0)


def learned_from(located: Located) -> Learned:
    return Learned(located.X, located.places, located.rows["country"].to_numpy(), whole(located, "track"))


def test_every_model_but_the_baselines_finds_music_that_tells_where_it_is_from():
    told = answer(learned_from(made()), (others := made(seed=1)).X, 0)
    assert tuple(told) == (*MODELS,)
    off = {model: np.median(distance_km(places, others.places)) for model, places in told.items()}
    assert all((off[model] > 3000) == (model in BASELINES) for model in MODELS), off
    assert max(off[model] for model in MODELS if model.endswith("median") and model not in BASELINES) < 200


@pytest.mark.parametrize("believe", [neighbours(5), trees(0), countries(0.1)])
def test_a_belief_is_a_share_of_what_was_learned(believe):
    weights = believe(learned_from(made()), made(seed=1).X)
    assert weights.shape == (72, 72)
    assert (weights >= 0).all()
    assert weights.sum(axis=1) == pytest.approx(1)


def test_what_is_chosen_is_chosen_by_folds_that_tear_nothing_of_what_is_learned_from():
    learned = learned_from(made())
    met = []

    def spying(value):
        def believe(inner, X):
            met.append((value, len(inner.X) + len(X), set(map(bytes, inner.X)) & set(map(bytes, X))))
            return countries(value)(inner, X)

        return believe

    chosen(HELD_BACK, spying, learned)
    assert [value for value, _, _ in met] == [*HELD_BACK] * 3
    assert all(n == len(learned.X) and not both for _, n, both in met)


@pytest.mark.parametrize("policy", ["random", "track", "artist", "country"])
def test_each_track_is_told_once_and_what_is_kept_whole_is_not_learned_from(policy):
    located = made()
    told = np.zeros(len(located), dtype=int)
    for train, test in folds_of(located, policy, 0):
        told[test] += 1
        groups = whole(located, policy)
        assert not set(groups[train]) & set(groups[test])
        if policy != "random":
            twins = whole(located, "track")
            assert not set(twins[train]) & set(twins[test])
    assert (told == 1).all()


def test_a_twin_in_another_country_is_not_learned_from_either():
    located = made()
    located.rows.loc[[0, 71], "group"] = 999
    held = [train for train, test in folds_of(located, "country", 0) if 0 in test]
    assert 71 not in held[0]


def test_policies_are_those_that_the_tracks_allow():
    located = made()
    assert policies_of(located) == ["random", "track", "artist", "country"]
    located.rows["artist_known"] = False
    located.rows.loc[0, "country"] = None
    assert policies_of(located) == ["random", "track"]


@given(st.lists(st.floats(0, 20000), min_size=6, max_size=40), st.integers(0, 99))
def test_scores_are_those_of_the_errors_and_their_intervals_hold_them(errors, seed):
    km = np.array(errors)
    scores = score_places(km, np.arange(len(km)), seed, km).set_index("measure")
    assert list(scores.index) == list(MEASURES)
    assert scores.at["mean_error_km", "value"] == pytest.approx(km.mean())
    assert scores.at["within_1000_km", "value"] == (km <= 1000).mean()
    assert scores.at["gain_km", "value"] == 0
    assert (km <= scores.at["median_error_km", "value"]).mean() >= 0.5
    assert (scores["ci_low"] <= scores["ci_high"]).all()


def test_of_few_units_no_interval_is_told_and_large_units_widen_it():
    km = np.random.default_rng(0).uniform(0, 5000, 100) + np.repeat(np.arange(10) * 1000, 10)
    assert score_places(km, np.arange(100) // 25, 0)["ci_low"].isna().all()
    rows, tens = (score_places(km, units, 0).iloc[0] for units in (np.arange(100), np.arange(100) // 10))
    assert tens.ci_high - tens.ci_low > 1.5 * (rows.ci_high - rows.ci_low)


def test_what_is_told_of_features_that_say_nothing_is_no_gain(small_forests):
    _, scores = evaluate_places(made(told=0.0))
    gain = scores[(scores["model"] == "mixture") & (scores["measure"] == "gain_km")].set_index("split_policy")
    assert (gain["ci_low"] <= 0).all()
    assert sum("that is not surely less than" in sentence for sentence in say_places(scores)) == 4


def test_music_that_tells_its_country_is_placed_and_that_of_an_unheard_country_is_not(small_forests):
    places, scores = evaluate_places(made())
    assert places.groupby("split_policy").size().to_dict() == dict.fromkeys(
        ("random", "track", "artist", "country"), 72
    )
    off = places.groupby("split_policy")["error_km"].median()
    assert off["artist"] < 200
    assert off["country"] > 2000
    assert "Where it has learned from the country, it comes" in say_places(scores)[-1]
