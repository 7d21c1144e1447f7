"""A sheet as a Vega-Lite chart, built and checked by Altair; its width is for the page to set."""

from typing import Any

import altair as alt

from pipeline.report.views import Field, Mark, Sheet, Story

ROWS = "rows"
"""Name of the data that the page hands over."""

FORMATS = {"percent": ".1%", "count": ",.0f", "number": ",.4~r"}
AXIS_FORMATS = FORMATS | {"percent": "~%"}
BLUES = ["#f2f6f9", "#6aaed6", "#08306b"]
DARK_FROM = 0.705
"""Of the largest value so much has a blue on which white is told more easily than black."""

OUTLINE = "outline"
"""Name of the land's outline, which the page hands over where a sheet is a map."""

DOT_AREAS = [40, 420]
PLAIN, QUIET = "#0173b2", "#8a949c"
TESTED = "tested"
ROW_HEIGHT, SUBROW_HEIGHT, CELL_HEIGHT = 24, 13, 30
CONFIG = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 230, "gridColor": "#e3e7ea", "domain": False,
             "ticks": False, "labelPadding": 6, "titleFontWeight": "normal", "titleColor": "#555"},
    "header": {"labelFontSize": 12, "labelFontWeight": "bold", "labelAnchor": "start"},
    "legend": {"labelFontSize": 12, "orient": "top", "title": None, "titleFontWeight": "normal"},
}  # fmt: skip


def chart(sheet: Sheet, story: Story) -> dict[str, Any]:
    """Return the Vega-Lite specification of a sheet that is no list.

    Where the sheet has panels, the width belongs to ``spec["spec"]`` and ``spec["columns"]`` is how many stand side by
    side; else it belongs to ``spec``.
    """
    drawn: Any
    if sheet.mark is Mark.HEAT:
        drawn = _heat(sheet)
    elif sheet.mark is Mark.MAP:
        drawn = _map(sheet)
    else:
        layers = _marks(sheet, story)
        drawn = alt.layer(*layers) if len(layers) > 1 else layers[0]
        drawn = _panels(sheet, drawn)
    if not isinstance(drawn, alt.FacetChart) and sheet.mark is not Mark.MAP:
        drawn.data = alt.NamedData(ROWS)
    return drawn.properties(config=CONFIG).to_dict(validate=False)


def _marks(sheet: Sheet, story: Story) -> list[alt.Chart]:
    value = _value(sheet)
    height = alt.Step(SUBROW_HEIGHT, **{"for": "offset"}) if len(sheet.rows) > 1 else alt.Step(ROW_HEIGHT)
    base = alt.Chart(height=height).encode(
        y=_rows_axis(sheet, value), tooltip=[_tooltip(field) for field in _told(sheet)], **_offset(sheet, story),
        **_detail(sheet),
    )  # fmt: skip
    scale = alt.Scale(domain=list(sheet.domain)) if sheet.domain else alt.Scale(zero=sheet.mark is Mark.BAR, nice=True)
    axis = alt.Axis(format=AXIS_FORMATS[value.form], tickCount=5, labelOverlap="parity", labelSeparation=6)
    if value.form == "count":
        axis.tickMinStep = 1
    title = None if len(sheet.values) > 1 else value.label
    x = _channel(alt.X, value, scale=scale, axis=axis, title=title)
    colour = _colour(sheet, story)
    if sheet.mark is Mark.BAR:
        bars = base.mark_bar(cornerRadiusEnd=2).encode(x=x, color=colour)
        if len(sheet.values) > 1:
            return [bars]
        text = base.mark_text(align="left", dx=4, fontSize=11, color="#444").encode(
            x=x, text=_channel(alt.Text, value, format=FORMATS[value.form])
        )
        below = f"datum['{value.aggregate}_{value.column}'] < 0"  # the text would stand on the row's label
        return [bars, text.encode(opacity=alt.condition(below, alt.value(0), alt.value(1)))]
    if not sheet.interval:  # many lie on top of each other: rings show how many, and none is pale
        return [base.mark_point(size=40, strokeWidth=1.3, opacity=1, filled=False).encode(x=x, color=colour)]
    dots = base.mark_circle(size=64, opacity=1).encode(x=x, color=colour)
    low, high = sheet.interval
    lines = base.mark_rule(strokeWidth=2, opacity=1).encode(
        x=_channel(alt.X, low, scale=scale, axis=axis, title=title), x2=_channel(alt.X2, high), color=colour
    )
    if not sheet.reference:
        return [lines, dots]
    across = (
        alt.Chart(height=height)
        .mark_rule(strokeDash=[4, 3], strokeWidth=1.5, color=QUIET)
        .encode(
            x=_channel(alt.X, sheet.reference, scale=scale, axis=axis, title=title), tooltip=[_tooltip(sheet.reference)]
        )
    )
    return [lines, dots, across]


