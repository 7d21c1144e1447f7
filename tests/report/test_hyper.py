"""The extract, read back with Tableau's own engine."""

import csv
import json
import os
import socket
import subprocess
import sys
from datetime import date, datetime
from select import select

import pytest

from pipeline.report.datapackage import read_package
from pipeline.report.exports import write_exports
from pipeline.report.hyper import write_hyper
from pipeline.tables import BOOLEAN, BY_NAME, DATE, DATETIME, INTEGER, NUMBER, STRING, TABLES
from tests.patience import lives, until
from tests.report.conftest import RUN, conformed, make_frames

hyper = pytest.importorskip("tableauhyperapi", reason="Tableau's engine has no build for this machine")

TYPES = {STRING: "TEXT", NUMBER: "DOUBLE", INTEGER: "BIG_INT", BOOLEAN: "BOOL", DATE: "DATE", DATETIME: "TIMESTAMP"}
PARSERS = {
    STRING: str, NUMBER: float, INTEGER: int, BOOLEAN: {"TRUE": True, "FALSE": False}.__getitem__,
    DATE: date.fromisoformat, DATETIME: datetime.fromisoformat,
}  # fmt: skip


def read_hyper(path) -> dict:
    """Return by table: its columns as (name, type), and its rows in the order of `in_order`."""
    tables = {}
    with (
        hyper.HyperProcess(hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""}) as engine,
        hyper.Connection(engine.endpoint, path) as connection,
    ):
        for name in connection.catalog.get_table_names("public"):
            columns = connection.catalog.get_table_definition(name).columns
            described = [(column.name.unescaped, str(column.type)) for column in columns]
            rows = connection.execute_list_query(f"SELECT * FROM {name}")
            tables[name.name.unescaped] = described, in_order([_plain(cell) for cell in row] for row in rows)
    return tables


def in_order(rows) -> list:
    """Sort rows: an engine promises no order where none is asked for."""
    return sorted(rows, key=repr)


def _plain(cell):
    if isinstance(cell, hyper.Timestamp):
        return cell.to_datetime()
    return cell.to_date() if isinstance(cell, hyper.Date) else cell


def read_rows(folder, table) -> list:
    """Return the rows of a CSV in the order of `in_order`, each cell of its declared type."""
    with open(folder / table.file_name, newline="", encoding="utf-8") as handle:
        header, *rows = csv.reader(handle)
    parsers = [PARSERS[table.column(name).kind] for name in header]
    return in_order([parse(cell) if cell else None for parse, cell in zip(parsers, row, strict=True)] for row in rows)


@pytest.fixture(scope="module")
def extract(written):
    return read_hyper(written.folder / "genrelab.hyper")


def test_it_holds_one_table_an_export(extract):
    assert set(extract) == set(BY_NAME)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_columns_types_and_rows_of_its_csv(extract, written, table):
    columns, rows = extract[table.name]
    with open(written.folder / table.file_name, newline="", encoding="utf-8") as handle:
        header = next(csv.reader(handle))
    assert columns == [(name, TYPES[table.column(name).kind]) for name in header]
    assert rows == read_rows(written.folder, table)
    assert len(rows) > 0


WATCH = """
import json, sys, psutil
print("ready", flush=True)
seen, engines, parent = [], [], psutil.Process(int(sys.argv[1]))
ports = lambda process: [str(connection) for connection in process.net_connections("inet")]
while not seen or engines:
    engines = [child for child in parent.children(recursive=True) if child.name() == "hyperd"]
    try:
        found = [ports(engine) for engine in engines]
    except psutil.Error:  # it ended in between
        continue
    if found and not seen:
        print("seen", flush=True)
    seen += found
print(json.dumps([ports(parent), seen]))
"""


def test_the_engine_opens_no_network_port(tmp_path):
    frames = conformed(make_frames())
    command = [sys.executable, "-c", WATCH, str(os.getpid())]
    with (
        socket.create_server(("127.0.0.1", 0)),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher,
    ):
        assert watcher.stdout.readline() == "ready\n"
        try:
            until(
                lambda: write_hyper(frames, tmp_path) and select([watcher.stdout], [], [], 0)[0],  # it ends soon
                alive=lives(watcher),
            )
            assert watcher.stdout.readline() == "seen\n"
            ours, of_the_engine = json.loads(watcher.stdout.readline())
        finally:
            watcher.kill()
    assert ours, "a port that is open would not be seen"
    assert of_the_engine
    assert not any(of_the_engine)


def test_without_an_engine_the_export_goes_on_says_so_and_leaves_no_old_extract(tmp_path, monkeypatch):
    write_exports(make_frames("run-1"), tmp_path, "run-1")
    assert (tmp_path / "genrelab.hyper").exists()
    monkeypatch.setitem(sys.modules, "pantab", None)
    export = write_exports(make_frames(), tmp_path, RUN)
    assert not (tmp_path / "genrelab.hyper").exists()
    assert "genrelab.hyper" not in export.files
    (remark,) = export.remarks
    assert remark.startswith("genrelab.hyper is not written: pantab is not installed")
    assert read_package(tmp_path)["id"] == RUN
