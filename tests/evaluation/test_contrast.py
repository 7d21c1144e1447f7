"""What sets genres apart: effects by hand, groups counted once, and no discoveries where there is nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from pipeline.evaluation import Samples, contrast_genres, say_contrasts, surely


def made(X: np.ndarray, y: np.ndarray, artist: np.ndarray | None = None, names: tuple[str, ...] = ()) -> Samples:
    """One row a track."""
    n, p = X.shape
    rows = pd.DataFrame({"track": np.arange(n), "group": np.arange(n)})
    rows = rows.assign(artist=np.arange(n) if artist is None else artist, predefined="")
    genres = tuple(f"g{genre}" for genre in range(y.max() + 1))
    return Samples("made", 30.0, names or tuple(f"f{i}" for i in range(p)), genres, X, y, rows, policy="artist")


values = st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3)), min_size=6, max_size=40)


@given(values)
def test_the_effect_is_the_share_of_pairs_with_more_less_the_share_with_less_and_tests_are_rank_sum_tests(drawn):
    y, x = np.array(drawn).T
    y = np.unique(y, return_inverse=True)[1]
    found = contrast_genres(made(x[:, None].astype(float), y))
    if np.ptp(x) == 0 or y.max() == 0:
        assert found.empty
        return
    q_values = []
    for row in found.itertuples():
        own, others = x[y == int(row.genre[1:])], x[y != int(row.genre[1:])]
        assert row.cliffs_delta == pytest.approx(np.sign(own[:, None] - others[None]).mean())
        assert np.isnan(row.ci_low) or -1 <= row.ci_low <= row.cliffs_delta <= row.ci_high <= 1
        q_values.append(mannwhitneyu(own, others, method="asymptotic").pvalue)
    assert found["q_value"].min() >= min(q_values) - 1e-9
    assert found["q_value"].max() == pytest.approx(max(q_values))


def test_an_artist_of_many_tracks_counts_once():
    rng = np.random.default_rng(0)
    of_artist = rng.normal(size=(40, 1))
    artist = np.repeat(np.arange(40), 25)
    X, y = of_artist[artist] + 0.1 * rng.normal(size=(1000, 1)), artist % 2
    together = contrast_genres(made(X, y, artist))
    apart = contrast_genres(made(X, y))
    assert (together["q_value"] > 0.05).all()
    assert (apart["q_value"] < 0.05).all()
    widths = [(found["ci_high"] - found["ci_low"]).iloc[0] for found in (together, apart)]
    assert widths[0] > 3 * widths[1]


def test_segments_of_a_track_are_its_mean():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.arange(40) % 2
    tracks = made(X, y)
    noise = rng.normal(size=X.shape)
    halves = np.stack([X + noise, X - noise], axis=1).reshape(80, 3)
    segments = replace(tracks.where(np.repeat(np.arange(40), 2)), values=halves)
    pd.testing.assert_frame_equal(contrast_genres(tracks), contrast_genres(segments))


def test_shuffled_labels_are_hardly_ever_told_apart():
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(60):
        artist = np.repeat(np.arange(60), 3)
        X = rng.normal(size=(60, 15))[artist] + rng.normal(size=(180, 15)) + rng.normal(size=(180, 1))
        told += (contrast_genres(made(X, artist % 6, artist))["q_value"] < 0.05).any()
    assert told <= 7  # of as many as 3 that are expected, once in forty times


def test_genres_are_described_as_a_listener_would_and_only_where_they_differ():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 30)
    names = ("rms_mean", "mfcc7_mean", "acousticness", "spectral_centroid_mean")
    X = rng.normal(size=(90, 4))
    X[y == 0] += [3, 0, -3, 0]
    X[y == 1, 1] += 3
    found = contrast_genres(made(X, y, names=names))
    told = dict(sentence.split(": ", 1) for sentence in say_contrasts(found))
    assert set(told["g0"].split(", ")) == {"louder", "less acoustic"}
    assert surely(found).sum() >= 3
    nothing = contrast_genres(made(rng.normal(size=(90, 4)), y, names=names))
    assert say_contrasts(nothing) == [f"g{genre}: no clear difference from the other genres" for genre in range(3)]
    timbre = contrast_genres(made(X[:, [1]], y, names=names[1:2]))
    assert "g1: higher in timbre (MFCC 7), mean" in say_contrasts(timbre)


def test_a_genre_without_rows_leaves_the_others_as_they_are():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 2, 3], 20)
    X = rng.normal(size=(60, 3)) + 2 * (y == 3)[:, None]
    with_gap = made(X, y)
    pd.testing.assert_frame_equal(contrast_genres(with_gap), contrast_genres(with_gap.known()))
    assert (contrast_genres(with_gap).query("genre == 'g3'")["q_value"] < 0.001).all()


@pytest.mark.parametrize("few", [0, 1])
def test_of_four_artists_nothing_is_sure_on_whichever_side_they_are(few):
    rng = np.random.default_rng(0)
    n_artists = [4, 100] if few == 0 else [100, 4]
    y = np.repeat([0, 1], n_artists)
    X = rng.normal(size=(104, 2)) + 9 * y[:, None]
    found = contrast_genres(made(X, y))
    assert found["ci_low"].isna().all()
    assert not surely(found).any()
    assert say_contrasts(found) == [f"g{genre}: too few artists or tracks to say" for genre in range(2)]
