"""Columns that are no features are found by what they do, and features stay whatever their numbers."""

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS
from pipeline.sources import TableOptions, read_feature_table
from pipeline.sources.feature_columns import LARGEST
from tests.examples import examples

KNOWN_SETS = {name: known.columns for name, known in FEATURE_SETS.items() if not known.is_sequence}
GENRES = ("blues", "jazz", "rock")


def read(folder, frame, **options):
    path = folder / "table.csv"
    frame.to_csv(path, index=False, quoting=csv.QUOTE_MINIMAL)
    return read_feature_table(path, TableOptions(**options), KNOWN_SETS)


def genres(n, *, is_sorted, n_rare=0):
    """Return labels, of which the last `n_rare` are of a genre of their own."""
    names = np.resize(GENRES, n)
    names = np.sort(names) if is_sorted else names
    names[n - n_rare :] = "rare"
    return names


def left_out(table):
    return {column.column: column.left_out for column in table.columns if column.left_out}


PLANTED = {
    "count": ("count the rows", lambda n, label, rng: np.arange(1, n + 1)),
    "count_down": ("count the rows", lambda n, label, rng: np.arange(n)[::-1]),
    "count_in_genre": ("count the rows", lambda n, label, rng: pd.Series(label).groupby(np.sort(label)).cumcount()),
    "shuffled_count": ("number rows, tracks or artists", lambda n, label, rng: rng.permutation(n)),
    "database_id": ("number rows, tracks or artists", lambda n, label, rng: 10**6 + np.cumsum(rng.integers(1, 999, n))),
    "artist_id": ("number rows, tracks or artists", lambda n, label, rng: rng.integers(0, 9, n)),
    "code": ("repeat the label", lambda n, label, rng: pd.factorize(label)[0] * 7 + 0.5),
    "is_blues": ("repeat the label", lambda n, label, rng: label == "blues"),
    "length": ("tell how long the clips were cut", lambda n, label, rng: rng.integers(660_000, 662_000, n)),
    "mostly_empty": (
        "hold no number in too many rows", lambda n, label, rng: np.where(np.arange(n) % 5 == 0, 1.5, np.nan),
    ),
    "released": ("hold dates", lambda n, label, rng: np.where(rng.random(n) < 0.7, "1991", "1999-05-01")),
}  # fmt: skip


@given(st.sampled_from(sorted(PLANTED)), st.integers(40, 200), st.integers(0, 4), st.integers(0, 99))
@examples(25)
def test_what_counts_names_or_repeats_the_label_is_left_out_and_said(tmp_path_factory, name, n, n_rare, seed):
    rng = np.random.default_rng(seed)
    label = genres(n, is_sorted=name == "count_in_genre", n_rare=n_rare)
    role, make = PLANTED[name]
    frame = pd.DataFrame({"x": rng.normal(size=n), name: make(n, label, rng), "y": rng.normal(size=n), "label": label})
    table = read(tmp_path_factory.mktemp("table"), frame)
    assert left_out(table) == {name: role, "label": "tell the label"}
    assert table.features == ["x", "y"]
    assert any(role in note and name in note for note in table.notes)
    assert len(table.rows) == n


MEASURED = {
    "tempo": lambda n, rng: rng.integers(60, 200, n),
    "key": lambda n, rng: rng.integers(-1, 12, n),
    "mode": lambda n, rng: rng.integers(0, 2, n),
    "popularity": lambda n, rng: np.sort(rng.integers(0, 101, n)),
    "duration_ms": lambda n, rng: rng.integers(90_000, 400_000, n),
    "sorted_duration_ms": lambda n, rng: np.sort(rng.choice(300_000, n, replace=False)),
    "year": lambda n, rng: np.sort(rng.integers(1950, 2025, n)),
    "loudness": lambda n, rng: rng.normal(-9, 4, n).round(1),
    "constant": lambda n, rng: np.full(n, 4),
    "few_gaps": lambda n, rng: np.where(rng.random(n) < 0.05, np.nan, rng.normal(size=n)),
    "sorted": lambda n, rng: np.sort(rng.normal(size=n)),
    "centroid": lambda n, rng: rng.integers(900, 4000, n),
    "wide": lambda n, rng: rng.choice([-999.0, -500.0, 0.0, 500.0, 999.0], n),
    "length": lambda n, rng: rng.integers(90, 400, n),
}


