"""A worksheet: a sheet's fields on Tableau's shelves, its filters, marks and tooltip."""

from collections.abc import Mapping, Sequence

from lxml.builder import E
from lxml.etree import QName, _Element

from pipeline.report.views import Field, Mark, Sheet, Story
from pipeline.report.workbook.marks import axes, panes, shelf_name, style
from pipeline.report.workbook.names import PARAMETERS, column_element, identifier, instance, literal, source_name
from pipeline.report.workbook.sources import (
    calculations,
    instances,
    keep_instance,
    map_sources,
    parameter_column,
)
from pipeline.tables import BOOLEAN, BY_NAME, STRING

USER = "http://www.tableausoftware.com/xml/user"


def worksheet(sheet: Sheet, story: Story) -> _Element:
    """Return the worksheet of a sheet."""
    title = E("title", E("formatted-text", E("run", {"bold": "true"}, sheet.title)))
    return E(
        "worksheet",
        {"name": sheet.title},
        E("layout-options", title),
        E(
            "table",
            _view(sheet, story),
            style(sheet),
            E("panes", *panes(sheet)),
            E("rows", _shelf([shelf_name(sheet, field) for field in _row_fields(sheet)])),
            E("cols", _columns_shelf(sheet)),
        ),
        identifier("worksheet", sheet.title),
    )


def _row_fields(sheet: Sheet) -> Sequence[Field]:
    """Return the fields down the side; the last column of a list is its text, a map has latitudes there."""
    if sheet.at:
        return sheet.at[:1]
    return sheet.rows[:-1] if sheet.mark in (Mark.LIST, Mark.CARDS) else sheet.rows


def _shelf(names: Sequence[str]) -> str:
    """Nest dimensions: ``(a / (b / c))``."""
    if len(names) <= 1:
        return "".join(names)
    return f"({names[0]} / {_shelf(names[1:])})"


def _columns_shelf(sheet: Sheet) -> str:
    across = [shelf_name(sheet, sheet.across)] if sheet.across else []
    if sheet.at:
        return shelf_name(sheet, sheet.at[1])
    if sheet.mark in (Mark.HEAT, Mark.LIST, Mark.CARDS):
        return "".join(across)
    measures = axes(sheet)
    together = measures[0] if len(measures) == 1 else f"({' + '.join(measures)})"
    return f"({across[0]} * {together})" if across else together


def _view(sheet: Sheet, story: Story) -> _Element:
    choices = story.choices
    source = source_name(sheet.table)
    used = instances(sheet)
    computed = calculations([sheet], choices)
    names = {one.column for one in used} - computed.keys()
    names |= {choices[name].column for name in sheet.choices}
    names |= {field.column for field in sheet.interval or ()}
    columns = [column_element(sheet.table, name, story.forms(sheet.table)) for name in sorted(names)]
    columns += [computed[name] for name in sorted(computed)]
    filters = [_filter(sheet, column, values) for column, values in (sheet.where or {}).items()]
    filters += [_chosen(sheet, name) for name in sheet.choices]
    parameters = [parameter_column(choices[name]) for name in sheet.choices]
    sources = [E("datasource", caption=sheet.table, name=source)]
    dependencies = [
        E("datasource-dependencies", {"datasource": source}, *columns, *(one.element() for one in used)),
    ]
    if parameters:
        sources.insert(0, E("datasource", name=PARAMETERS))
        dependencies.insert(0, E("datasource-dependencies", {"datasource": PARAMETERS}, *parameters))
    sliced = [E("column", one.get("column")) for one in filters]
    return E(
        "view",
        E("datasources", *sources),
        *map_sources([sheet]),
        *dependencies,
        *filters,
        *_sorts(sheet, story.orders),
        *([E("slices", *sliced)] if sliced else []),
        E("aggregation", value="true"),
    )


def _filter(sheet: Sheet, column: str, values: Sequence[str]) -> _Element:
    """Keep rows that have one of `values`."""
    found = instance(sheet.table, Field(column, column))
    kind = BY_NAME[sheet.table].column(column).kind
    spelt = [literal(value) if kind == STRING else value.lower() if kind == BOOLEAN else value for value in values]
    members = [{"function": "member", "level": found.name, "member": value} for value in spelt]
    attributes = {"ui-domain": "database", "ui-enumeration": "inclusive", "ui-marker": "enumerate"}
    marked = {str(QName(USER, name)): value for name, value in attributes.items()}
    if len(members) == 1:
        inside = E("groupfilter", members[0] | marked)
    else:
        inside = E("groupfilter", {"function": "union"} | marked, *(E("groupfilter", member) for member in members))
    return E("filter", {"class": "categorical", "column": found.of(sheet.table)}, inside)


def _chosen(sheet: Sheet, choice: str) -> _Element:
    """Keep rows that have the chosen value."""
    found = keep_instance(choice)
    attributes = {str(QName(USER, "ui-marker")): "enumerate", str(QName(USER, "ui-enumeration")): "inclusive"}
    member = E("groupfilter", {"function": "member", "level": found.name, "member": "true"} | attributes)
    return E("filter", {"class": "categorical", "column": found.of(sheet.table)}, member)


def _sorts(sheet: Sheet, orders: Mapping[str, Sequence[str]]) -> list[_Element]:
    """Return the order of each dimension down the side that is not the alphabet's."""
    sorts = []
    if sheet.descending:
        rows, values = shelf_name(sheet, sheet.rows[0]), shelf_name(sheet, sheet.values[0])
        sorts.append(E("computed-sort", column=rows, direction="DESC", using=values))
    for field in _row_fields(sheet):
        if field.column in orders:
            bare = BY_NAME[sheet.table].column(field.column).kind == BOOLEAN
            buckets = (E("bucket", value if bare else literal(value)) for value in orders[field.column])
            sorts.append(E("manual-sort", E("dictionary", *buckets), column=shelf_name(sheet, field), direction="ASC"))
    return sorts
