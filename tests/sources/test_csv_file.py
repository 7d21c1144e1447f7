"""CSVs as people have them: any line end, delimiter and quoting, and each row's own line number."""

import bz2
import csv
import gzip
import io
import lzma
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.sources.csv_file import MISSING, read_csv

printable = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])
cells = st.text(st.one_of(st.sampled_from(list(',;\t"\n\r .')), printable), max_size=8)
names = st.text(st.one_of(st.sampled_from(list(',;" ')), printable), min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 5))
    header = draw(st.lists(names, min_size=width, max_size=width, unique=True))
    # the first cell is filled, as a row of blanks alone could be no row
    row = st.tuples(st.text("abc", min_size=1), *[cells] * (width - 1)).map(list)
    return header, draw(st.lists(row, min_size=1, max_size=6))


def write(folder, text, *, encoding="utf-8"):
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@given(tables(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_was_written_is_read_with_the_line_each_row_starts_on(tmp_path_factory, table, delimiter, line_end, bom):
    header, rows = table
    text, lines = io.StringIO(), []
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    for row in [header, *rows]:
        lines.append(1 + len(text.getvalue().replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1)
        writer.writerow(row)
    path = write(tmp_path_factory.mktemp("csv"), text.getvalue(), encoding="utf-8-sig" if bom else "utf-8")
    found, ragged = read_csv(path, "--table")
    assert found.header == header
    assert found.rows == rows
    assert found.lines == lines[1:]
    assert ragged == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_inside_quoted_names_and_cells_do_not_mislead(tmp_path, delimiter):
    quoted = f"\"x{delimiter}1\"{delimiter}\"Color_['#', '0'; 'b']\"{delimiter}label\n"
    table, ragged = read_csv(write(tmp_path, quoted + f'1{delimiter}2{delimiter}"a, b; c"\n' * 3), "--table")
    assert table.header == [f"x{delimiter}1", "Color_['#', '0'; 'b']", "label"]
    assert table.rows == [["1", "2", "a, b; c"]] * 3
    assert ragged == []


def test_blanks_around_names_and_cells_and_before_quotes_do_not_count(tmp_path):
    table, _ = read_csv(write(tmp_path, ' a , "b, c",label \n1 , " 2", rock \n'), "--table")
    assert table.header == ["a", "b, c", "label"]
    assert [table.column(name) for name in table.header] == [["1"], ["2"], ["rock"]]


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path):
    table, ragged = read_csv(write(tmp_path, "\na,b\n\n1,2\n   \n3,4\n\n"), "--table")
    assert (table.rows, table.lines, ragged) == ([["1", "2"], ["3", "4"]], [4, 6], [])


def test_rows_wider_or_narrower_than_the_header_are_told_with_their_lines(tmp_path):
    table, ragged = read_csv(write(tmp_path, 'a,b\n1,2\n1\n"x\ny",2\n1,2,3\n'), "--table")
    assert table.lines == [2, 4]
    assert ragged == [(3, 1), (6, 3)]


@pytest.mark.parametrize("word", sorted(MISSING))
def test_a_word_for_a_missing_value_is_an_empty_cell_in_any_case(tmp_path, word):
    table, _ = read_csv(write(tmp_path, f"a,b\n {word} ,1\n{word.upper()},2\n{word.title()}x,3\n"), "--table")
    assert table.column("a") == ["", "", f"{word.title()}x"]


def test_two_columns_without_a_name_stay_two(tmp_path):
    table, _ = read_csv(write(tmp_path, ",a,\n0,1,2\n"), "--table")
    assert table.header == ["unnamed 0", "a", "unnamed 2"]
    assert table.rows == [["0", "1", "2"]]


def test_a_column_is_picked_by_option_then_by_order_then_in_any_case(tmp_path):
    table, _ = read_csv(write(tmp_path, "GENRE,Label,x\na,b,c\n"), "--table")
    assert table.pick("x", ["Label"], "--label-column") == "x"
    assert table.pick("", ["genre", "Label"], "--label-column") == "Label"
    assert table.pick("", ["genre", "none"], "--label-column") == "GENRE"
    assert table.pick("", ["none"], "--label-column") is None
    with pytest.raises(InputError, match=r"--label-column 'y' is not a column.*GENRE, Label, x"):
        table.pick("y", [], "--label-column")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no rows"),
        (b"a,b\n", "holds no rows"),
        (b"\xef\xbb\xbf\r\n", "holds no rows"),
        (b"a,b,a\n1,2,3\n", "columns of the same name: a"),
        (b"a,b\n1,2,3\n4,5,6\n", "as many cells as its header, which has 2: line 2 has 3"),
        ("label,x\nMúsica,1\n".encode("cp850"), "not a CSV in UTF-8: line 2 .*save it as UTF-8"),
        (b"\x80\x04\x95" + bytes(30), "it is a pickle.*save it as a CSV"),
        (b'[{"label": "rock"}]', "it is JSON"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old workbook"),
        (b"<html><body>", "a web page"),
        (gzip.compress(b"a,b\n1,2\n" * 99)[:30], "can't be read: "),
        ("привет,b\n1,2\n".encode("cp1251"), "not a CSV in UTF-8.*save it as UTF-8"),
        (b'a,b\n"1,2\n', "not a CSV in UTF-8: unexpected end of data: .*line 2"),
        (b'a,b\n"1"x,2\n', "not a CSV in UTF-8: ',' expected after '\"'"),
        (bytes(range(256)), "not a CSV in UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_naming_the_option_and_the_file(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"--table '.*table\.csv'.*{message}"):
        read_csv(path, "--table")


def test_a_folder_or_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match=r"--metadata .* can't be read"):
            read_csv(path, "--metadata")


TABLE = "filename,x,label\na.wav,1.5,Música\nb.wav,2.5,Pop\n"
ARFF = """% made by hand
@RELATION music
@attribute filename string
@attribute 'x' NUMERIC
@attribute label {Música, Pop}
@data
a.wav, 1.5, Música
% between
'b.wav',2.5,Pop
"""


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, TABLE)
    return packed.getvalue()


def as_frame(write):
    packed = io.BytesIO()
    getattr(pd.read_csv(io.StringIO(TABLE)), write)(packed, index=False)
    return packed.getvalue()


def two_sheets():
    packed = io.BytesIO()
    with pd.ExcelWriter(packed) as writer:
        pd.DataFrame({"Read me": ["made by hand"]}).to_excel(writer, sheet_name="notes", index=False)
        pd.read_csv(io.StringIO(TABLE)).to_excel(writer, sheet_name="data", index=False)
    return packed.getvalue()


def as_indexed():
    packed = io.BytesIO()
    pd.read_csv(io.StringIO(TABLE), index_col="filename").to_parquet(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (TABLE.encode("latin-1"), "Windows-1252"),
        (TABLE.encode("utf-16"), "UTF-16"),
        (gzip.compress(TABLE.encode()), "gzip"),
        (zipped("folder/", "folder/table.csv"), "folder/table.csv"),
        (as_frame("to_parquet"), "Parquet"),
        (as_frame("to_excel"), "workbook"),
        (ARFF.encode(), "ARFF"),
        (f"sep=,\n{TABLE}".encode(), ""),
        (f"# made by hand\n# 2024, again, and, again\n{TABLE}".encode(), ""),
        (TABLE.replace(",", "|").encode(), ""),
        (TABLE.replace(",", " ").encode(), ""),
        (bz2.compress(TABLE.encode()), "bzip2"),
        (lzma.compress(TABLE.encode()), "xz"),
        (TABLE.encode("utf-16-le"), "UTF-16-LE"),
        (TABLE.encode("utf-16-be"), "UTF-16-BE"),
        (zipped("table.csv", "README.txt", ".DS_Store", "__MACOSX/._table.csv"), "table.csv"),
        (two_sheets(), "sheet 'data'"),
        (as_indexed(), "Parquet"),
        (f"#{TABLE}".encode(), ""),
        (f"Features of 2024\n\n{TABLE}".encode(), ""),
        (f"Features of 2024,,\n{TABLE}".encode(), ""),
        (f"% made by hand\n// again\n{TABLE}".encode(), ""),
    ],
)
def test_a_table_is_read_whatever_it_is_packed_in_and_that_is_said(tmp_path, content, note):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    table, ragged = read_csv(path, "--table")
    assert (table.header, ragged) == (["filename", "x", "label"], [])
    assert table.rows == [["a.wav", "1.5", "Música"], ["b.wav", "2.5", "Pop"]]
    assert note in "; ".join(table.notes)
    assert bool(table.notes) == bool(note)


def test_a_zip_of_several_files_is_refused_naming_them(tmp_path):
    path = tmp_path / "table.zip"
    path.write_bytes(zipped("a.csv", "b.csv"))
    with pytest.raises(InputError, match=r"2 files.*a\.csv, b\.csv"):
        read_csv(path, "--table")