@given(st.integers(20, 400), st.booleans(), st.integers(0, 999), st.integers(0, 4))
@examples(25)
def test_a_feature_of_whole_numbers_stays(tmp_path_factory, n, is_sorted, seed, n_rare):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: make(n, rng) for name, make in MEASURED.items()})
    frame["label"] = genres(n, is_sorted=is_sorted, n_rare=n_rare)
    table = read(tmp_path_factory.mktemp("table"), frame)
    assert table.features == [*list(MEASURED)[:-1], "feature_length"]
    assert left_out(table) == {"label": "tell the label"}


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "label", "n_features", "others"),
    [
        ("features_30_sec.csv", "", 57, {"length"}),
        ("six_second_segments.csv", "", 39, set()),
        ("spotify_14_genres.csv", "", 65, set()),
        ("musicnn_tags_gtzan.csv", "", 50, set()),
        ("geographical_origin.csv", "country", 116, {"sub_region"}),
        ("spotify_playlists.csv", "", 13, {
            "track_album_id", "track_album_name", "track_album_release_date", "playlist_name", "playlist_id",
            "playlist_subgenre",
        }),
    ],
)  # fmt: skip
def test_real_tables_lose_no_feature(real_data, name, label, n_features, others):
    table = read_feature_table(real_data / "tables" / name, TableOptions(label_column=label), KNOWN_SETS)
    assert len(table.features) == n_features
    assert {column for column, why in left_out(table).items() if not why.startswith("tell the ")} - {
        "length"
    } == others - {"length"}


def test_a_number_far_from_all_others_stands_for_a_missing_one(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30), "label": genres(30, is_sorted=False)})
    frame.loc[[3, 7], "x"] = -999
    table = read(tmp_path, frame)
    assert [reject.path for reject in table.rejects] == ["table.csv:5", "table.csv:9"]
    assert any("-999 in 'x'" in note for note in table.notes)
    frame["x"] = frame["x"].where(np.arange(30) < 12, -999)
    assert read(tmp_path, frame).features == ["y"]


def test_the_commonest_reason_is_told_with_its_count(tmp_path):
    frame = pd.DataFrame({"x": [1.5, None, None, 2.5], "label": ["a", "b", "b", ""]})
    with pytest.raises(InputError, match=r"3 rows were rejected.*3 of 4 rows were rejected, 2 of them as not_a_number"):
        read(tmp_path, frame)


@pytest.mark.parametrize("value", [-999, 9999, -3.4028235e38, 9.96921e36, -32768, 2147483647])
def test_what_formats_fill_gaps_with_is_missing_where_it_is_far_from_all_others(tmp_path, value):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30), "label": genres(30, is_sorted=False)})
    frame.loc[4, "x"] = value
    assert [reject.path for reject in read(tmp_path, frame).rejects] == ["table.csv:6"]
    frame["x"] = np.linspace(0, value, 30)
    assert not read(tmp_path, frame).rejects


@pytest.mark.parametrize("value", [3.5e38, -1e39, 1.7e308])
def test_a_number_that_trees_cannot_learn_from_rejects_its_row(tmp_path, value):
    frame = pd.DataFrame({"$set": [1.5, value, 3.5], "label": ["a", "b", "b"]})
    table = read(tmp_path, frame)
    (reject,) = table.rejects
    assert (reject.path, reject.reason) == ("table.csv:3", "too_large")
    assert reject.detail == "a number beyond 3.4e+38 in '$set'"


def test_the_largest_number_that_is_taken_fits_into_32_bits():
    assert np.isfinite(np.float32(LARGEST))
    with np.errstate(over="ignore"):
        assert np.isinf(np.float32(LARGEST * (1 + 1e-7)))


names = st.text(min_size=1, max_size=5) | st.sampled_from(
    ["$set", "$where", "_id", "feature_set", "dataset", "a.b", "a_b", "stem", "named", "line", "length"]
)


@given(st.lists(names, min_size=1, max_size=6))
def test_any_names_are_stored_under_others_that_lead_back(tmp_path_factory, given_names):
    frame = pd.DataFrame([[0.5] * len(given_names) + ["a"], [1.5] * len(given_names) + ["b"]])
    frame.columns = [*given_names, "label"]
    try:
        table = read(tmp_path_factory.mktemp("table"), frame)
    except InputError:
        return
    stored = {column.feature: column.column for column in table.columns if column.feature}
    assert list(stored) == table.features
    assert not any(name.startswith("$") or "." in name or "\0" in name for name in stored)


def test_pieces_are_segments_of_their_track(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "filename": [f"{g}.{i:05d}_{n}.wav" for g in GENRES for i in range(4) for n in range(5)],
            "x": rng.normal(size=60),
            "label": np.repeat(GENRES, 20),
        }
    )
    table = read(tmp_path, frame)
    assert table.rows["track_id"].nunique() == 12
    assert table.window_s == 6
    assert table.rows["segment"].tolist() == [0, 1, 2, 3, 4] * 12


@pytest.mark.parametrize(
    ("how", "kept"),
    [
        ("ask", {"rock", "Hip-Hop", "hip hop"}),
        ("fold", {"rock", "Hip-Hop"}),
        ("off", {"rock", "Rock", "rock\u200b", "Hip-Hop", "hip hop", "HIPHOP"}),
    ],
)
def test_spellings_of_a_genre_are_one_as_far_as_asked_for(tmp_path, how, kept):
    labels = ["rock"] * 9 + ["Rock", "rock\u200b"] + ["Hip-Hop"] * 5 + ["hip hop"] * 3 + ["HIPHOP"]
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(labels)), "label": labels})
    table = read(tmp_path, frame, merge_genres=how)
    assert set(table.rows["genre"]) == kept
    assert any("--merge-genres" in note for note in table.notes)


