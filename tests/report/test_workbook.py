"""The workbook: it holds together, fits Tableau's schema, and says what the description says."""

import io
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from pipeline.report.csv_export import read_csv
from pipeline.report.theme import genre_palette
from pipeline.report.views import describe
from pipeline.report.workbook.document import build
from pipeline.tables import BY_NAME
from tests.report.conftest import GENRES, conformed, make_frames
from tests.report.workbook_faults import find_faults

TITLES = [
    "Overview",
    "Dataset",
    "Windows",
    "One model",
    "Feature explorer",
    "Genre profiles",
    "Genre pairs",
    "Holdout",
    "Subgroups",
    "Other music",
    "Played differently",
    "Where from",
    "New music",
    "Playlists",
]

STUBS = {
    "http://www.tableausoftware.com/xml/user": """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
                   targetNamespace="http://www.tableausoftware.com/xml/user">
          <xs:attributeGroup name="UserAttributes-AG"><xs:anyAttribute processContents="skip"/></xs:attributeGroup>
        </xs:schema>""",
    "http://www.w3.org/XML/1998/namespace": """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
          <xs:attribute name="base"/><xs:attribute name="lang"/><xs:attribute name="space"/>
        </xs:schema>""",
}
"""What Tableau's schema imports without saying where from."""


@pytest.fixture(scope="module")
def frames():
    return conformed(make_frames())


@pytest.fixture(scope="module")
def story(frames):
    return describe(frames)


@pytest.fixture(scope="module")
def columns(frames):
    return {name: list(frame.columns) for name, frame in frames.items()}


@pytest.fixture(scope="module")
def workbook(story, columns):
    return build(story, columns, "/some/folder")


@pytest.fixture(scope="module")
def root(workbook):
    return etree.fromstring(workbook)


@pytest.fixture(scope="module")
def headers(columns):
    return {BY_NAME[name].file_name: header for name, header in columns.items()}


@pytest.fixture(scope="module")
def schema(real_data, tmp_path_factory):
    """Return Tableau's published schema, which lies beside the real data."""
    folder = tmp_path_factory.mktemp("schema")
    published = sorted((real_data.parent / "tableau").glob("twb_*.xsd"))
    if not published:
        pytest.skip("Tableau's schema is not beside the project")
    document = etree.parse(published[-1])
    for place, imported in enumerate(document.getroot().findall("{*}import")):
        stub = folder / f"{place}.xsd"
        stub.write_text(STUBS[imported.get("namespace")].strip())
        imported.set("schemaLocation", str(stub))
    path = folder / "twb.xsd"
    document.write(path)
    return etree.XMLSchema(etree.parse(path))


def errors(schema, workbook) -> list[str]:
    schema.validate(etree.fromstring(workbook))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def test_there_is_a_dashboard_for_each_question(root):
    assert [board.get("name") for board in root.findall("dashboards/dashboard")] == TITLES
    assert all(len(board.findtext("layout-options/title/formatted-text/run")) > 20 for board in root.iter("dashboard"))


def test_it_holds_together(workbook, headers):
    assert find_faults(workbook, headers) == []


def test_it_is_the_same_for_the_same_input(story, columns, workbook):
    assert build(story, columns, "/some/folder") == workbook


@pytest.mark.realdata
def test_it_fits_tableaus_own_schema(schema, workbook, written):
    assert errors(schema, workbook) == []
    assert errors(schema, (written.folder / "genrelab.twb").read_bytes()) == []
    with zipfile.ZipFile(written.folder / "genrelab.twbx") as package:
        assert errors(schema, package.read("genrelab.twb")) == []


@pytest.mark.realdata
def test_tableaus_schema_refuses_what_is_out_of_order(schema, workbook):
    document = etree.fromstring(workbook)
    document.append(document.find("worksheets"))
    assert any("worksheets" in error or "datasources" in error for error in errors(schema, etree.tostring(document)))