def _value(sheet: Sheet) -> Field:
    """Return the measure; of several, the one that stands for all after they are folded."""
    if len(sheet.values) == 1:
        return sheet.values[0]
    return Field("measured", "", "mean", sheet.values[0].form)


def _panels(sheet: Sheet, drawn: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart | alt.FacetChart:
    data = alt.NamedData(ROWS)
    if sheet.across:
        column, unit = sheet.across.column, " s" if sheet.across.column == "window_s" else ""
        order = alt.EncodingSortField(field=column, op="max", order="descending")
        facet = alt.Facet(field="panel", type="nominal", sort=order, header=alt.Header(title=None))
        panels = drawn.facet(facet=facet, columns=4, data=data)
        if _has_subsets(sheet):
            tested = f"datum.subset === 'test' ? datum[{sheet.values[0].column!r}] : null"
            panels = panels.transform_calculate(as_=TESTED, calculate=tested)
        return panels.transform_calculate(panel=f"datum[{column!r}] + {unit!r}")
    if len(sheet.values) > 1:
        labels = [field.label for field in sheet.values]
        facet = alt.Facet(field="measure", type="nominal", sort=labels, header=alt.Header(title=None))
        panels = drawn.facet(facet=facet, columns=4, data=data)
        for field in sheet.values:
            panels = panels.transform_calculate(as_=field.label, calculate=f"datum[{field.column!r}]")
        return panels.transform_fold(list(labels), as_=["measure", "measured"])
    return drawn


def _detail(sheet: Sheet) -> dict[str, Any]:
    return {"detail": [_channel(alt.Detail, field) for field in sheet.detail]} if sheet.detail else {}


def _heat(sheet: Sheet) -> Any:
    row, across, value = sheet.rows[0], sheet.across, sheet.values[0]
    assert across is not None  # nosec B101 # a heat map has columns
    fields = (*sheet.tooltip, *([sheet.beside] if sheet.beside else []))
    means: dict[str, Any] = {field.column: f"mean({field.column})" for field in fields}
    tooltip = [
        alt.Tooltip(field=row.column, type="nominal", title=row.label),
        alt.Tooltip(field=across.column, type="nominal", title=across.label),
        alt.Tooltip(field="shown", type="quantitative", title=value.label, format=FORMATS[value.form]),
        *(alt.Tooltip(field=field.column, type="quantitative", title=field.label, format=FORMATS[field.form])
          for field in fields),
    ]  # fmt: skip
    base = alt.Chart(height=alt.Step(CELL_HEIGHT)).encode(
        y=alt.Y(field=row.column, type="nominal", title=row.label, scale=alt.Scale()),
        x=alt.X(field=across.column, type="nominal", title=across.label, scale=alt.Scale(),
                axis=alt.Axis(labelAngle=-40, labelLimit=80)),
        tooltip=tooltip,
    )  # fmt: skip
    domain = alt.Scale(range=BLUES, **({"domain": list(sheet.domain)} if sheet.domain else {"domainMin": 0}))
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(field="shown", type="quantitative", scale=domain, legend=None)
    )
    form = ".0%" if value.form == "percent" else FORMATS[value.form]
    most = str(sheet.domain[1]) if sheet.domain else "datum.most"
    shade = alt.condition(f"datum.shown > {DARK_FROM} * {most}", alt.value("#ffffff"), alt.value("#000000"))
    text = base.mark_text(fontSize=11, dy=-5 if sheet.beside else 0).encode(
        text=alt.Text(field="shown", type="quantitative", format=form), color=shade
    )
    counts = base.mark_text(fontSize=9, dy=7).encode(
        text=alt.Text(field=sheet.beside.column, type="quantitative", format=FORMATS["count"]), color=shade
    ) if sheet.beside else None  # fmt: skip
    texts = [one.transform_filter("datum.shown > 0") for one in (text, counts) if one is not None]
    return (
        alt.layer(cells, *texts)
        .transform_aggregate(shown=_summed(value), groupby=[row.column, across.column], **means)
        .transform_joinaggregate(most="max(shown)")
    )


