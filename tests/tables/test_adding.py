"""A column is added in one module: to `scores`, one of each kind, in a copy of the project, on a real mongod."""

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import frictionless
import pytest
from lxml import etree

from pipeline.settings import PROJECT_DIR, Settings
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S
from tests.report.test_hyper import read_hyper

MODULE = "pipeline/tables/scores.py"
LAST = '        Column("repeats", INTEGER, "splits that the value is pooled over", unit="splits"),\n'
LAST_OF_REPORT = '        Column("support", INTEGER, "rows of this genre, over all repeats", unit="rows"),\n'
LATER = '        optional("remark", STRING, "what no run has said yet"),\n'
IMPORTS = (
    "from pipeline.tables.columns import one_of, optional\nfrom pipeline.tables.declaration import DATE, DATETIME\n"
)


class Added(NamedTuple):
    """A column as it is declared, and what is stored and exported of it in two rows, in turn."""

    declared: str
    stored: list
    exported: list
    told: str
    hyper: str


ADDED = {
    "how": Added('one_of("how", {"cold": "c|d", "warm": "w"})', ["cold", "warm"], ["cold", "warm"],
                 r"| `how` | string |  | cold: c\|d; warm: w |  |", "TEXT"),
    "label": Added('optional("label", STRING, "a label", prefix="label-")', ["007", None], ["label-007", ""],
                   "| `label` | string |  | a label | yes |", "TEXT"),
    "loud": Added('optional("loud", NUMBER, "how loud", unit="dB")', [-0.5, None], ["-0.5", ""],
                  "| `loud` | number | dB | how loud | yes |", "DOUBLE"),
    "level_count": Added('Column("level_count", INTEGER, "a count", minimum=0)', [3, 4], ["3", "4"],
                         "| `level_count` | integer |  | a count |  |", "BIG_INT"),
    "gap": Added('optional("gap", INTEGER, "a count, or none")', [3, None], ["3", ""],
                 "| `gap` | integer |  | a count, or none | yes |", "BIG_INT"),
    "best": Added('optional("best", BOOLEAN, "a truth")', [True, None], ["TRUE", ""],
                  "| `best` | boolean |  | a truth | yes |", "BOOL"),
    "day": Added('Column("day", DATE, "a day")', ["2026-01-02", "2026-01-03"], ["2026-01-02", "2026-01-03"],
                 "| `day` | date |  | a day |  |", "DATE"),
    "moment": Added('optional("moment", DATETIME, "a moment")', ["2026-01-02T03:04:05", None],
                    ["2026-01-02T03:04:05", ""], "| `moment` | datetime |  | a moment | yes |", "TIMESTAMP"),
}  # fmt: skip
REQUIRED = {"how", "level_count", "day"}


class Copy(NamedTuple):
    """A copy of the project with more columns, and a run of it."""

    root: Path
    written: str
    told: dict

    @property
    def exports(self) -> Path:
        return self.root / "run" / "exports"