def test_percents_and_thousands_are_numbers_where_nothing_else_can_be_meant(tmp_path):
    frame = pd.DataFrame(
        {"x": ["1,234", "987"], "y": ["12.5%", "7 %"], "z": ["50%", "0.5"], "w": [0.5, 1.5], "label": ["a", "b"]}
    )
    frame = pd.concat([frame, frame.assign(w=[2.5, 3.5])])
    table = read(tmp_path, frame[["x", "y", "w", "label"]])
    assert table.rows[["x", "y"]].to_numpy().tolist() == [[1234, 12.5], [987, 7]] * 2
    with pytest.raises(InputError, match=r"no finite number in 'z'"):
        read(tmp_path, frame)


def test_a_cell_of_several_genres_counts_for_the_first_where_others_name_them_alone(tmp_path):
    frame = pd.DataFrame({"x": [0.5, 1.5, 2.5, 3.5], "label": ["Rock|Pop", "Pop", "Rock", "Folk; World"]})
    table = read(tmp_path, frame)
    assert table.rows["genre"].tolist() == ["Rock", "Pop", "Rock", "Folk; World"]
    assert any("1 rows name several genres" in note for note in table.notes)


@pytest.mark.parametrize(
    "cell", ["Rock|Pop", "Rock; Pop", "Rock, Pop", "Rock/Pop", "['Rock', 'New']", '["Rock","Pop"]']
)
def test_genres_are_told_apart_however_they_are_listed(tmp_path, cell):
    frame = pd.DataFrame({"x": [0.5, 1.5, 2.5], "label": [cell, "['Pop']", "Rock"]})
    assert read(tmp_path, frame.assign(x=[0.5, 1.5, 2.5])).rows["genre"].tolist()[1:] == ["Pop", "Rock"]
    assert read(tmp_path, frame).rows["genre"][0] == "Rock"
    lone = frame.assign(label=["R&B/Soul", "Drum & Bass", "Rock, Roll"])
    assert read(tmp_path, lone).rows["genre"].tolist() == lone["label"].tolist()


GERMAN = str.maketrans(",.", ".,")
WRITTEN = {
    "plain": (str, ","),
    "with point and thousands": (lambda x: f"{x:,}", ","),
    "with blanks": (lambda x: f"{x:,}".replace(",", " "), ","),
    "with narrow blanks": (lambda x: f"{x:,}".replace(",", "\u202f"), ","),
    "as in Switzerland": (lambda x: f"{x:,}".replace(",", "’"), ","),
    "with a decimal comma, quoted": (lambda x: str(x).replace(".", ","), ","),
    "with a decimal comma": (lambda x: str(x).replace(".", ","), ";"),
    "as in Germany": (lambda x: f"{x:,}".translate(GERMAN), ";"),
    "with a true minus": (lambda x: str(x).replace("-", "\u2212"), ","),
    "as an array of one": (lambda x: f"[{x}]", ","),
    "in percent": (lambda x: f"{x} %", ","),
}


@pytest.mark.parametrize("how", WRITTEN)
@given(st.lists(st.integers(-10_000_000, 10_000_000), min_size=3, max_size=8, unique=True))
@settings(max_examples=12)
def test_a_number_is_read_however_it_is_written(tmp_path_factory, how, hundredths):
    write, delimiter = WRITTEN[how]
    numbers = [n / 100 for n in [*hundredths, 123_456_789, 50]]
    frame = pd.DataFrame({"x": map(write, numbers), "y": 0.5, "label": np.resize(["a", "b"], len(numbers))})
    frame["y"] = np.arange(len(numbers)) ** 1.5
    path = tmp_path_factory.mktemp("written") / "table.csv"
    frame.to_csv(path, index=False, sep=delimiter, decimal="," if delimiter == ";" else ".")
    rows = read_feature_table(path, TableOptions(), KNOWN_SETS).rows
    assert rows["x"].tolist() == numbers


def test_names_that_count_the_tracks_of_each_artist_are_tracks(tmp_path):
    names = [(f"{g}{a}-{n}", f"{g} {a}") for g in GENRES for a in range(4) for n in range(5)]
    frame = pd.DataFrame(names, columns=["filename", "artist"])
    frame["x"] = np.random.default_rng(0).normal(size=60)
    frame["label"] = np.repeat(GENRES, 20)
    assert read(tmp_path, frame).rows["track_id"].nunique() == 60
    assert read(tmp_path, frame.drop(columns="artist")).rows["track_id"].nunique() == 12
