"""How a worksheet draws: marks, what they encode, their axes and colours, and what they tell."""

from collections.abc import Iterator, Mapping, Sequence

from lxml.builder import E
from lxml.etree import _Element

from pipeline.report.views import Field, Mark, Sheet
from pipeline.report.workbook.names import instance
from pipeline.report.workbook.sources import span_instance

LINE_BREAK = "Æ\n"  # Tableau's own spelling of a line break in formatted text
MARKS = {
    Mark.BAR: "Bar",
    Mark.DOT: "Circle",
    Mark.HEAT: "Square",
    Mark.MAP: "Circle",
    Mark.LIST: "Text",
    Mark.CARDS: "Text",
}
SEQUENTIAL = "blue_10_0"


def shelf_name(sheet: Sheet, field: Field) -> str:
    """Return the name that a field of a sheet has on its shelves."""
    return instance(sheet.table, field).of(sheet.table)


def axes(sheet: Sheet) -> list[str]:
    """Return the measures along the bottom: several side by side, or an interval's start under its dot."""
    starts = [shelf_name(sheet, sheet.interval[0])] if sheet.interval else []
    return [*starts, *(shelf_name(sheet, field) for field in sheet.values)]


def style(sheet: Sheet) -> _Element:
    """Return how axes and colours are scaled: the ends that are fixed, and a dot's axis laid on its interval's."""
    rules = []
    if sheet.mark in (Mark.BAR, Mark.DOT):
        rules.append(E("style-rule", {"element": "axis"}, *_axis_styles(sheet)))
    if sheet.mark in (Mark.HEAT, Mark.MAP):
        scale = {"field": shelf_name(sheet, sheet.values[0]), "palette": SEQUENTIAL, "type": "interpolated"}
        rules.append(E("style-rule", {"element": "mark"}, E("encoding", {"attr": "color"} | scale)))
    if sheet.mark is Mark.MAP:
        rules.append(E("style-rule", {"element": "map"}, E("format", {"attr": "washout", "value": "0.0"})))
    return E("style", *rules)


def _axis_styles(sheet: Sheet) -> Iterator[_Element]:
    titles = [field.label for field in sheet.values]
    if sheet.interval:
        titles = [titles[0], ""]
    for place, (axis, title) in enumerate(zip(axes(sheet), titles, strict=True)):
        where = {"class": "0", "field": axis, "scope": "cols"}
        space = where | {"attr": "space", "field-type": "quantitative", "type": "space"}
        folded = bool(sheet.interval) and place > 0
        if sheet.domain:
            low, high = sheet.domain
            space |= {"range-type": "fixed", "min": repr(float(low)), "max": repr(float(high))}
        if folded:
            space |= {"fold": "true", "synchronized": "true"}
        if folded or sheet.domain:
            yield E("encoding", space)
        yield E(
            "format", where | ({"attr": "display", "value": "false"} if folded else {"attr": "title", "value": title})
        )


def panes(sheet: Sheet) -> list[_Element]:
    """Return the marks, a pane for each: one, or an interval's line and its dot."""
    if not sheet.interval:
        return [_pane(sheet, MARKS[sheet.mark], labels=sheet.mark not in (Mark.DOT, Mark.MAP))]
    starts, dots = axes(sheet)
    size = E("size", column=span_instance(sheet).of(sheet.table))
    return [
        _pane(sheet, "Automatic"),
        _pane(sheet, "GanttBar", {"id": "1", "x-axis-name": starts}, size),
        _pane(sheet, "Circle", {"id": "2", "x-axis-name": dots}, reference=_reference(sheet, dots)),
    ]


def _pane(
    sheet: Sheet,
    mark: str,
    attributes: Mapping[str, str] | None = None,
    *encodings: _Element,
    labels: bool = False,
    reference: Sequence[_Element] = (),
) -> _Element:
    shown = list(encodings)
    if sheet.mark is Mark.HEAT:
        shown += [E(kind, column=shelf_name(sheet, sheet.values[0])) for kind in ("color", "text")]
        shown += [E("text", column=shelf_name(sheet, sheet.beside))] if sheet.beside else []
    elif sheet.mark is Mark.MAP:
        shown.append(E("color", column=shelf_name(sheet, sheet.values[0])))
        shown += [E("size", column=shelf_name(sheet, sheet.beside))] if sheet.beside else []
    elif sheet.colour:
        shown.append(E("color", column=shelf_name(sheet, sheet.colour)))
    if sheet.mark in (Mark.LIST, Mark.CARDS):
        shown.append(E("text", column=shelf_name(sheet, sheet.rows[-1])))
    elif sheet.mark is Mark.BAR and len(sheet.values) == 1:
        shown.append(E("text", column=shelf_name(sheet, sheet.values[0])))
    shown += [E("lod", column=shelf_name(sheet, field)) for field in sheet.detail]
    shown += [E("tooltip", column=shelf_name(sheet, field)) for field in (*(sheet.interval or ()), *sheet.tooltip)]
    written = [E("format", {"attr": "mark-labels-show", "value": "true"})] if labels else []
    return E(
        "pane",
        {"selection-relaxation-option": "selection-relaxation-allow"} | dict(attributes or {}),
        E("view", E("breakdown", value="auto")),
        E("mark", {"class": mark}),
        E("encodings", *shown),
        *reference,
        _tooltip(sheet),
        *([E("style", E("style-rule", {"element": "mark"}, *written))] if written else []),
    )


def _reference(sheet: Sheet, axis: str) -> list[_Element]:
    """Return the line across each panel, where the sheet has one."""
    if sheet.reference is None:
        return []
    line = {
        "axis-column": axis, "enable-instant-analytics": "true", "formula": "average", "id": "refline0",
        "label": sheet.reference.label, "label-type": "custom", "scope": "per-pane",
        "value-column": shelf_name(sheet, sheet.reference), "z-order": "1",
    }  # fmt: skip
    return [E("reference-line", line)]


def _tooltip(sheet: Sheet) -> _Element:
    fields = {field.column + field.aggregate: field for field in sheet.fields()}
    runs = []
    for field in fields.values():
        runs.append(E("run", {"fontcolor": "#666666"}, f"{field.label}:\t"))
        runs.append(E("run", {"bold": "true"}, f"<{shelf_name(sheet, field)}>"))
        runs.append(E("run", LINE_BREAK))
    return E("customized-tooltip", E("formatted-text", *runs[:-1]))
