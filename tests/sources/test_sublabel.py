"""Styles below genres, as tables and metadata tell them."""

import pytest

from pipeline.catalogue import catalogue
from pipeline.catalogue.genres import tell_genres
from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS
from pipeline.settings import get_settings
from pipeline.sources import Metadata, TableOptions, TrackFile, read_feature_table, read_metadata

KNOWN_SETS = {name: known.columns for name, known in FEATURE_SETS.items() if not known.is_sequence}


def read(folder, text, metadata=None, **options):
    path = folder / "table.csv"
    path.write_text(text)
    return read_feature_table(path, TableOptions(**options), KNOWN_SETS, metadata=metadata)


def styles_of(table):
    return dict(zip(table.rows["track_id"], table.rows["style"], strict=True))


def test_the_column_of_styles_is_read_beside_the_label_and_is_no_feature(tmp_path):
    text = "id,genre,kind,x\na,rock,1,1\nb,rock,2,2\nc,pop,3,3\nd,pop,,4\n"
    table = read(tmp_path, text, sublabel="kind")
    assert table.features == ["x"]
    assert styles_of(table) == {"a": "1", "b": "2", "c": "3", "d": None}
    assert "1 of 4 tracks without style keep their genre alone" in table.notes
    assert read(tmp_path, text).features == ["kind", "x"] or "kind" not in read(tmp_path, text).features
    assert set(read(tmp_path, text).rows["style"]) == {None}


@pytest.mark.parametrize(
    ("sublabel", "words"),
    [
        ("mood", "--sublabel 'mood' is not a column of table.csv; its columns: id, genre, style, x"),
        ("genre", "--sublabel 'genre' is the column of labels: name one with the styles below genres"),
        ("id", "--sublabel 'id' is the column of ids"),
    ],
)
def test_a_column_that_there_is_not_or_that_is_something_else_is_refused(tmp_path, sublabel, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, "id,genre,style,x\na,rock,punk,1\nb,pop,dance,2\n", sublabel=sublabel, label_column="genre")


@pytest.mark.parametrize(
    ("options", "styles"),
    [
        ({}, {"punk", "dance"}),
        ({"label_column": "style"}, {None}),
        ({"id_column": "style"}, {None}),
        ({"sublabel_before": "gone"}, {None}),
    ],
)
def test_a_remembered_column_of_styles_gives_way_to_what_it_is_now_and_that_is_said(tmp_path, options, styles):
    text = "id,genre,style,x\na,rock,punk,1\nb,pop,dance,2\n"
    table = read(tmp_path, text, **({"sublabel_before": "style"} | options))
    assert set(table.rows["style"]) == styles
    said = " ".join(table.notes)
    assert ("as before" in said) == (styles != {None})
    assert ("which had the styles before, is not there or something else now" in said) == (styles == {None})


def test_a_track_of_several_rows_has_the_style_of_most_of_them_and_none_of_a_tie(tmp_path):
    rows = ["a,rock,punk,1", "a,rock,indie,2", "a,rock,punk,3", "b,pop,dance,1", "b,pop,swing,2", "c,pop,dance,1",
            "c,pop,,2"]  # fmt: skip
    table = read(tmp_path, "\n".join(["id,genre,style,x", *rows]) + "\n", sublabel="style")
    assert styles_of(table) == {"a": "punk", "b": None, "c": "dance"}
    assert (
        "2 songs with rows of several styles: 1 count for the style of most of their rows, 1 with as many rows of two "
        "styles keep their genre alone" in table.notes
    )


def test_a_track_that_is_in_the_table_twice_counts_both_styles_though_its_values_are_one_row(tmp_path):
    rows = ["a,pop,dance,1", "a,pop,swing,1", "b,rock,punk,2", "a,pop,dance,1"]
    table = read(tmp_path, "\n".join(["id,genre,style,x", *rows]) + "\n", sublabel="style")
    assert styles_of(table) == {"a": "dance", "b": "punk"}
    assert len(table.rows) == 2


def test_only_styles_below_the_genre_that_a_track_counts_for_are_its_own(tmp_path):
    rows = ["a,pop,dance,1", "a,pop,dance,2", "a,rock,punk,3", "b,rock,punk,4"]
    table = read(tmp_path, "\n".join(["id,genre,style,x", *rows]) + "\n", sublabel="style")
    assert styles_of(table) == {"a": "dance", "b": "punk"}


@pytest.mark.parametrize(("multilabel", "style"), [("first", "punk"), ("drop", None)])
def test_cells_of_several_styles_follow_the_rule_of_those_of_several_genres(tmp_path, multilabel, style):
    rows = [
        "a,rock,punk|indie,1",
        "b,rock,Punk,2",
        "c,pop,dance,3",
        "d,rock|pop,punk,4",
        "e,rock,Punk,5",
        "f,rock,Punk,6",
    ]
    text = "\n".join(["id,genre,style,x", *rows]) + "\n"
    table = read(tmp_path, text, sublabel="style", multilabel=multilabel)
    assert str(styles_of(table)["a"]).casefold() == str(style).casefold()
    assert "punk|indie" not in set(table.rows["style"])
    assert styles_of(table)["b"] == "Punk"
    reasons = {reject.path: reject.reason for reject in table.rejects}
    assert reasons == ({"table.csv:5": "several_labels"} if multilabel == "drop" else {})
    assert any(note.startswith("1 rows name several styles, 'punk|indie' for one") for note in table.notes)


