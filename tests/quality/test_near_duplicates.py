"""Near duplicates: copies that were encoded anew, made louder or cut are found; other tracks are not."""

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogue import catalogue
from pipeline.extract import extract, near_features, settle
from pipeline.extract.near_features import find_near_duplicates
from pipeline.quality import check_quality
from pipeline.quality.near_duplicates import check_near_duplicates
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track

DATASET = "test-near-duplicates"
RATE_HZ = 22_050
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop")


@pytest.fixture(scope="module")
def checked(database, tmp_path_factory):
    """Return the near-duplicate check of 24 songs, by themselves and with five copies among them."""
    folder = tmp_path_factory.mktemp("near")
    songs = {(genre, i): render_track(genre, i, duration_s=6.2) for genre in GENRES for i in range(3)}
    for (genre, i), y in songs.items():
        (folder / genre).mkdir(exist_ok=True)
        soundfile.write(folder / genre / f"{genre}{i}.flac", y, RATE_HZ)

    def check():
        catalogue(database, DATASET, audio=str(folder), settings=get_settings())
        extract(database, DATASET, windows_s=[5.0], feature_sets=["spectral-v1"], jobs=1)
        return check_quality(database, DATASET).set_index("check")

    alone = check()
    soundfile.write(folder / "blues" / "encoded.ogg", songs["blues", 0], RATE_HZ, compression_level=0.2)
    soundfile.write(folder / "country" / "louder.flac", songs["country", 1] * 10 ** (1 / 20), RATE_HZ)
    soundfile.write(folder / "disco" / "cut.flac", songs["disco", 0][RATE_HZ // 2 :], RATE_HZ)
    soundfile.write(folder / "metal" / "filed-wrong.flac", songs["jazz", 0][RATE_HZ // 4 :], RATE_HZ)
    soundfile.write(folder / "pop" / "same.wav", soundfile.read(folder / "pop" / "pop0.flac")[0], RATE_HZ)
    return alone, check()


def test_songs_that_are_all_different_are_no_copies_of_each_other(checked):
    alone, _ = checked
    assert alone.loc["near_duplicates", "status"] == "ok"
    assert "no two tracks are as near as copies" in alone.loc["near_duplicates", "detail"]


@pytest.mark.parametrize(
    "pair",
    [
        "blues/blues0.flac ~ blues/encoded.ogg",
        "country/country1.flac ~ country/louder.flac",
        "disco/cut.flac ~ disco/disco0.flac",
        "jazz/jazz0.flac (jazz) ~ metal/filed-wrong.flac (metal)",
    ],
)
def test_a_copy_that_was_changed_is_named_with_its_original(checked, pair):
    assert pair in checked[1].loc["near_duplicates", "detail"]


def test_nothing_else_is_named_and_an_exact_copy_is_a_duplicate_instead(checked):
    _, found = checked
    assert tuple(found.loc["near_duplicates", ["status", "n"]]) == ("warning", 4)
    assert found.loc["duplicates", "detail"] == "pop/same.wav = pop/pop0.flac"


def test_the_holdout_tears_no_pair_and_one_that_is_torn_is_counted(checked, database):
    settle(database, DATASET, holdout=0.3, seed=0)
    detail = check_quality(database, DATASET).set_index("check").loc["near_duplicates", "detail"]
    assert "have one side in the holdout" not in detail
    of_pair = {"dataset": DATASET, "track_id": "disco/cut.flac"}
    held = database["tracks"].find_one(of_pair)["holdout"]
    database["tracks"].update_one(of_pair, {"$set": {"holdout": not held}})
    detail = check_quality(database, DATASET).set_index("check").loc["near_duplicates", "detail"]
    assert "1 of the pairs have one side in the holdout" in detail


def table(X):
    return pd.DataFrame(X, index=[f"t{i:04d}" for i in range(len(X))])


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(0, 5), st.integers(2, 400))
def test_tracks_spread_evenly_have_hardly_a_pair_that_is_near_by_chance(n_features, seed, n_tracks):
    X = np.random.default_rng([seed, n_features, n_tracks]).normal(size=(n_tracks, n_features))
    assert len(find_near_duplicates(table(X)).pairs) <= 1


@settings(max_examples=30)
@given(st.integers(10, 60), st.integers(0, 5), st.integers(30, 300))
def test_a_copy_is_found_whatever_the_number_of_tracks_and_the_units_of_features(n_features, seed, n_tracks):
    rng = np.random.default_rng([seed, n_features, n_tracks])
    X = rng.normal(size=(n_tracks, n_features))
    X = np.vstack([X, X[3] + 0.01 * rng.normal(size=n_features)]) * rng.uniform(1e-6, 1e6, n_features)
    pairs = find_near_duplicates(table(X)).pairs
    assert ("t0003", f"t{n_tracks:04d}") in set(zip(pairs["track_a"], pairs["track_b"], strict=True))


@settings(max_examples=30)
@given(st.integers(5, 60), st.integers(0, 5), st.integers(40, 200), st.floats(0.1, 1), st.integers(1, 9))
def test_copies_are_found_however_many_tracks_have_some(n_features, seed, n_tracks, share, n_copies):
    rng = np.random.default_rng([seed, n_features, n_tracks])
    X = rng.normal(size=(n_tracks, n_features))
    copied = X[: max(round(share * n_tracks), 1)]
    copies = [copied + 0.0005 * rng.normal(size=copied.shape) for _ in range(n_copies)]
    pairs = find_near_duplicates(table(np.vstack([X, *copies]))).pairs
    rows = pairs[["track_a", "track_b"]].map(lambda name: int(name[1:])).to_numpy()
    of_original = np.where(rows < n_tracks, rows, (rows - n_tracks) % len(copied))
    assert (of_original[:, 0] != of_original[:, 1]).sum() <= 1, "by chance there is one in twenty datasets"
    assert set(rows.ravel()) >= {*range(len(copied)), *range(n_tracks, n_tracks + n_copies * len(copied))}


def test_order_makes_no_difference():
    X = np.random.default_rng(0).normal(size=(60, 12))
    means = table(np.vstack([X, X[:4] * 1.01]))
    shuffled = means.sample(frac=1, random_state=1)
    assert find_near_duplicates(means).pairs.equals(find_near_duplicates(shuffled).pairs)
    assert len(find_near_duplicates(means).pairs) == 4


@pytest.mark.parametrize("n_tracks", [0, 1, 3])
def test_so_few_tracks_tell_nothing(n_tracks):
    found = find_near_duplicates(table(np.arange(2.0 * n_tracks).reshape(n_tracks, 2)))
    assert found.pairs.empty
    assert found.threshold == 0


def test_tracks_of_the_same_features_are_named_even_where_nothing_varies():
    found = find_near_duplicates(table(np.ones((3, 2))))
    assert found.pairs[["track_a", "track_b"]].to_numpy().tolist() == [["t0000", "t0001"], ["t0000", "t0002"]]


@settings(max_examples=25)
@given(st.integers(5, 57), st.integers(0, 5), st.integers(600, 4000))
def test_of_many_tracks_few_are_compared_with_all_and_the_same_copies_are_found(n_features, seed, n_tracks):
    rng = np.random.default_rng([seed, n_features, n_tracks])
    X = rng.normal(size=(n_tracks, n_features)) * rng.uniform(0.5, 2, n_features)
    X[:50] = X[-50:] + rng.normal(0, 0.002, (50, n_features))
    each_two = find_near_duplicates(table(X))
    compared, nearest = [], near_features._nearest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_features, "SAMPLE", 500)
        patch.setattr(near_features, "_nearest", lambda X, rows, k: compared.append(len(rows)) or nearest(X, rows, k))
        of_many = find_near_duplicates(table(X))
    pairs, of_sample = (
        set(zip(found.pairs["track_a"], found.pairs["track_b"], strict=True)) for found in (each_two, of_many)
    )
    assert len(pairs) >= 30
    assert len(pairs ^ of_sample) <= 2, "the threshold is told by a sample"
    assert compared[0] == 500
    assert len(pairs) <= compared[-1] <= 150
    farthest = near_features.FARTHEST * of_many.threshold
    assert of_many.nearest == pytest.approx(min(each_two.nearest, farthest), rel=0.1)


def test_of_many_tracks_the_check_says_how_far_it_has_looked(monkeypatch):
    means = table(np.random.default_rng(0).normal(size=(700, 40)))
    tracks = pd.DataFrame({"track_id": means.index, "genre": "rock", "holdout": False})
    assert " or farther apart" not in check_near_duplicates(find_near_duplicates(means), tracks).detail
    monkeypatch.setattr(near_features, "SAMPLE", 500)
    found = find_near_duplicates(means)
    assert f"are {1.25 * found.threshold:.2f} of the way to their tenth neighbour apart or farther" in (
        check_near_duplicates(found, tracks).detail
    )


@pytest.mark.parametrize("constant", [0.1, 0.7, 7.1, 123.4])
def test_a_feature_that_is_constant_does_not_count_whatever_its_mean_is_rounded_to(constant):
    rng = np.random.default_rng(0)
    sizes = rng.integers(3, 31, 41)
    means = rng.normal(size=(41, 5))
    means[-1] = means[3] + 0.001
    rounded = [sum([constant] * n) / n for n in sizes]
    pairs = find_near_duplicates(table(np.column_stack([means, rounded]))).pairs
    assert pairs[["track_a", "track_b"]].to_numpy().tolist() == [["t0003", "t0040"]]
