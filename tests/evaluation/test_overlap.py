"""How far genres overlap: near the truth where it is known, and the most distinct ones found whatever their number."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from pipeline.evaluation import from_both_sides, most_distinct, overlap, overlap_genres, say_overlaps
from tests.evaluation.test_contrast import made


def pairs_of(shared: np.ndarray) -> pd.DataFrame:
    found = [(f"g{a:02d}", f"g{b:02d}", shared[a, b]) for a, b in combinations(range(len(shared)), 2)]
    return pd.DataFrame(found, columns=["genre_a", "genre_b", "overlap"])


def test_two_normal_genres_share_what_their_distance_says():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 300)
    X = rng.normal(size=(900, 8))
    X[y == 1, 0] += 2
    X[y == 2, 1] += 4
    found = overlap_genres(made(X, y)).set_index(["genre_a", "genre_b"])["overlap"]
    for pair, distance in ((("g0", "g1"), 2), (("g0", "g2"), 4), (("g1", "g2"), 20**0.5)):
        assert found[pair] == pytest.approx(2 * ndtr(-distance / 2), abs=0.06)


def test_genres_that_differ_in_nothing_share_nearly_all_though_their_artists_can_be_recognised():
    rng = np.random.default_rng(0)
    artist = np.repeat(np.arange(40), 6)
    X = 3 * rng.normal(size=(40, 12))[artist] + rng.normal(size=(240, 12))
    assert overlap_genres(made(X, artist % 2, artist))["overlap"].iloc[0] > 0.8


@pytest.mark.filterwarnings("error")
def test_a_genre_of_one_artist_or_two_and_a_single_genre_tell_nothing():
    rng = np.random.default_rng(0)
    artist = np.repeat(np.arange(10), 4)
    y = np.minimum(artist // 4, 2)
    alone = np.where(y == 2, 9, artist)
    found = overlap_genres(made(rng.normal(size=(40, 3)), y, alone))
    assert found[["genre_a", "genre_b"]].to_numpy().tolist() == [["g0", "g1"]]
    of_two = overlap_genres(made(rng.normal(size=(40, 3)), y, np.where(y == 2, 9 + artist % 2, artist)))
    assert len(of_two) == 1
    none = overlap_genres(made(rng.normal(size=(8, 3)), np.zeros(8, dtype=int)))
    assert none.empty
    assert overlap_genres(made(rng.normal(size=(8, 3)), np.arange(8) % 2, np.arange(8) % 2)).empty
    assert say_overlaps(none) == []


@pytest.mark.parametrize("n_genres", [3, 6, 9])
def test_the_most_distinct_are_those_of_least_overlap_also_where_not_all_sets_are_tried(monkeypatch, n_genres):
    rng = np.random.default_rng(n_genres)
    shared = rng.random((n_genres, n_genres))
    shared = (shared + shared.T) / 2
    best = most_distinct(pairs_of(shared), 4)
    assert len(best) == min(4, n_genres)
    monkeypatch.setattr(overlap, "MOST_SETS", 0)
    assert overlap.mean_overlap(pairs_of(shared), most_distinct(pairs_of(shared), 4)) <= 1.1 * overlap.mean_overlap(
        pairs_of(shared), best
    )


def test_the_extremes_are_said():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(8), 20)
    said = say_overlaps(overlap_genres(made(rng.normal(size=(160, 2)) + 2 * y[:, None], y)))
    assert said[1].endswith("g7 overlap least: 0% of their area is shared.")
    assert said[2].startswith("The 6 most distinct genres are g0")


def test_an_export_has_each_pair_from_either_side():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 20)
    pairs = overlap_genres(made(rng.normal(size=(60, 2)) + y[:, None], y))
    rows = from_both_sides(pairs).set_index(["genre", "other_genre"])
    assert len(rows) == 2 * len(pairs) == 6
    for pair in pairs.itertuples():
        own, other = (rows.loc[names] for names in ((pair.genre_a, pair.genre_b), (pair.genre_b, pair.genre_a)))
        assert own["overlap"] == other["overlap"] == pair.overlap
        assert (own["n"], own["n_other"]) == (other["n_other"], other["n"]) == (pair.n_a, pair.n_b)
    assert from_both_sides(pairs[:0]).empty
