"""The whole workbook as one XML document, its parts in the order that Tableau's schema asks for."""

from collections.abc import Mapping, Sequence

from lxml import etree
from lxml.builder import E, ElementMaker

from pipeline.report.views import Story
from pipeline.report.workbook.dashboard import dashboard
from pipeline.report.workbook.names import identifier
from pipeline.report.workbook.sources import VERSION, map_sources, parameters_source, text_source
from pipeline.report.workbook.worksheet import USER, worksheet

BUILD = "0.0.0 (0000.0.0.0)"
"""No build of Tableau wrote this."""

FEATURES = ("SheetIdentifierTracking", "WindowsPersistSimpleIdentifiers")
EXPLANATIONS = ("number-of-records", "average-of-records", "extreme-values", "distribution-of-records")


def build(story: Story, columns: Mapping[str, Sequence[str]], directory: str) -> bytes:
    """Return the workbook; the same for the same input.

    Parameters
    ----------
    story : Story
    columns : mapping
        header of each CSV by the table's name
    directory : str
        where the CSVs lie
    """
    sheets = story.sheets()
    tables = list(dict.fromkeys(sheet.table for sheet in sheets))
    attributes = {"original-version": VERSION, "source-build": BUILD, "source-platform": "win", "version": VERSION}
    workbook = ElementMaker(nsmap={"user": USER})(
        "workbook",
        attributes,
        E("document-format-change-manifest", *map(E, FEATURES)),
        _preferences(story),
        E(
            "datasources",
            parameters_source(story.choices.values()),
            *(text_source(table, columns[table], story, directory) for table in tables),
        ),
        *map_sources(sheets),
        E("worksheets", *(worksheet(sheet, story) for sheet in sheets)),
        E("dashboards", *(dashboard(described, story) for described in story.dashboards)),
        _windows(story),
        _explain_data(),
    )
    etree.indent(workbook)
    return etree.tostring(workbook, xml_declaration=True, encoding="utf-8") + b"\n"


def _preferences(story: Story) -> etree._Element:
    palette = (E("color", colour) for colour in story.colours["genre"].values())
    return E("preferences", E("color-palette", {"name": "genrelab genres", "type": "regular"}, *palette))


def _windows(story: Story) -> etree._Element:
    """Return a tab for each dashboard; the sheets' own tabs are hidden."""
    windows = []
    for sheet in story.sheets():
        cards = E(
            "cards",
            E(
                "edge",
                E("strip", *(E("card", type=kind) for kind in ("pages", "filters", "marks")), size="160"),
                name="left",
            ),
            E(
                "edge",
                *(E("strip", E("card", type=kind), size="2147483647") for kind in ("columns", "rows")),
                E("strip", E("card", type="title"), size="30"),
                name="top",
            ),
        )
        attributes = {"class": "worksheet", "hidden": "true", "name": sheet.title}
        windows.append(E("window", attributes, cards, identifier("window", "worksheet", sheet.title)))
    for place, described in enumerate(story.dashboards):
        attributes = {"class": "dashboard", "name": described.name} | ({"maximized": "true"} if place == 0 else {})
        viewpoints = (E("viewpoint", E("zoom", type="entire-view"), name=sheet.title) for sheet in described.sheets())
        windows.append(
            E("window", attributes, E("viewpoints", *viewpoints), E("active", id="-1"),
              identifier("window", "dashboard", described.name))
        )  # fmt: skip
    return E("windows", *windows)


def _explain_data() -> etree._Element:
    types = (E("explanation-type", type=kind, enabled="true") for kind in EXPLANATIONS)
    attributes = {"enabled-for-viewer": "true", "extreme-values-enabled-for-all": "false"}
    return E("explain-data", attributes, E("explanation-types", *types))
