"""Models of one part of the music on another: what moves with the part is not taken for the genre."""

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import Samples
from pipeline.evaluation.across import REST, meet_across, say_across
from pipeline.models import FittedModel, build

COUNTRIES = ("Mali", "Oman", "Peru")


def music(rng, per_artist=1, n=90):
    """Return tracks of two genres in three countries; what tells them apart elsewhere is turned round in Peru."""
    place, y = np.arange(3 * n) // n, np.arange(3 * n) % 2
    x = rng.normal(np.where((y == 1) == (place < 2), 1.5, -1.5), 1.0)
    artist = np.arange(3 * n) // (2 * per_artist) * 2 + y
    rows = pd.DataFrame({"track": np.arange(3 * n), "group": np.arange(3 * n), "artist": artist, "holdout": False})
    rows = rows.assign(track_id=rows["track"].astype(str), artist_known=True, predefined="")
    samples = Samples("f", 30.0, ("x",), ("jazz", "rock"), x[:, None], y, rows, "artist")
    return samples, pd.Series([COUNTRIES[each] for each in place])


def champion_of(samples):
    fitted = build("logistic_regression", 0).fit(samples.X, samples.y)
    return FittedModel("logistic_regression", "f", 30.0, "artist", samples.features, samples.genres, fitted, 1, 0.5)


def by_pair(samples, parts):
    rows = meet_across(champion_of(samples), samples, parts, seed=0, jobs=2)
    return rows.set_index(["trained_subgroup", "tested_subgroup"])


def test_a_country_whose_genres_sound_otherwise_is_told_from_those_that_sound_alike():
    found = by_pair(*music(np.random.default_rng(0)))
    assert set(found.index) == {(one, other) for one in (*COUNTRIES, REST) for other in COUNTRIES if one != other}
    assert found.loc[("Mali", "Oman"), "ci_low"] > 0.8
    assert found.loc[("Mali", "Peru"), "ci_high"] < 0.2
    assert found.loc[(REST, "Peru"), "ci_high"] < 0.2 < 0.8 < found.loc[(REST, "Peru"), "own_ci_low"]
    assert found["n_genres"].unique().tolist() == [2]
    assert found.loc[("Mali", "Peru"), ["n_learned", "n"]].tolist() == [90, 90]
    assert found.loc[(REST, "Peru"), "n_learned"] == 180
    said = say_across(found.reset_index())
    assert said[0].startswith("Having learned from all but Peru, the champion finds ")
    assert said[0].endswith("out of fold.")


def test_no_artist_is_on_both_sides():
    samples, parts = music(np.random.default_rng(1))
    shared = samples.rows["artist"].to_numpy().copy()
    shared[90:110] = shared[:20]  # of Mali and Oman
    moved = pd.DataFrame(samples.rows.assign(artist=shared))
    samples = Samples("f", 30.0, ("x",), samples.genres, samples.X, samples.y, moved, "artist")
    found = by_pair(samples, parts)
    assert found.loc[("Mali", "Oman"), ["n_learned", "n"]].tolist() == [90, 70]
    assert found.loc[(REST, "Oman"), ["n_learned", "n"]].tolist() == [160, 90]


@pytest.mark.parametrize("kept", [("jazz",), ()])
def test_parts_without_two_genres_in_common_are_left_out(kept):
    samples, parts = music(np.random.default_rng(2))
    genre = np.array(samples.genres)[samples.y]
    rows = (parts != "Peru").to_numpy() | np.isin(genre, kept)
    found = by_pair(samples.where(rows), parts)
    assert set(found.index) == {("Mali", "Oman"), ("Oman", "Mali"), (REST, "Mali"), (REST, "Oman")}


def test_small_parts_and_tracks_of_no_part_are_left_out():
    samples, parts = music(np.random.default_rng(3))
    few = parts.where(~((parts == "Peru") & (parts.index > 190))).where(parts.index != 0)
    found = by_pair(samples, few)
    assert "Peru" not in {*found.index.get_level_values(0), *found.index.get_level_values(1)}
    assert found.loc[("Mali", "Oman"), "n_learned"] == 89