@pytest.mark.realdata
def test_a_workbook_of_a_run_that_went_no_further_than_the_catalogue_fits_and_holds_together(schema, frames, columns):
    bare = {name: frame if name in ("runs", "tracks") else frame.iloc[:0] for name, frame in frames.items()}
    workbook = build(describe(bare), columns, "/some/folder")
    assert errors(schema, workbook) == []
    assert find_faults(workbook, {BY_NAME[name].file_name: header for name, header in columns.items()}) == []


BREAKAGES = {
    "a CSV that is not there": (b"filename='scores.csv'", b"filename='nothing.csv'", "there is no nothing.csv"),
    "a column that the CSV has not": (b"name='[f1]'", b"name='[f2]'", "has no column f2"),
    "an instance that is not declared": (
        b"using='[federated.scores].[avg:value:qk]'", b"using='[federated.scores].[max:value:qk]'", "not declared",
    ),
    "an instance of no column": (
        b"column='[genre]' derivation", b"column='[mood]' derivation", "instance of no column",
    ),
    "a formula of nothing": (b"formula='[run_id] =", b"formula='[run] =", "uses [run], which is not there"),
    "a parameter that is not there": (
        b"[run_id] = [Parameters].[run]", b"[run_id] = [Parameters].[gone]", "uses [Parameters].[gone]",
    ),
    "two columns of one name": (b"caption='f1'", b"caption='recall'", "two columns are called 'recall'"),
    "a zone of no sheet": (
        b"<worksheet name='Tracks of each genre'", b"<worksheet name='Other'", "zone 3 shows 'Tracks of each genre'",
    ),
    "a control of nothing": (
        b"param='[Parameters].[window]'", b"param='[Parameters].[gone]'", "controls [Parameters].[gone]",
    ),
    "a window of nothing": (b"class='dashboard' name='Holdout'", b"class='dashboard' name='Gone'", "is no dashboard"),
}  # fmt: skip


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_check_finds(workbook, headers, breakage):
    before, after, told = BREAKAGES[breakage]
    before, after = (text.replace(b"'", b'"') for text in (before, after))
    assert before in workbook
    broken = workbook.replace(before, after)
    assert any(told in fault for fault in find_faults(broken, headers))


def test_a_text_source_reads_its_csv_with_the_declared_types(root, columns):
    source = root.find("datasources/datasource[@name='federated.tracks']")
    text = source.find(".//named-connection/connection")
    assert dict(text.attrib) == {
        "class": "textscan", "directory": "/some/folder", "filename": "tracks.csv", "password": "", "server": "",
    }  # fmt: skip
    relation = source.find("connection/relation")
    assert relation.get("table") == "[tracks#csv]"
    assert dict(relation.find("columns").attrib) == {
        "character-set": "UTF-8", "header": "yes", "locale": "en_US", "separator": ",",
    }  # fmt: skip
    types = {
        record.findtext("remote-name"): record.findtext("remote-type") for record in source.iter("metadata-record")
    }
    assert list(types) == columns["tracks"]
    assert {name: types[name] for name in ("genre", "duration_s", "channels", "holdout")} == {
        "genre": "129", "duration_s": "5", "channels": "20", "holdout": "11",
    }  # fmt: skip


def test_genres_have_the_colours_of_the_figures_in_every_source(root):
    palette = {f'"{genre}"': colour for genre, colour in genre_palette(["genre-1990", *GENRES[1:]]).items()}
    spelt = {'"r\\"n, b <b>"' if "n, b" in name else name: colour for name, colour in palette.items()}
    for field in ("genre", "actual"):
        encodings = root.findall(f"datasources/datasource/style//encoding[@field='[none:{field}:nk]']")
        assert encodings
        for encoding in encodings:
            assert {one.findtext("bucket"): one.get("to") for one in encoding.findall("map")} == spelt


