"""Data sources: one text connection a CSV that a sheet uses, and the choices as parameters."""

from collections.abc import Iterable, Mapping, Sequence

from lxml.builder import E
from lxml.etree import _Element

from pipeline.report.views import Choice, Field, Sheet, Story
from pipeline.report.workbook.names import (
    DATATYPES,
    PARAMETERS,
    Instance,
    column_element,
    instance,
    literal,
    source_name,
)
from pipeline.tables import BOOLEAN, BY_NAME, DATE, DATETIME, INTEGER, NUMBER, STRING

REMOTE_TYPES = {STRING: "129", INTEGER: "20", NUMBER: "5", BOOLEAN: "11", DATE: "133", DATETIME: "134"}
VERSION = "18.1"
LOCALE = "en_US"


def parameters_source(choices: Iterable[Choice]) -> _Element:
    """Return the data source that holds the choices."""
    attributes = {"hasconnection": "false", "inline": "true", "name": PARAMETERS, "version": VERSION}
    return E("datasource", attributes, E("aliases", enabled="yes"), *map(parameter_column, choices))


def parameter_column(choice: Choice) -> _Element:
    """Return a choice as a parameter."""
    numeric = isinstance(choice.default, float)
    attributes = {
        "caption": choice.label,
        "datatype": "real" if numeric else "string",
        "name": f"[{choice.name}]",
        "param-domain-type": "list",
        "role": "measure",
        "type": "quantitative" if numeric else "nominal",
        "value": literal(choice.default),
    }

    def member(value: str | float) -> _Element:
        shown = choice.shown(value)
        return E("member", {"value": literal(value)} | ({"alias": shown} if shown != value else {}))

    members = E("members", *map(member, choice.values))
    return E("column", attributes, E("calculation", {"class": "tableau", "formula": literal(choice.default)}), members)


def text_source(table: str, columns: Sequence[str], story: Story, directory: str) -> _Element:
    """Return the data source of one CSV.

    Parameters
    ----------
    columns : sequence of str
        the CSV's header
    directory : str
        where the CSV lies
    """
    sheets = [sheet for sheet in story.sheets() if sheet.table == table]
    used = {found.name: found for sheet in sheets for found in instances(sheet)}
    coloured = {name: colours for name, colours in story.colours.items() if name in columns}
    for name in coloured:
        found = instance(table, Field(name, name))
        used[found.name] = found
    return E(
        "datasource",
        {"caption": table, "inline": "true", "name": source_name(table), "version": VERSION},
        _connection(table, columns, directory),
        E("aliases", enabled="yes"),
        *(column_element(table, name, story.forms(table)) for name in columns),
        *(calculation for _, calculation in sorted(calculations(sheets, story.choices).items())),
        *(found.element() for _, found in sorted(used.items())),
        E("layout", {"dim-ordering": "alphabetic", "measure-ordering": "alphabetic", "show-structure": "true"}),
        *([E("style", E("style-rule", {"element": "mark"}, *_palettes(table, coloured)))] if coloured else []),
    )


def calculations(sheets: Iterable[Sheet], choices: Mapping[str, Choice]) -> dict[str, _Element]:
    """Return the calculated columns that sheets need, by name: whether a row is chosen, and how long an interval is."""
    found = {}
    for sheet in sheets:
        for name in sheet.choices:
            choice = choices[name]
            formula = f"[{choice.column}] = [{PARAMETERS}].[{name}]"
            attributes = {
                "caption": f"{choice.label} is chosen",
                "datatype": "boolean",
                "role": "dimension",
                "type": "nominal",
            }
            found[keep_column(name)] = _calculated(keep_column(name), formula, attributes)
        if sheet.interval:
            low, high = sheet.interval
            attributes = {
                "caption": f"{low.column} to {high.column}",
                "datatype": "real",
                "role": "measure",
                "type": "quantitative",
            }
            name = span_instance(sheet).column
            found[name] = _calculated(name, f"[{high.column}] - [{low.column}]", attributes)
    return found


