"""A dashboard: its sheets in lines on a wide screen, one below the other on a phone, the choices on top."""

from collections.abc import Iterator, Sequence
from itertools import count

from lxml.builder import E
from lxml.etree import _Element

from pipeline.report.views import Dashboard, Sheet, Story
from pipeline.report.workbook.names import PARAMETERS, identifier, writable
from pipeline.report.workbook.sources import parameter_column

WHOLE = 100_000
"""Zones are placed in hundred-thousandths of the dashboard."""

TITLE, TEXT, CHOICES = 5_000, 6_000, 7_000
PHONE_CHOICE, PHONE_TEXT, PHONE_SHEET = 56, 90, 420
"""Heights on a phone, pixels."""


class _Zones:
    """Zones with ids that are unique in their dashboard; a thing has the same id on both layouts."""

    def __init__(self):
        self._ids = count(1)
        self._known: dict[str, int] = {}

    def zone(self, box: Sequence[float], *children: _Element, known: str = "", **attributes: str) -> _Element:
        number = self._known.setdefault(known, next(self._ids)) if known else next(self._ids)
        x, y, w, h = (str(round(side)) for side in box)
        named = {name.replace("_", "-"): value for name, value in attributes.items()}
        margin = E("zone-style", E("format", attr="margin", value="4"))
        return E("zone", {"id": str(number), "x": x, "y": y, "w": w, "h": h} | named, *children, margin)


def dashboard(described: Dashboard, story: Story) -> _Element:
    """Return the dashboard with its layout for a phone."""
    zones = _Zones()
    offered = story.drawn(described)
    sources = []
    if offered:
        sources = [
            E("datasources", E("datasource", name=PARAMETERS)),
            E("datasource-dependencies", {"datasource": PARAMETERS}, *map(parameter_column, offered)),
        ]
    names = [choice.name for choice in offered]
    wide = _wide(zones, described, names)
    height, phone = _phone(zones, described, names)
    return E(
        "dashboard",
        {"name": described.name, "enable-sort-zone-taborder": "true"},
        _title(_said(described, story)),
        E("style"),
        E("size", maxheight="1200", maxwidth="1600", minheight="700", minwidth="900"),
        *sources,
        E("zones", wide),
        E(
            "devicelayouts",
            E(
                "devicelayout",
                {"name": "Phone"},
                _title(_said(described, story)),
                E("size", {"maxheight": str(height), "minheight": str(height), "sizing-mode": "vscroll"}),
                E("zones", phone),
            ),
        ),
        identifier("dashboard", described.name),
    )


def _said(described: Dashboard, story: Story) -> str:
    """Return what stands above the dashboard: it can't follow choices, so it says that it tells of the first ones."""
    said = story.title(described)
    follows = said != described.question and any(story.choices[name].is_drawn for name in described.asks)
    return f"As opened: {said}" if follows else said


def _title(title: str) -> _Element:
    run = E("run", {"bold": "true", "fontsize": "16"}, writable(title))
    return E("layout-options", E("title", E("formatted-text", run)))


def _wide(zones: _Zones, described: Dashboard, names: Sequence[str]) -> _Element:
    top = TITLE + TEXT
    parts = [
        zones.zone((0, 0, WHOLE, TITLE), known="title", type_v2="title"),
        zones.zone((0, TITLE, WHOLE, TEXT), _reading(described), known="reading", type_v2="text"),
    ]
    if names:
        step = WHOLE / len(names)
        controls = (_control(zones, name, (place * step, top, step, CHOICES)) for place, name in enumerate(names))
        parts.append(zones.zone((0, top, WHOLE, CHOICES), *controls, type_v2="layout-flow", param="horz"))
        top += CHOICES
    parts += _lines(zones, described.lines, top)
    flow = zones.zone((0, 0, WHOLE, WHOLE), *parts, type_v2="layout-flow", param="vert")
    return zones.zone((0, 0, WHOLE, WHOLE), flow, type_v2="layout-basic")


def _lines(zones: _Zones, lines: Sequence[Sequence[Sheet]], top: float) -> Iterator[_Element]:
    height = (WHOLE - top) / len(lines)
    for place, line in enumerate(lines):
        y, x, sheets = top + place * height, 0.0, []
        whole = sum(sheet.width for sheet in line)
        for sheet in line:
            width = WHOLE * sheet.width / whole
            sheets.append(zones.zone((x, y, width, height), known=f"sheet {sheet.title}", name=sheet.title))
            x += width
        yield zones.zone((0, y, WHOLE, height), *sheets, type_v2="layout-flow", param="horz")


def _phone(zones: _Zones, described: Dashboard, names: Sequence[str]) -> tuple[int, _Element]:
    """Return the height in pixels and the zones."""
    sheets = described.sheets()
    heights = [PHONE_TEXT, PHONE_TEXT, *[PHONE_CHOICE] * len(names), *[PHONE_SHEET] * len(sheets)]
    total = sum(heights)
    tops = [WHOLE * sum(heights[:place]) / total for place in range(len(heights))]
    boxes = [(0, top, WHOLE, WHOLE * height / total) for top, height in zip(tops, heights, strict=True)]
    fixed = iter(zip(boxes, heights, strict=True))

    def place(*children: _Element, known: str, **attributes: str) -> _Element:
        box, height = next(fixed)
        return zones.zone(box, *children, known=known, is_fixed="true", fixed_size=str(height), **attributes)

    parts = [place(known="title", type_v2="title"), place(_reading(described), known="reading", type_v2="text")]
    parts += [
        place(known=f"choice {name}", type_v2="paramctrl", mode="compact", param=_parameter(name)) for name in names
    ]
    parts += [place(known=f"sheet {sheet.title}", name=sheet.title) for sheet in sheets]
    flow = zones.zone((0, 0, WHOLE, WHOLE), *parts, type_v2="layout-flow", param="vert")
    return total, zones.zone((0, 0, WHOLE, WHOLE), flow, type_v2="layout-basic")


def _control(zones: _Zones, name: str, box: Sequence[float]) -> _Element:
    return zones.zone(box, known=f"choice {name}", type_v2="paramctrl", mode="compact", param=_parameter(name))


def _parameter(name: str) -> str:
    return f"[{PARAMETERS}].[{name}]"


def _reading(described: Dashboard) -> _Element:
    return E("formatted-text", E("run", {"fontcolor": "#555555"}, f"{described.question} {described.reading}"))