def test_a_choice_acts_on_every_sheet_of_the_dashboard_that_has_its_column(root, story):
    for board in story.dashboards:
        for sheet in board.sheets():
            assert "run" in sheet.choices
            view = root.find(f"worksheets/worksheet[@name='{sheet.title}']/table/view")
            filtered = {found.get("column").split(".")[-1] for found in view.findall("filter")}
            assert {f"[none:keep_{name}:nk]" for name in sheet.choices} <= filtered
        controls = root.findall(f"dashboards/dashboard[@name='{board.name}']/zones//zone[@type-v2='paramctrl']")
        assert [zone.get("param") for zone in controls] == [
            f"[Parameters].[{choice.name}]" for choice in story.drawn(board)
        ]


def test_the_honest_split_and_the_newest_runs_champion_are_chosen_at_first(story):
    assert story.choices["policy"].default == "track"
    assert story.choices["model"].default == "Random forest"
    assert story.choices["run"].default == story.choices["run"].values[0]
    assert all(choice.default in choice.values for choice in story.choices.values())


def test_the_champion_is_the_one_that_the_run_names_whoever_scores_highest(frames):
    runs = frames["runs"].assign(split_policy="random", champion_name="3 nearest neighbours", champion_window_s=30.0)
    choices = describe({**frames, "runs": runs}).choices
    assert (choices["model"].default, choices["window"].default) == ("3 nearest neighbours", 30.0)
    assert choices["policy"].default == "track"


def test_where_the_run_names_no_champion_the_first_choice_stands_first(frames):
    runs = frames["runs"].assign(champion_name=None, champion_feature_set=None, champion_window_s=None)
    choices = describe({**frames, "runs": runs.convert_dtypes()}).choices
    assert choices["model"].default == choices["model"].values[0]


def test_the_newest_run_is_chosen_whatever_its_place_in_the_file_and_its_clock(frames):
    old, new = make_frames("run-b"), make_frames("run-a")
    new["runs"]["number"] += 1
    new["runs"]["started_at"] -= pd.Timedelta(days=300)
    together = conformed(old)
    together["runs"] = pd.concat([together["runs"], conformed(new)["runs"]], ignore_index=True)
    assert describe(together).choices["run"].values == ("run-a", "run-b")


def test_a_column_is_declared_alike_in_its_source_and_in_every_sheet(root):
    for source in root.findall("datasources/datasource"):
        declared = {column.get("name"): etree.tostring(column).strip() for column in source.findall("column")}
        copies = root.findall(f".//datasource-dependencies[@datasource='{source.get('name')}']/column")
        assert copies
        for copy in copies:
            same = b" ".join(etree.tostring(copy).split())
            assert same == b" ".join(declared[copy.get("name")].split()), copy.get("name")


def test_an_axis_is_titled_in_words(root):
    title = root.find("worksheets/worksheet[@name='Length of each track']//format[@attr='title']")
    assert title.get("value") == "Length, s"


def test_every_mark_tells_its_fields_in_a_tooltip(root):
    panes = root.findall("worksheets/worksheet/table/panes/pane")
    assert len(panes) > len(root.findall("worksheets/worksheet"))
    for pane in panes:
        runs = [run.text for run in pane.findall("customized-tooltip/formatted-text/run")]
        assert any(run.startswith("<[federated.") for run in runs)


def test_an_interval_and_its_dot_share_one_axis(root):
    table = root.find("worksheets/worksheet[@name='Accuracy in training, on test and on holdout']/table")
    low, dot = "[federated.scores].[avg:ci_low:qk]", "[federated.scores].[avg:value:qk]"
    assert table.findtext("cols") == f"([federated.scores].[none:window_s:ok] * ({low} + {dot}))"
    assert [pane.get("x-axis-name") for pane in table.findall("panes/pane")] == [None, low, dot]
    assert [pane.find("mark").get("class") for pane in table.findall("panes/pane")][1:] == ["GanttBar", "Circle"]
    folded = table.find("style/style-rule[@element='axis']/encoding[@fold='true']")
    assert (folded.get("field"), folded.get("synchronized")) == (dot, "true")


