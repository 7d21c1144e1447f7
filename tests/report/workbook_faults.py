"""What Tableau's schema can't see: everything that a workbook refers to is there."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

REFERENCE = re.compile(r"\[([^\[\]]+)\]\.\[([^\[\]]+)\]")
BARE = re.compile(r"\[([^\[\]]+)\]")


def find_faults(workbook: bytes, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is referred to but missing, in words; nothing where the workbook holds together.

    Parameters
    ----------
    workbook : bytes
    columns : mapping
        header of each CSV by its file name
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(workbook, parser)
    sources = {source.get("name"): source for source in root.findall("datasources/datasource")}
    return [
        *_csv_columns(sources, columns),
        *_formulas(sources),
        *(fault for sheet in root.findall("worksheets/worksheet") for fault in _worksheet(sheet, sources)),
        *_zones_and_windows(root, sources),
    ]


def _csv_columns(sources: Mapping, columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, source in sources.items():
        connection = source.find(".//named-connection/connection")
        if connection is None:
            continue
        file_name = connection.get("filename")
        header = columns.get(file_name)
        if header is None:
            yield f"{name}: there is no {file_name}"
            continue
        if [column.get("name") for column in source.findall(".//relation/columns/column")] != list(header):
            yield f"{name}: its columns are not those of {file_name}"
        if [record.findtext("remote-name") for record in source.iter("metadata-record")] != list(header):
            yield f"{name}: its metadata is not that of {file_name}"
        captions = [column.get("caption") for column in source.findall("column")]
        yield from (f"{name}: two columns are called {one!r}" for one in set(captions) if captions.count(one) > 1)
        plain = [column.get("name")[1:-1] for column in source.findall("column") if column.find("calculation") is None]
        yield from (f"{name}: {file_name} has no column {column}" for column in plain if column not in header)


def _formulas(sources: Mapping) -> Iterator[str]:
    for name, source in sources.items():
        own = {column.get("name")[1:-1] for column in source.findall("column")}
        for column in source.findall("column"):
            formula = column.find("calculation").get("formula") if column.find("calculation") is not None else ""
            if column.get("param-domain-type"):
                continue
            for other, field in REFERENCE.findall(formula):
                if other not in sources or sources[other].find(f"column[@name='[{field}]']") is None:
                    yield f"{name}: formula {formula!r} uses [{other}].[{field}], which is not there"
            for field in BARE.findall(REFERENCE.sub("", formula)):
                if field not in own:
                    yield f"{name}: formula {formula!r} uses [{field}], which is not there"
        for found in source.findall("column-instance"):
            if found.get("column")[1:-1] not in own:
                yield f"{name}: {found.get('name')} is an instance of no column"


def _worksheet(sheet: etree._Element, sources: Mapping) -> Iterator[str]:
    title = sheet.get("name")
    declared = {}
    for dependency in sheet.iter("datasource-dependencies"):
        source = dependency.get("datasource")
        if source not in sources:
            yield f"{title}: there is no data source {source}"
            continue
        own = {column.get("name") for column in dependency.findall("column")}
        known = {column.get("name") for column in sources[source].findall("column")}
        yield from (f"{title}: {source} has no column {column}" for column in own - known)
        instances = dependency.findall("column-instance")
        yield from (
            f"{title}: {one.get('name')} is an instance of no column"
            for one in instances
            if one.get("column") not in own
        )
        declared[source] = {name[1:-1] for name in own} | {one.get("name")[1:-1] for one in instances}
    for text in _texts(sheet):
        for source, field in REFERENCE.findall(text):
            if field not in declared.get(source, ()):
                yield f"{title}: [{source}].[{field}] is used but not declared"


def _texts(sheet: etree._Element) -> Iterator[str]:
    """Iterate over every text and attribute that may name a field of a data source."""
    for element in sheet.iter(etree.Element):
        if element.tag == "calculation":
            continue
        yield element.text or ""
        yield from (str(value) for name, value in element.attrib.items() if name not in ("formula", "semantic-role"))


def _zones_and_windows(root: etree._Element, sources: Mapping) -> Iterator[str]:
    sheets = {sheet.get("name") for sheet in root.findall("worksheets/worksheet")}
    boards = {board.get("name") for board in root.findall("dashboards/dashboard")}
    if len(sheets) != len(root.findall("worksheets/worksheet")):
        yield "two worksheets have the same name"
    for board in root.findall("dashboards/dashboard"):
        title = board.get("name")
        for layout in (board.find("zones"), *board.findall("devicelayouts/devicelayout/zones")):
            ids = [zone.get("id") for zone in layout.iter("zone")]
            if len(ids) != len(set(ids)):
                yield f"{title}: two zones have the same id"
            for zone in layout.iter("zone"):
                if zone.get("name") is not None and zone.get("name") not in sheets:
                    yield f"{title}: zone {zone.get('id')} shows {zone.get('name')!r}, which is no worksheet"
                for source, field in REFERENCE.findall(zone.get("param") or ""):
                    if source not in sources or sources[source].find(f"column[@name='[{field}]']") is None:
                        yield f"{title}: zone {zone.get('id')} controls [{source}].[{field}], which is not there"
    for window in root.findall("windows/window"):
        known = boards if window.get("class") == "dashboard" else sheets
        if window.get("name") not in known:
            yield f"window {window.get('name')!r} is no {window.get('class')}"
        for view in window.iter("viewpoint"):
            if view.get("name") is not None and view.get("name") not in sheets:
                yield f"window {window.get('name')!r} shows {view.get('name')!r}, which is no worksheet"