def run_in(root: Path, *arguments, **variables: str) -> str:
    command, places = [sys.executable, *map(str, arguments)], os.environ | {"PYTHONPATH": str(root)} | variables
    done = subprocess.run(command, cwd=root, env=places, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory, database):
    """Return a copy of the project whose one module of scores was changed, after ``make docs`` and a run."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("pipeline", "docs", "mongo"):
        shutil.copytree(PROJECT_DIR / name, root / name)
    (root / "exports").mkdir()
    shutil.copy(PROJECT_DIR / "exports" / "README.md", root / "exports")
    module = root / MODULE
    text = module.read_text()
    assert text.count(LAST) == text.count(LAST_OF_REPORT) == 1
    lines = "".join(f"        {added.declared},\n" for added in ADDED.values())
    text = text.replace(LAST, LAST + lines).replace(LAST_OF_REPORT, LAST_OF_REPORT + LATER)
    module.write_text(IMPORTS + text)
    written = run_in(root, "-m", "docs")
    (root / "run").mkdir()
    cells = root / "cells.json"
    cells.write_text(json.dumps({name: added.stored for name, added in ADDED.items()}))
    name = f"test_{uuid4().hex[:8]}"
    own = {"MONGODB_URI": f"{EmbeddedServer(Settings().home).uri}{name}"}  # where no other test finds its validators
    told = run_in(root, Path(__file__).with_name("adding.py"), root / "run", cells, **own)
    yield Copy(root, written, json.loads(told.splitlines()[-1]))
    database.client.drop_database(name)


def rows_of(path: Path) -> list[dict]:
    with open(path, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def rows(copy) -> list[dict]:
    return rows_of(copy.exports / "scores.csv")


def test_nothing_but_the_module_and_what_is_written_from_it_has_changed(copy):
    assert copy.written.splitlines() == ["written: exports/README.md", "written: mongo/schema/scores.json"]
    files = {path.relative_to(copy.root) for name in ("pipeline", "docs", "mongo", "exports")
             for path in (copy.root / name).rglob("*")
             if path.is_file() and path.parent.name != "__pycache__"}  # fmt: skip
    changed = {str(path) for path in files if (copy.root / path).read_bytes() != (PROJECT_DIR / path).read_bytes()}
    assert changed == {MODULE, "exports/README.md", "mongo/schema/scores.json"}


def test_the_data_dictionary_tells_of_every_column(copy):
    page = (copy.root / "exports" / "README.md").read_text().splitlines()
    place = page.index("## scores.csv")
    end = page.index("", place + 4)
    assert page[end - len(ADDED) - 1 : end - 1] == [added.told for added in ADDED.values()]  # before is_champion


def test_the_database_takes_what_is_declared_and_nothing_else(copy):
    assert copy.told["refused"] == dict.fromkeys(ADDED, True)
    assert copy.told["without"] == {name: name in REQUIRED for name in ADDED}


def test_it_is_read_back_as_it_was_stored(copy):
    read = copy.told["read"]
    assert list(read) == list(ADDED)
    for name, added in ADDED.items():
        assert set(read[name]) == set(added.stored), name


def test_the_csv_has_every_column(rows):
    assert [name for name in rows[0] if name in ADDED] == list(ADDED)
    for name, added in ADDED.items():
        assert {row[name] for row in rows} == set(added.exported), name


def test_a_column_that_the_runs_rows_lack_is_exported_empty(copy):
    assert {row["remark"] for row in rows_of(copy.exports / "class_report.csv")} == {""}


def test_the_schema_describes_every_column_and_finds_the_set_valid(copy):
    package = json.loads((copy.exports / "schema.json").read_text())
    (scores,) = (part for part in package["resources"] if part["name"] == "scores")
    fields = {field["name"]: field for field in scores["schema"]["fields"]}
    kinds = ["string", "string", "number", "integer", "integer", "boolean", "date", "datetime"]
    assert [fields[name]["type"] for name in ADDED] == kinds
    assert {name for name in ADDED if fields[name].get("constraints", {}).get("required")} == REQUIRED
    assert fields["how"]["constraints"]["enum"] == ["cold", "warm"]
    assert fields["level_count"]["constraints"]["minimum"] == 0
    assert fields["loud"]["unit"] == "dB"
    report = frictionless.Package(str(copy.exports / "schema.json")).validate()
    assert [error.note for task in report.tasks for error in task.errors] == []


def test_the_extract_has_every_column_with_its_type(copy, rows):
    columns, found = read_hyper(copy.exports / "genrelab.hyper")["scores"]
    assert {name: kind for name, kind in columns if name in ADDED} == {
        name: added.hyper for name, added in ADDED.items()
    }
    assert len(found) == len(rows)
    place = {name: n for n, (name, _) in enumerate(columns)}
    assert {row[place["day"]] for row in found} == {date(2026, 1, 2), date(2026, 1, 3)}
    assert {row[place["moment"]] for row in found} == {datetime(2026, 1, 2, 3, 4, 5), None}


def test_the_workbook_knows_every_column(copy):
    with zipfile.ZipFile(copy.exports / "genrelab.twbx") as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".twb"))
        workbook = etree.fromstring(packed.read(name))
    source = workbook.find("datasources/datasource[@caption='scores']")
    records = {
        record.findtext("remote-name"): record.findtext("local-type") for record in source.iter("metadata-record")
    }
    kinds = ["string", "string", "real", "integer", "integer", "boolean", "date", "datetime"]
    assert [records.get(name) for name in ADDED] == kinds