def test_wrong_predictions_and_warnings_come_first(root):
    for title, field, first in (
        ("Every held-out track, wrong ones first", "holdout_predictions].[none:correct:nk]", "false"),
        ("Checks of the data", "data_quality].[none:status:nk]", '"warning"'),
    ):
        order = root.find(f"worksheets/worksheet[@name='{title}']/table/view/manual-sort")
        assert order.get("column") == f"[federated.{field}"
        assert order.findtext("dictionary/bucket") == first
        assert root.findtext(f"worksheets/worksheet[@name='{title}']/table/rows").startswith(f"([federated.{field} /")


def test_a_phone_sees_the_sheets_one_below_the_other(root):
    for board in root.findall("dashboards/dashboard"):
        (phone,) = board.findall("devicelayouts/devicelayout[@name='Phone']")
        assert phone.find("size").get("sizing-mode") == "vscroll"
        zones = [zone for zone in phone.iter("zone") if zone.get("is-fixed")]
        assert {zone.get("w") for zone in zones} == {"100000"}
        tops = [(int(zone.get("y")), int(zone.get("y")) + int(zone.get("h"))) for zone in zones]
        assert all(abs(end - start) <= 1 for (_, end), (start, _) in pairwise(tops))


def test_zones_of_a_line_fill_the_width_and_none_lies_on_another(root):
    for board in root.findall("dashboards/dashboard"):
        for flow in board.findall("zones//zone[@type-v2='layout-flow']"):
            side, size = ("x", "w") if flow.get("param") == "horz" else ("y", "h")
            ends = [(int(zone.get(side)), int(zone.get(side)) + int(zone.get(size))) for zone in flow.findall("zone")]
            assert abs(ends[-1][1] - 100_000) <= len(ends)
            assert all(abs(end - start) <= 1 for (_, end), (start, _) in pairwise(ends))


def test_the_package_has_the_workbook_and_the_csvs_that_it_reads_and_no_path_of_this_machine(written):
    with zipfile.ZipFile(written.folder / "genrelab.twbx") as package:
        names = package.namelist()
        inside = package.read("genrelab.twb")
        contents = {Path(name).name: package.read(name) for name in names}
    document = etree.fromstring(inside)
    used = {text.get("filename"): text.get("directory") for text in document.iter("connection") if text.get("filename")}
    assert set(used.values()) == {"Data/genrelab"}
    assert sorted(names) == sorted(["genrelab.twb", *(f"Data/genrelab/{name}" for name in used)])
    for name in used:
        assert contents[name] == (written.folder / name).read_bytes()
    assert str(written.folder).encode() not in inside
    assert find_faults(inside, {name: _header(contents[name]) for name in used}) == []


def _header(content: bytes) -> list[str]:
    return io.StringIO(content.decode("utf-8")).readline().rstrip("\n").split(",")


def test_the_workbook_of_a_set_reads_the_folder_it_was_written_to(written):
    document = etree.parse(written.folder / "genrelab.twb")
    directories = {text.get("directory") for text in document.iter("connection") if text.get("filename")}
    assert directories == {str(written.folder.resolve())}


def test_what_the_description_names_is_in_the_csvs(story, written):
    for sheet in story.sheets():
        header = read_csv(BY_NAME[sheet.table], written.folder / BY_NAME[sheet.table].file_name).columns
        named = {field.column for field in sheet.fields()} | {story.choices[name].column for name in sheet.choices}
        assert named <= set(header), sheet.title


def test_two_sheets_of_one_name_are_found(story, columns, headers):
    boards = list(story.dashboards)
    line = boards[0].lines[0]
    boards[0] = replace(boards[0], lines=((line[0], line[0]), *boards[0].lines[1:]))
    twice = build(replace(story, dashboards=tuple(boards)), columns, "/x")
    assert any("two worksheets have the same name" in fault for fault in find_faults(twice, headers))
