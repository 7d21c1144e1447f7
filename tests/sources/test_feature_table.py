"""Feature tables made elsewhere: what is recognised, what is refused, and what never becomes a class or a feature."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS
from pipeline.sources import TableOptions, read_feature_table
from pipeline.sources.feature_columns import LARGEST
from pipeline.sources.metadata import Metadata
from pipeline.sources.missing_cells import SENTINELS
from pipeline.sources.table_columns import LABEL_COLUMNS

KNOWN_SETS = {name: known.columns for name, known in FEATURE_SETS.items() if not known.is_sequence}
SPECTRAL = KNOWN_SETS["spectral-v1"]


def read(folder, text, **options):
    path = folder / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_feature_table(path, TableOptions(**options), KNOWN_SETS)


def lines_and_reasons(table):
    return {int(reject.path.rpartition(":")[2]): reject.reason for reject in table.rejects}


def rows_of(n, *, columns="x,y,label", genres=("rock", "jazz"), row="{i}.5,{i},{genre}"):
    """Return a table of `n` usable rows."""
    rng = np.random.default_rng(0)
    lines = [row.format(i=i, genre=genres[i % len(genres)], noise=rng.normal()) for i in range(n)]
    return "\n".join([columns, *lines]) + "\n"


@pytest.mark.parametrize("label", [*LABEL_COLUMNS, "GENRE", "Playlist_Genre", " label "])
def test_the_label_is_recognised_under_all_its_usual_names(tmp_path, label):
    table = read(tmp_path, f"x,{label}\n1,rock\n2,jazz\n")
    assert table.rows["genre"].tolist() == ["rock", "jazz"]
    assert table.features == ["x"]


@pytest.mark.parametrize("name", ["filename", "file_name", "track_id", "Filename", "TRACK_ID"])
def test_the_id_is_recognised_and_is_no_feature_even_where_it_is_a_number(tmp_path, name):
    table = read(tmp_path, f"{name},x,label\n17,1,rock\n4,2,jazz\n")
    assert table.rows["track_id"].tolist() == ["17", "4"]
    assert table.features == ["x"]


@pytest.mark.parametrize(
    ("names", "track", "segments"),
    [
        (["blues.00000.0.wav", "blues.00000.3.wav"], "blues.00000", [0, 3]),
        (["blues_69_segment_1.wav", "blues_69_segment_3.wav"], "blues_69", [0, 2]),
        (["1-000574.mp3", "2-000574.mp3"], "000574", [0, 1]),
        (["blues.00000.wav", "blues.00000.wav"], "blues.00000", [0, 1]),
    ],
)
def test_rows_of_one_track_are_its_segments_counted_from_0(tmp_path, names, track, segments):
    table = read(tmp_path, f"filename,x,label\n{names[0]},1,blues\n{names[1]},2,blues\njazz.wav,3,jazz\n")
    rows = table.rows[table.rows["genre"] == "blues"]
    assert rows["track_id"].tolist() == [track, track]
    assert rows["segment"].tolist() == segments


def test_columns_can_be_named_by_options(tmp_path):
    text = "song,part,mood,label,x\na,1,calm,?,1\na,2,calm,?,2\nb,1,wild,?,3\n"
    table = read(tmp_path, text, id_column="song", segment_column="part", label_column="mood")
    assert table.rows[["track_id", "segment", "genre"]].to_numpy().tolist() == [
        ["a", 0, "calm"],
        ["a", 1, "calm"],
        ["b", 0, "wild"],
    ]
    assert table.features == ["x"]


@pytest.mark.parametrize("option", ["id_column", "label_column", "segment_column"])
def test_an_option_that_names_no_column_is_an_error_that_lists_the_columns(tmp_path, option):
    with pytest.raises(InputError, match=f"--{option.replace('_', '-')} 'none' is not a column.*: x, y, label"):
        read(tmp_path, rows_of(4), **{option: "none"})


def test_a_missing_label_column_is_an_error_that_lists_the_columns_and_names_the_option(tmp_path):
    with pytest.raises(InputError, match=r"no label column.*--label-column, .*; its columns: filename, x, mood"):
        read(tmp_path, "filename,x,mood\na,1,calm\nb,2,wild\n")


def test_rows_without_an_id_are_tracks_of_their_own(tmp_path):
    no_column = read(tmp_path, "x,label\n1,rock\n1,rock\n2,jazz\n")
    first, again, other = no_column.rows["track_id"]
    assert again == f"{first}-2"
    assert other not in (first, again)
    moved = read(tmp_path, "x,label\n3,jazz\n2,jazz\n1,rock\n")
    assert moved.rows["track_id"].tolist()[1:] == [other, first]
    empty_cells = read(tmp_path, "filename,x,label\n,1,rock\n nan ,1,rock\na.wav,2,jazz\n")
    assert empty_cells.rows["track_id"].tolist() == [first, again, "a"]
    assert empty_cells.rejects == []


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "None", "null", "N/A", "<NA>"])
def test_a_missing_label_is_a_reject_and_never_a_class(tmp_path, cell):
    table = read(tmp_path, f"x,label\n1,rock\n2,{cell}\n3,jazz\n")
    assert set(table.rows["genre"]) == {"rock", "jazz"}
    assert lines_and_reasons(table) == {3: "missing_label"}
    told, seen = [reject.detail for reject in table.rejects], cell.strip()
    assert told == [f"{seen!r} counts as missing" if seen else "the label cell is empty"]
    notes = " ".join(table.notes)
    assert ("which counts as missing" in notes) == bool(seen)
    assert f"label column 'label' says {seen!r} (1 row)" in notes or not seen


@pytest.mark.parametrize(
    "cell", ["", "nan", "NaN", "inf", "-Infinity", "1e999", "n/a", "#DIV/0!", "1.2.3", "1_000", "abc"]
)
def test_a_cell_that_is_no_finite_number_rejects_its_row_naming_line_and_column(tmp_path, cell):
    table = read(tmp_path, f"x,y,label\n1,2,rock\n3,{cell},rock\n5,6,jazz\n")
    (reject,) = table.rejects
    assert (reject.path, reject.reason) == ("table.csv:3", "not_a_number")
    assert "'y'" in reject.detail
    assert table.rows["x"].tolist() == [1, 5]


# what may stand in a cell of a column of numbers, and whether it is one
stand_for_none = set(SENTINELS.tolist())
finite = st.floats(-LARGEST, LARGEST).filter(lambda x: x not in stand_for_none).map(lambda x: (repr(x), True))
integers = st.integers(-(10**18), 10**18).filter(lambda x: x not in stand_for_none).map(lambda x: (str(x), True))
padded = st.floats(-1e6, 1e6).map(lambda x: (f"  {x:.6f} ", True))
bad = st.sampled_from(["", "nan", "inf", "-inf", "x", "1;5", "None", "--"]).map(lambda cell: (cell, False))
row = st.tuples(st.lists(st.one_of(finite, integers, padded, bad), min_size=3, max_size=3), st.sampled_from("ABC"))


@given(st.lists(row, max_size=8), st.sampled_from([",", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_each_row_is_either_kept_to_the_last_bit_or_rejected_with_its_line(tmp_path_factory, rows, delimiter, end, bom):
    usable = [([(repr(i / 3), True)] * 3, "AB"[i % 2]) for i in range(16)]  # so that every column is one of numbers
    rows = [*usable, *rows]
    lines = [["a", "b", "c", "note", "label"]]
    lines += [[*(f'"{cell}"' for cell, _ in cells), '"two\nlines"', label] for cells, label in rows]
    text = end.join(delimiter.join(line) for line in lines) + end
    table = read(tmp_path_factory.mktemp("table"), (b"\xef\xbb\xbf" if bom else b"") + text.encode())
    good = [all(ok for _, ok in cells) for cells, _ in rows]
    kept = [[float(cell) for cell, _ in cells] for (cells, _), ok in zip(rows, good, strict=True) if ok]
    assert table.rows[["a", "b", "c"]].to_numpy().tolist() == kept
    assert [reject.reason for reject in table.rejects] == ["not_a_number"] * good.count(False)
    assert list(lines_and_reasons(table)) == [2 + 2 * i for i, ok in enumerate(good) if not ok]


def test_rows_of_another_width_are_rejects(tmp_path):
    table = read(tmp_path, "x,y,label\n1,2,rock\n1,2,3,rock\n4,5,jazz\n6,jazz\n")
    assert lines_and_reasons(table) == {3: "wrong_cell_count", 5: "wrong_cell_count"}
    assert len(table.rows) == 2


def test_a_track_is_of_the_genre_of_most_of_its_rows_and_left_out_where_two_have_as_many(tmp_path):
    text = "filename,x,label\na,1,jazz\na,1,rock\na,1,rock\nb,3,jazz\nc,4,rock\nc,5,jazz\n"
    table = read(tmp_path, text)
    assert table.rows[["track_id", "genre"]].to_numpy().tolist() == [["a", "rock"], ["b", "jazz"]]
    found = {reject.path: (reject.reason, reject.detail) for reject in table.rejects}
    assert found["table.csv:2"] == ("label_conflict", "'jazz', but most rows of this song say 'rock'")
    assert found["table.csv:4"] == ("repeated_segment", "an earlier row of this track has the same values")
    assert {found[f"table.csv:{line}"][0] for line in (6, 7)} == {"label_conflict"}
    assert table.genres == {"a": ["rock", "jazz"], "c": ["jazz", "rock"]}
    said = "2 tracks have rows of several genres: 1 count for the genre of most of their rows, 1 with"
    assert any(said in note for note in table.notes)


def test_files_of_one_name_in_the_folders_of_two_genres_are_two_tracks(tmp_path):
    table = read(tmp_path, "filename,x,label\nrock/01.wav,1,rock\njazz/01.wav,2,jazz\n")
    assert table.rows["track_id"].tolist() == ["rock/01", "jazz/01"]
    assert table.rejects == []


def test_rows_that_share_an_id_are_counted_and_said_to_be_of_one_track(tmp_path):
    rows = "a,1,rock\na,2,rock\nb,3,jazz\nc,4,rock\nc,5,rock\nc,6,rock\n"
    said = "5 rows share 2 ids, 'a' the first: the rows of an id are taken as pieces of one track"
    assert said in read(tmp_path, f"id,x,label\n{rows}").notes
    numbered = "".join(f"{i % 2},{line}\n" for i, line in enumerate(rows.splitlines()))
    for text in (f"segment,id,x,label\n{numbered}", "id,x,label\na,1,rock\nb,2,jazz\n"):
        assert not any("share" in note for note in read(tmp_path, text).notes)


def test_a_segment_that_comes_twice_is_kept_once(tmp_path):
    table = read(tmp_path, "filename,x,label\na.1.0.wav,1,rock\na.1.0.wav,2,rock\na.1.1.wav,3,rock\nb.wav,4,jazz\n")
    assert lines_and_reasons(table) == {3: "repeated_segment"}
    assert table.rows["x"].tolist() == [1, 3, 4]


@given(
    st.lists(st.sampled_from(["0", "1", "2", "0.5", "", "-3", "inf", "1e300", "x", "99999999999999999999"]), min_size=1)
)
def test_whatever_the_segment_column_holds_no_two_rows_of_a_track_are_the_same_segment(tmp_path_factory, cells):
    text = "track_id,segment,x,label\nb,0,1,jazz\n" + "".join(f"a,{cell},1,rock\n" for cell in cells)
    table = read(tmp_path_factory.mktemp("table"), text)
    assert not table.rows.duplicated(["track_id", "segment"]).any()
    assert (table.rows["segment"] >= 0).all()
    assert len(table.rows) + len(table.rejects) == 1 + len(cells)
    assert {reject.reason for reject in table.rejects} <= {"repeated_segment"}


def test_numbers_and_dates_make_good_labels(tmp_path):
    table = read(tmp_path, rows_of(4, genres=("1970", "1980")))
    assert set(table.rows["genre"]) == {"1970", "1980"}


def test_a_label_whose_accents_are_encoded_in_two_ways_is_one_class(tmp_path):
    table = read(tmp_path, "x,label\n1,forr\u00f3\n2,forro\u0301\n3,samba\n")
    assert set(table.rows["genre"]) == {"forr\u00f3", "samba"}


def test_true_and_false_count_as_1_and_0(tmp_path):
    table = read(tmp_path, "live,x,label\nTrue,1,rock\nFALSE,2,jazz\n")
    assert table.rows["live"].tolist() == [1, 0]


def test_a_decimal_comma_is_read_in_a_table_with_semicolons(tmp_path):
    table = read(tmp_path, "x;y;label\r\n1,5;-2,25e-1;rock\r\n3;4,0;jazz\r\n")
    assert table.rows[["x", "y"]].to_numpy().tolist() == [[1.5, -0.225], [3, 4]]


def test_text_columns_and_other_labels_and_ids_are_no_features_and_the_notes_say_so(tmp_path):
    text = "filename,id,x,mood,genre_x,label\n" + "".join(
        f"{i}.wav,{i},{i}.5,calm,{i % 2},{'AB'[i % 2]}\n" for i in range(12)
    )
    table = read(tmp_path, text)
    assert table.features == ["x"]
    assert any("id, mood, genre_x" in note for note in table.notes)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 0.1", "index"])
@pytest.mark.parametrize("order", ["written", "shuffled"])
def test_the_row_index_of_pandas_is_no_feature_even_where_rows_were_shuffled(tmp_path, name, order):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=20), "label": ["rock"] * 10 + ["jazz"] * 10})
    frame = frame.sample(frac=1, random_state=1) if order == "shuffled" else frame
    frame.insert(0, name, frame.index)
    assert read(tmp_path, frame.to_csv(index=False)).features == ["x"]


def test_an_index_written_twice_leaves_two_columns_that_are_no_features(tmp_path):
    assert read(tmp_path, ",Unnamed: 0,x,label\n0,0,1.5,rock\n1,1,2.5,jazz\n").features == ["x"]


def test_a_row_index_with_a_gap_is_no_feature_and_rejects_no_row(tmp_path):
    table = read(tmp_path, ",x,label\n0,1.5,rock\n,2.5,jazz\n2,3.5,jazz\n")
    assert (table.features, len(table.rows)) == (["x"], 3)


def test_a_column_of_missing_values_is_no_feature_however_they_are_written(tmp_path):
    table = read(tmp_path, "x,gone,void,label\n1,,nan,rock\n2,,nan,jazz\n")
    assert table.features == ["x"]
    assert len(table.rows) == 2


def test_a_label_in_other_words_is_no_feature(tmp_path):
    text = "x,label_code,is_rock,constant,label\n" + "".join(
        f"{i}.5,{i % 3},{i % 3 == 0},7,{('rock', 'jazz', 'folk')[i % 3]}\n" for i in range(30)
    )
    table = read(tmp_path, text)
    assert table.features == ["x", "constant"]
    assert any("repeat the label" in note and "label_code, is_rock" in note for note in table.notes)


def test_artist_and_title_describe_the_track_and_are_no_features_even_as_numbers(tmp_path):
    table = read(tmp_path, "track_id,artist_name,title,x,label\na,7,,1,rock\nb,nan,Song 2,2,jazz\n")
    assert table.features == ["x"]
    assert table.rows[["artist", "title"]].to_numpy().tolist() == [["7", None], [None, "Song 2"]]


@pytest.mark.parametrize(
    "names", [["a.b", "a_b"], ["$a", "feature_a"], ["tempo.x", "_id"], ["line", "segment_"], ["a.b", "a_b", "a_b_2"]]
)
def test_names_that_mongodb_cannot_hold_are_changed_and_never_merged(tmp_path, names):
    header = ",".join([*names, "label"])
    table = read(tmp_path, f"{header}\n{','.join('123'[: len(names)])},rock\n{','.join('456'[: len(names)])},jazz\n")
    assert len(set(table.features)) == len(names)
    assert table.rows[table.features].to_numpy().tolist() == [[1, 2, 3][: len(names)], [4, 5, 6][: len(names)]]
    assert not any("." in name or name.startswith(("$", "_id")) for name in table.features)


def test_a_hundred_columns_keep_their_order(tmp_path):
    names = [f"f{i}" for i in reversed(range(100))]
    table = read(tmp_path, rows_of(4, columns=",".join([*names, "label"]), row=",".join(["{i}.5"] * 100) + ",{genre}"))
    assert table.features == names
    assert table.feature_set == "table"


def test_the_columns_of_gtzan_in_any_order_are_spectral_v1(tmp_path):
    rng = np.random.default_rng(0)
    columns = [*reversed(SPECTRAL), "length", "label"]
    rows = [[*rng.normal(size=57), 661794, genre] for genre in ("rock", "jazz")]
    table = read(tmp_path, pd.DataFrame(rows, columns=columns).to_csv(index=False))
    assert (table.feature_set, table.features, table.window_s) == ("spectral-v1", list(SPECTRAL), 30)
    assert table.rows["length"].tolist() == [661794, 661794]
    one_less = read(tmp_path, pd.DataFrame(rows, columns=columns).drop(columns="tempo").to_csv(index=False))
    assert one_less.feature_set == "table"


@pytest.mark.parametrize(("length", "window_s"), [(66149, 3), (661794, 30), (675808, 31), (33075, 1.5), (11025, 0.5)])
def test_the_window_is_told_from_the_length_in_samples(tmp_path, length, window_s):
    columns = [*SPECTRAL, "length", "label"]
    rows = [[*[i] * 57, length, genre] for i, genre in enumerate(("rock", "jazz"))]
    assert read(tmp_path, pd.DataFrame(rows, columns=columns).to_csv(index=False)).window_s == window_s


@pytest.mark.parametrize(("segments", "window_s"), [(1, 30), (5, 6), (10, 3), (7, 4.29)])
def test_without_a_length_the_usual_number_of_rows_shares_a_clip_of_30_seconds(tmp_path, segments, window_s):
    rows = [f"{track}.{n}.{i}.wav,{i},{track}" for track in ("a", "b") for n in (1, 2) for i in range(segments)]
    table = read(tmp_path, "\n".join(["filename,x,label", *rows, "c.1.0.wav,1,a"]))
    assert table.window_s == window_s
    assert any(f"{window_s:g} s" in note for note in table.notes)
    assert read(tmp_path, "\n".join(["filename,x,label", *rows]), window_s=2.5).window_s == 2.5


@pytest.mark.parametrize("window_s", [-3.0, math.nan, math.inf])
def test_a_window_that_is_no_length_is_refused(tmp_path, window_s):
    with pytest.raises(InputError, match="--table-window"):
        read(tmp_path, rows_of(4), window_s=window_s)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,label\n", "holds no rows"),
        ("x,label\n1,rock\n2,rock\n", r"1 genre in label column 'label'; a comparison needs two"),
        ("x,label\n1,rock\n,jazz\n,jazz\n3,rock\n", r"2 rows were rejected, the first: table.csv:3: .*'x'"),
        ("mood,label\ncalm,rock\nwild,jazz\n", "no numeric feature column; its columns: mood, label"),
        ("x,label\n1,rock,9\n2,jazz,9\n", "as many cells as its header, which has 2: line 2 has 3"),
        ("x,label\n\n,rock\n,jazz\n", "no numeric feature column"),
    ],
)
def test_a_table_that_cannot_be_learnt_from_is_refused_saying_why(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)


def test_old_mac_line_ends_are_read_too(tmp_path):
    assert read(tmp_path, "x,label\r1,rock\r2,jazz\r").rows["x"].tolist() == [1, 2]


@pytest.mark.realdata
def test_six_second_segments_are_1391_tracks_of_6987_windows(real_data):
    table = read_feature_table(real_data / "tables" / "six_second_segments.csv", TableOptions(), KNOWN_SETS)
    assert (table.rows["track_id"].nunique(), len(table.rows), table.window_s) == (1391, 6987, 6)
    assert len(table.features) == 39
    assert table.rejects == []
    assert not table.rows.duplicated(["track_id", "segment"]).any()


@pytest.mark.realdata
def test_the_gtzan_table_is_1000_tracks_of_spectral_v1(real_data):
    table = read_feature_table(real_data / "tables" / "features_30_sec.csv", TableOptions(), KNOWN_SETS)
    assert (len(table.rows), table.rows["track_id"].nunique(), table.window_s) == (1000, 1000, 30)
    assert (table.feature_set, table.rejects) == ("spectral-v1", [])


@pytest.mark.realdata
def test_the_spotify_table_is_14_genres_of_1186_tracks(real_data):
    table = read_feature_table(real_data / "tables" / "spotify_14_genres.csv", TableOptions(), KNOWN_SETS)
    assert (table.rows["genre"].nunique(), table.rows["track_id"].nunique(), len(table.rejects)) == (14, 1186, 0)
    assert len(table.features) == 65


def test_where_a_track_is_from_is_no_feature_and_kept_beside_it(tmp_path):
    lines = [
        f"{i % 7 / 7},{10 * (i % 3) - 10},{i},{'ABC'[i % 3]}land,{'North' if i % 2 else 'South'}" for i in range(40)
    ]
    table = read(tmp_path, "\n".join(["brightness,latitude,longitude,country,region", *lines]), label_column="region")
    assert table.features == ["brightness"]
    assert set(table.rows["latitude"]) == {-10.0, 0.0, 10.0}
    assert set(table.rows["country"]) == {"Aland", "Bland", "Cland"}
    assert table.rows["longitude"].tolist() == list(range(40))
    left_out = {column.column: column.left_out for column in table.columns}
    assert left_out["latitude"] == "tell the latitude"


def test_a_measure_that_is_only_called_after_a_country_stays_a_feature(tmp_path):
    lines = [f"{i % 7 / 7},{i % 5 / 5},{1000 + 3 * i % 11},{'ab'[i % 2]}" for i in range(40)]
    table = read(tmp_path, "\n".join(["country,rock,latitude,label", *lines]))
    assert {column.column for column in table.columns if column.feature} == {"country", "latitude", "rock"}


def test_a_table_may_name_the_sides_of_a_split_itself_and_a_track_on_several_is_on_none(tmp_path):
    cells = ["a.1.0.wav,train,rock", "a.1.1.wav,train,rock", "b.1.0.wav,train,jazz", "b.1.1.wav,test,jazz",
             "c.1.0.wav,Test,rock", "d.1.0.wav,,jazz"]  # fmt: skip
    found = read(tmp_path, "x,filename,Split,label\n" + "".join(f"{i}.5,{row}\n" for i, row in enumerate(cells)))
    sides = found.rows.groupby("track_id", sort=False)["predefined_split"].agg(list)
    assert sides.to_dict() == {"a.1": ["train"] * 2, "b.1": [None] * 2, "c.1": ["Test"], "d.1": [None]}
    assert found.features == ["x"]
    said = "column 'Split' names the sides of a split (train 1, valid 0, test 1 tracks): --split predefined uses it"
    assert f"{said}, but for 1 track with rows on several sides" in found.notes
    about = Metadata([("a.1", {"predefined_split": "test"})])
    told = read_feature_table(tmp_path / "table.csv", TableOptions(), KNOWN_SETS, metadata=about).notes
    assert any(note.endswith("; a side that --metadata names counts before that") for note in told)


@pytest.mark.parametrize("cells", [("1", "2"), ("a", "test"), ("train", "train")])
def test_a_column_called_set_that_names_no_two_sides_is_no_split(tmp_path, cells):
    rows = [f"{i}.5,{cells[i % 2]},{genre}\n" for i, genre in enumerate(["rock", "jazz", "jazz", "rock"])]
    found = read(tmp_path, "x,set,label\n" + "".join(rows))
    assert found.rows["predefined_split"].isna().all()
    assert not any("--split predefined" in note for note in found.notes)