def _map(sheet: Sheet) -> Any:
    """Return dots on the land of the Earth, degrees east and north as they are: no projection turns an outline over."""
    assert sheet.at is not None  # nosec B101 # what a map's dots stand at
    (latitude, longitude), value, beside = sheet.at, sheet.values[0], sheet.beside
    measures = {"north": latitude, "east": longitude, "shown": value}
    in_tooltip = {"shown": value} | {f"told_{field.column}": field for field in sheet.tooltip}
    if beside:
        measures["many"] = in_tooltip["many"] = beside
    summed: dict[str, Any] = {name: _summed(field) for name, field in (measures | in_tooltip).items()}
    ends: dict[str, Any] = {"domain": list(sheet.domain), "clamp": True} if sheet.domain else {}
    legend = alt.Legend(title=value.label, format=FORMATS[value.form], gradientLength=180, tickCount=4)
    area = alt.Size(field="many", type="quantitative", scale=alt.Scale(range=DOT_AREAS), legend=None)
    land = alt.Chart(alt.NamedData(OUTLINE)).mark_geoshape(fill="#dfe4e8", stroke="white", strokeWidth=0.4)
    dots = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_aggregate(groupby=[field.column for field in sheet.detail], **summed)
        .mark_circle(opacity=0.9, stroke="white", strokeWidth=0.8)
        .encode(
            latitude=alt.Latitude(field="north", type="quantitative"),
            longitude=alt.Longitude(field="east", type="quantitative"),
            color=alt.Color(
                field="shown", type="quantitative", scale=alt.Scale(scheme="cividis", **ends), legend=legend
            ),
            size=area if beside else alt.value(DOT_AREAS[0]),
            tooltip=[
                *(alt.Tooltip(field=field.column, type="nominal", title=field.label) for field in sheet.detail),
                *(alt.Tooltip(field=name, type="quantitative", title=field.label, format=FORMATS[field.form])
                  for name, field in in_tooltip.items()),
            ],
        )
    )  # fmt: skip
    return alt.layer(land, dots).project(type="identity", reflectY=True)


def _summed(field: Field) -> str:
    """Return how an aggregate transform spells a measure."""
    return "count()" if field.aggregate == "count" else f"{field.aggregate}({field.column})"


def _rows_axis(sheet: Sheet, value: Field) -> alt.Y:
    row = sheet.rows[0]
    order: Any = "ascending"
    if sheet.descending and _has_subsets(sheet):
        order = alt.EncodingSortField(field=TESTED, op="max", order="descending")
    elif sheet.descending:
        aggregate: Any = value.aggregate
        order = alt.EncodingSortField(field=value.column, op=aggregate, order="descending")
    return alt.Y(field=row.column, type="nominal", sort=order, title=None)


def _has_subsets(sheet: Sheet) -> bool:
    """Tell whether each row of a sheet has marks for training, test and holdout: then it is test that orders rows."""
    return len(sheet.rows) > 1 and sheet.rows[1].column == "subset"


def _offset(sheet: Sheet, story: Story) -> dict[str, Any]:
    if len(sheet.rows) == 1:
        return {}
    inner = sheet.rows[1].column
    return {"yOffset": alt.YOffset(field=inner, type="nominal", sort=list(story.orders.get(inner, ())) or "ascending")}


def _colour(sheet: Sheet, story: Story) -> Any:
    if sheet.colour is None:
        return alt.value(PLAIN)
    known = story.colours[sheet.colour.column]
    legend = None if sheet.colour == sheet.rows[0] else alt.Legend()
    scale = alt.Scale(domain=list(known), range=list(known.values()))
    return alt.Color(field=sheet.colour.column, type="nominal", scale=scale, legend=legend)


def _told(sheet: Sheet) -> list[Field]:
    """Return the fields of the tooltip, each once."""
    return list({(field.column, field.aggregate): field for field in sheet.fields()}.values())


def _tooltip(field: Field) -> alt.Tooltip:
    return _channel(alt.Tooltip, field, title=field.label, **({"format": FORMATS[field.form]} if field.form else {}))


def _channel(kind: type, field: Field, **options: Any) -> Any:
    """Return an encoding of a field; its secondary ends have no type of their own."""
    given: dict[str, Any] = {"field": field.column} | options
    if field.aggregate:
        given["aggregate"] = field.aggregate
    if kind is not alt.X2:
        given["type"] = "quantitative" if field.aggregate or field.form else "nominal"
    return kind(**given)