def map_sources(sheets: Iterable[Sheet]) -> list[_Element]:
    """Return the declaration of Tableau's own background map, where one of these sheets is a map."""
    return [E("mapsources", E("mapsource", name="Tableau"))] if any(sheet.at for sheet in sheets) else []


def keep_column(choice: str) -> str:
    """Return the name of the calculated column that is true for rows that a choice keeps."""
    return f"keep_{choice}"


def keep_instance(choice: str) -> Instance:
    """Return that column as a filter uses it."""
    return Instance(keep_column(choice), "None", "none", "nominal")


def span_instance(sheet: Sheet) -> Instance:
    """Return the length of a sheet's interval as its lines use it."""
    assert sheet.interval is not None  # nosec B101 # asked for where a sheet draws one
    low, high = sheet.interval
    return Instance(f"span_{low.column}_{high.column}", "Avg", "avg", "quantitative")


def instances(sheet: Sheet) -> list[Instance]:
    """Return every column instance of a sheet, each once."""
    found = [instance(sheet.table, field) for field in sheet.fields()]
    found += [instance(sheet.table, Field(name, name)) for name in sheet.where or {}]
    found += [keep_instance(name) for name in sheet.choices]
    found += [span_instance(sheet)] if sheet.interval else []
    return list({one.name: one for one in found}.values())


def _calculated(name: str, formula: str, attributes: dict[str, str]) -> _Element:
    return E("column", attributes | {"name": f"[{name}]"}, E("calculation", {"class": "tableau", "formula": formula}))


def _connection(table: str, columns: Sequence[str], directory: str) -> _Element:
    file_name, named = BY_NAME[table].file_name, f"textscan.{table}"
    listed = (
        E("column", datatype=DATATYPES[BY_NAME[table].column(name).kind], name=name, ordinal=str(ordinal))
        for ordinal, name in enumerate(columns)
    )
    relation = E(
        "relation",
        {"connection": named, "name": file_name, "table": f"[{file_name.replace('.', '#')}]", "type": "table"},
        E("columns", {"character-set": "UTF-8", "header": "yes", "locale": LOCALE, "separator": ","}, *listed),
    )
    text = {"class": "textscan", "directory": directory, "filename": file_name}
    text |= dict.fromkeys(("password", "server"), "")
    return E(
        "connection",
        {"class": "federated"},
        E("named-connections", E("named-connection", {"caption": table, "name": named}, E("connection", text))),
        relation,
        E("metadata-records", *(_metadata(table, name, place) for place, name in enumerate(columns))),
    )


def _metadata(table: str, name: str, ordinal: int) -> _Element:
    column = BY_NAME[table].column(name)
    text = column.kind == STRING
    summed = column.kind in (NUMBER, INTEGER)
    return E(
        "metadata-record",
        {"class": "column"},
        E("remote-name", name),
        E("remote-type", REMOTE_TYPES[column.kind]),
        E("local-name", f"[{name}]"),
        E("parent-name", f"[{BY_NAME[table].file_name}]"),
        E("remote-alias", name),
        E("ordinal", str(ordinal)),
        E("local-type", DATATYPES[column.kind]),
        E("aggregation", "Sum" if summed else "Year" if column.kind in (DATE, DATETIME) else "Count"),
        *([E("scale", "1"), E("width", "1073741823")] if text else []),
        E("contains-null", "true"),
        *([E("collation", flag="0", name="LEN_RGB")] if text else []),
    )


def _palettes(table: str, coloured: Mapping[str, Mapping[str, str]]) -> Iterable[_Element]:
    for name, colours in coloured.items():
        bare = BY_NAME[table].column(name).kind == BOOLEAN
        maps = (
            E("map", {"to": colour}, E("bucket", value if bare else literal(value)))
            for value, colour in colours.items()
        )
        field = instance(table, Field(name, name)).name
        yield E("encoding", {"attr": "color", "field": field, "type": "palette"}, *maps)
