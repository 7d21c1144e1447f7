"""The declaration fits itself, and rows follow from it."""

import ast
from collections import Counter

import pandas as pd
import pytest

from pipeline.report.csv_export import conform
from pipeline.settings import PROJECT_DIR
from pipeline.tables import (
    BY_NAME,
    DIMENSIONS,
    HOLDOUT_PREDICTIONS,
    NUMBER,
    OF_THE_RUN,
    SCORES,
    STRING,
    SUMMARY,
    TABLES,
    Column,
)
from pipeline.tables.columns import one_of
from tests.declared import filled

TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@TABLE
def test_rows_begin_with_their_run_and_dataset_and_no_column_comes_twice(table):
    names = [column.name for column in table.columns]
    assert tuple(names[:2]) == OF_THE_RUN
    assert max(Counter(names).values()) == 1


@TABLE
def test_keys_are_columns_that_are_never_empty(table):
    assert all(table.column(name).required for name in table.key)
    assert table.row_key == [name for name in table.key if name != "run_id"]


@TABLE
def test_references_lead_from_columns_to_the_key_of_another_table(table):
    for reference in table.references:
        assert set(reference.fields) <= {*table.names, "run_id"}
        assert reference.to == BY_NAME[reference.table].key


@TABLE
def test_only_numbers_have_a_least_one_and_only_text_a_list_of_words(table):
    for column in table.columns:
        assert column.minimum is None or column.kind == NUMBER
        assert not column.values or column.kind == STRING
        assert all(value in column.meaning for value in column.values)


@TABLE
def test_rows_of_any_table_can_be_made_from_its_declaration(table):
    frame = conform(table, filled(table, pd.DataFrame(index=range(3))).assign(run_id="r", dataset="d"))
    said = {column.name for column in table.in_words}
    assert [name for name in frame.columns if name not in {*OF_THE_RUN, *said}] == table.names
    assert said <= set(frame.columns)
    assert len(frame) == 3


def test_what_stands_for_many_columns_or_is_computed_for_the_export_is_not_stored():
    assert "p_*" not in HOLDOUT_PREDICTIONS.names
    computed = Column("best", STRING, "", stored=False)
    wider = SCORES.__class__("scores", "value", (*SCORES.columns, computed))
    assert wider.names == [*SCORES.names, "best"]
    computed_too = {"is_champion", "is_baseline", "guess", "trained_on", "tested_on"}
    assert wider.stored_names == SCORES.stored_names == [name for name in SCORES.names if name not in computed_too]


def test_an_exact_name_goes_before_a_pattern():
    assert SUMMARY.column("train_30s").name == "train_30s"
    assert SUMMARY.column("train_6s").name == "train_*"
    assert SUMMARY.find_column("mood") is None
    with pytest.raises(KeyError, match=r"summary_30s_vs_3s\.csv has no column 'mood'"):
        SUMMARY.column("mood")


def test_the_dimensions_begin_the_rows_of_every_evaluation():
    for name in ("scores", "class_report", "confusion"):
        assert tuple(BY_NAME[name].names[: len(DIMENSIONS)]) == DIMENSIONS


def test_words_come_with_what_they_stand_for():
    column = one_of("side", {"a": "the first", "b": "the second"}, required=False)
    assert (column.values, column.meaning, column.required) == (("a", "b"), "a: the first; b: the second", False)


def test_no_other_module_writes_the_columns_of_a_table_down_again():
    rows = [set(names) for table in TABLES for names in (table.names, table.row_key) if len(names) > 3]
    modules = [path for path in (PROJECT_DIR / "pipeline").rglob("*.py") if path.parent.name != "tables"]
    copies = [
        f"{path.relative_to(PROJECT_DIR)}:{node.lineno}"
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.List | ast.Tuple | ast.Set)
        and {item.value for item in node.elts if isinstance(item, ast.Constant)} in rows
    ]
    assert copies == []