def test_a_rule_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(InputError, match="--multilabel 'all' must be one of first, drop"):
        read(tmp_path, "id,genre,x\na,rock,1\nb,pop,2\n", multilabel="all")


def test_metadata_tell_styles_where_the_table_does_not(tmp_path):
    about = tmp_path / "about.csv"
    about.write_text("id,sub\na,punk\nb,\n")
    metadata = read_metadata(about, "sub")
    assert metadata.styled
    assert metadata.join(["a", "b"])["a"]["style"] == "punk"
    assert not read_metadata_without(tmp_path).styled
    table = read(tmp_path, "id,genre,x\na,rock,1\nb,pop,2\n", metadata=metadata, sublabel="sub")
    assert set(table.rows["style"]) == {None}, "they are joined to tracks later, as artists are"
    with pytest.raises(InputError, match="--sublabel 'sub' is not a column"):
        read(tmp_path, "id,genre,x\na,rock,1\nb,pop,2\n", metadata=read_metadata_without(tmp_path), sublabel="sub")


def read_metadata_without(folder):
    path = folder / "artists.csv"
    path.write_text("id,artist\na,X\n")
    return read_metadata(path, "sub")


def test_a_song_of_several_ids_counts_for_the_genre_and_the_style_of_most_of_its_rows(tmp_path):
    rows = [
        "a,X,Song,pop,dance,1", "a,X,Song,rock,punk,1", "b,x,song (feat. Y),pop,swing,2", "c,X,Song,pop,dance,3",
        "d,X,Other,rock,punk,4", "e,Z,Other,pop,swing,5",
    ]  # fmt: skip
    table = read(tmp_path, "\n".join(["id,artist,title,genre,style,x", *rows]) + "\n", sublabel="style")
    assert dict(zip(table.rows["track_id"], table.rows["genre"], strict=True)) == {
        "a": "pop", "b": "pop", "c": "pop", "d": "rock", "e": "pop",
    }  # fmt: skip
    assert styles_of(table) == {"a": "dance", "b": "dance", "c": "dance", "d": "punk", "e": "swing"}
    assert [(reject.path, reject.reason) for reject in table.rejects] == [("table.csv:3", "label_conflict")]
    assert table.genres == {"a": ["pop", "rock"], "b": ["pop", "rock"], "c": ["pop", "rock"]}
    assert (
        "1 song of one artist and title under several ids and genres: 1 count for the genre of most of their rows, 0 "
        "with as many rows of two genres are left out" in table.notes
    )


def test_a_song_whose_ids_have_as_many_rows_of_two_genres_is_left_out_and_counted(tmp_path):
    rows = ["a,X,Song,pop,1", "b,X,Song,rock,2", "c,Y,Song,pop,3", "d,Y,Tune,rock,4", "e,,Song,rock,5"]
    table = read(tmp_path, "\n".join(["id,artist,title,genre,x", *rows]) + "\n")
    assert table.rows["track_id"].tolist() == ["c", "d", "e"]
    assert {reject.path: reject.reason for reject in table.rejects} == dict.fromkeys(
        ["table.csv:2", "table.csv:3"], "label_conflict"
    )
    assert any("0 count for the genre of most of their rows, 1 with as many" in note for note in table.notes)


@pytest.mark.parametrize(("multilabel", "told"), [("first", {"a": "rock", "b": "pop"}), ("drop", {"b": "pop"})])
def test_files_whose_metadata_name_several_genres_follow_the_same_rule(tmp_path, multilabel, told):
    metadata = Metadata([], genres=[("a", "rock; pop"), ("b", "pop")])
    files = [TrackFile(name, "", f"{name}.wav", 1, 1) for name in "ab"]
    found = tell_genres(files, tmp_path, "metadata", metadata, multilabel)
    assert {track.track_id: track.genre for track in found.tracks} == told
    assert [(reject.path, reject.reason) for reject in found.rejects] == (
        [("a", "several_labels")] if multilabel == "drop" else []
    )


def test_the_column_is_remembered_until_another_or_none_is_named(database, tmp_path):
    path = tmp_path / "songs.csv"
    path.write_text("id,genre,sub,x\n" + "".join(f"{i},{'rock' if i % 2 else 'pop'},s{i % 4},{i}\n" for i in range(20)))

    def styles(**options) -> set:
        catalogue(database, "remembered", table=str(path), options=TableOptions(**options), settings=get_settings())
        return {*database["tracks"].distinct("style", {"dataset": "remembered"})} - {None}

    named = {"s0", "s1", "s2", "s3"}
    assert styles() == set()
    assert styles(sublabel="sub") == named
    assert styles() == named
    path.write_text(path.read_text().replace("id,genre,sub,x", "id,genre,mood,x"))
    assert styles() == set(), "there is no such column any more, and nobody has named it"
    path.write_text(path.read_text().replace("id,genre,mood,x", "id,genre,sub,x"))
    assert styles() == named
    assert styles(sublabel="-") == set()
    assert styles() == set()
