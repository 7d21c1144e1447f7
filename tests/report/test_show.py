"""Tables and sentences in a notebook: text stays text, numbers are rounded, and no row is left out unsaid."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.printable import printable
from pipeline.report.show import MOST_ROWS, Shown, show_sentences, show_table

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "</table></div>",
    "&lt;b&gt;",
    "$x^2$",
    "**bold** `code` [link](javascript:alert(1))",
    "{{ 7 * 7 }}",
    "\x1b[31mred",
    "\u202eevil",
)
XML_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=9)


def cells(shown: Shown, kind: str = "td") -> list[list[str]]:
    """Return the texts of a table's cells, row by row; markup that is not the table's own is an error."""
    table = ET.fromstring(shown.html.partition("<p>")[0])
    assert {element.tag for element in table.iter()} <= {"table", "thead", "tbody", "tr", "th", "td"}
    return [
        ["".join(cell.itertext()) for cell in row.findall(kind)]
        for row in table.iter("tr")
        if row.find(kind) is not None
    ]


def alignments(shown: Shown) -> list[str]:
    head = ET.fromstring(shown.html).find("thead")
    return [re.search("text-align: (left|right)", cell.get("style"))[1] for cell in head.iter("th")]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_a_cell_a_heading_and_an_index(name):
    frame = pd.DataFrame({name: [name, "x"]}, index=pd.Index([name, "y"], name=name))
    shown = show_table(frame)
    written = name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    assert cells(shown) == [[written, written], ["y", "x"]]
    assert cells(shown, "th") == [[written, written]]
    assert "\x1b" not in shown.text + shown.html


@given(st.lists(XML_TEXT, min_size=1, max_size=4))
def test_any_text_is_the_text_of_its_cell(texts):
    (row,) = cells(show_table(pd.DataFrame([texts])))
    assert row == [printable(text) for text in texts]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_a_sentence(name):
    for strong in (False, True):
        shown = show_sentences([f"About {name}."], strong=strong)
        (item,) = ET.fromstring(shown.html)
        written = name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
        assert "".join(item.itertext()) == f"About {written}."
        assert [child.tag for child in item] == ["strong"] * strong


def test_mathjax_is_told_to_leave_names_alone():
    assert ET.fromstring(show_table(pd.DataFrame({"a": ["$x$"]})).html).get("class") == "dataframe mathjax_ignore"
    assert ET.fromstring(show_sentences(["$x$"]).html).get("class") == "mathjax_ignore"


def test_text_is_to_the_left_and_numbers_to_the_right():
    frame = pd.DataFrame(
        {"genre": ["jazz"], "n": [3], "accuracy": [0.5], "known": [True], "at": [datetime(2024, 1, 2)]}
    )
    assert alignments(show_table(frame)) == ["left", "right", "right", "left", "left"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([30.0, 3.0], ["30", "3"]),
        ([2 / 3, 0.5], ["0.667", "0.500"]),
        ([0.5, 0.25, np.nan], ["0.50", "0.25", ""]),
        ([1, 22], ["1", "22"]),
        ([-0.00001, 0.0], ["0", "0"]),
        ([np.inf, 1.5], ["inf", "1.5"]),
        (pd.array([1, None], dtype="Int64"), ["1", ""]),
        (pd.array([1.5, None], dtype="Float64"), ["1.5", ""]),
        ([None, "x"], ["", "x"]),
        ([[1, 2], {"a": 1}], ["[1, 2]", "{'a': 1}"]),
        (pd.Categorical(["a", None]), ["a", ""]),
    ],
)
def test_a_column_has_the_decimals_that_it_needs_and_gaps_are_empty(values, expected):
    assert [row[0] for row in cells(show_table(pd.DataFrame({"x": values})))] == expected


def test_an_index_is_shown_unless_it_only_counts():
    frame = pd.DataFrame({"n": [1, 2]}, index=["a", "b"])
    assert cells(show_table(frame)) == [["a", "1"], ["b", "2"]]
    assert cells(show_table(frame), "th") == [["", "n"]]
    assert cells(show_table(frame.rename_axis("genre")), "th") == [["genre", "n"]]
    assert cells(show_table(frame.reset_index(drop=True)), "th") == [["n"]]
    assert cells(show_table(frame.set_index(pd.Index([7, 3])))) == [["1"], ["2"]]
    counted = pd.crosstab(pd.Series(["a", "b"], name="genre"), pd.Series(["left", "right"], name="side"))
    assert cells(show_table(counted), "th") == [["genre", "left", "right"]]


def test_rows_that_are_left_out_are_counted():
    frame = pd.DataFrame({"x": range(100)})
    assert len(cells(show_table(frame))) == MOST_ROWS
    assert "and 40 more rows" in show_table(frame).html
    assert show_table(frame, most=3).text.endswith("… and 97 more rows")
    assert "more rows" not in show_table(frame, most=100).html


def test_a_table_of_nothing_has_its_headings():
    assert cells(show_table(pd.DataFrame({"x": []})), "th") == [["x"]]
    assert show_table(pd.DataFrame()).html


def test_columns_of_one_name_are_both_shown():
    assert cells(show_table(pd.DataFrame([[1, 2]], columns=["x", "x"]))) == [["1", "2"]]


def test_no_sentence_is_said_otherwise():
    assert "Nothing." in show_sentences([], otherwise="Nothing.").html
    assert show_sentences([]).text == ""


def test_a_cell_of_a_notebook_gives_the_page_and_the_text():
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(show_table(pd.DataFrame({"x": [1]})))
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"].split() == ["x", "1"]


def test_codes_and_headings_are_in_words():
    frame = pd.DataFrame(
        {
            "model_a": ["knn_3", "no model"],
            "model_b": ["svm_rbf", None],
            "feature_set": ["spectral-v1-means", "table-v1"],
            "window_s": [30.0, 3.0],
            "split_policy": ["artist", "transfer"],
            "ci_low": [0.25, np.nan],
            "is_best": [True, False],
        }
    )
    shown = show_table(frame)
    assert cells(shown, "th") == [
        ["model, A", "model, B", "feature set", "window [s]", "split", "95 % interval from", "is best"]
    ]
    first = ["3 nearest neighbours", "SVM (RBF kernel)", "means of handcrafted features", "30", "artists kept whole"]
    assert cells(shown)[0] == [*first, "0.25", "yes"]
    assert cells(shown)[1][0] == "no model"
    assert cells(shown)[1][4:] == ["transfer", "", "no"]
    assert frame.columns[0] == "model_a"


def test_a_table_without_rows_says_so():
    assert show_table(pd.DataFrame({"a": []})).text == "No rows."
    assert "No rows." in show_table(pd.DataFrame({"a": []})).html
