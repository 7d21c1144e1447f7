"""The page: charts, their rows in a compact form, the scripts, all in one file."""

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.globe import countries
from pipeline.report.likeness import MOST_GENRES_READ, order_by_likeness
from pipeline.report.preview.chart import chart
from pipeline.report.preview.library import library
from pipeline.report.views import Choice, Dashboard, Mark, Sheet, Story
from pipeline.tables import BOOLEAN, BY_NAME, INTEGER, NUMBER, TABLES, Column

FILE_NAME = "dashboard.html"
HERE = files("pipeline.report.preview")
DIGITS = 6
"""Significant digits of a number on the page."""

SOUTHERNMOST = -60
"""Degrees north: nobody makes music farther south."""

NOTHING = 1e-12
"""A smaller number is what rounding left of zero."""


def write_preview(story: Story, frames: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Write ``dashboard.html``.

    Parameters
    ----------
    story : Story
    frames : mapping
        conformed tables by name
    folder : Path
    """
    story = _spoken(story)
    environment = Environment(
        loader=PackageLoader("pipeline.report.preview", ""), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    content = {
        "choices": {name: _choice(choice) for name, choice in story.choices.items()},
        "sheets": {sheet.title: _sheet(sheet, story, frames[sheet.table]) for sheet in story.sheets()},
        "colours": story.colours,
        "orders": story.orders,
        "read": MOST_GENRES_READ,
        "headings": [_heading(dashboard, story) for dashboard in story.dashboards],
        "outline": _outline() if any(sheet.mark is Mark.MAP for sheet in story.sheets()) else [],
        "questions": [dashboard.question for dashboard in story.dashboards],
    }
    page = environment.get_template("page.html").render(
        story=story,
        datasets=", ".join(frames["runs"]["dataset"].unique()),
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        script=(HERE / "page.js").read_text(encoding="utf-8"),
        library=library(),
        content=_json(content),
    )
    path = folder / FILE_NAME
    path.write_text(page, encoding="utf-8")
    return path


def _json(content: Mapping[str, Any]) -> str:
    """Return JSON that no tag can be read into."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _outline() -> list[dict[str, Any]]:
    """Return all land but Antarctica as one GeoJSON feature."""
    rings = [ring.tolist() for country in countries() for ring in country.rings if ring[:, 1].max() > SOUTHERNMOST]
    return [{"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}}]


def _heading(dashboard: Dashboard, story: Story) -> dict[str, Any]:
    """Return the sentences that can stand above a dashboard, by the places of the chosen values."""
    places = [{value: place for place, value in enumerate(story.choices[name].values)} for name in dashboard.asks]
    said = {
        ",".join(str(of[value]) for of, value in zip(places, values, strict=True)): words
        for values, words in dashboard.findings.items()
        if all(value in of for of, value in zip(places, values, strict=True))
    }
    return {"asks": list(dashboard.asks), "said": said}


def _choice(choice: Choice) -> dict[str, Any]:
    return {"column": choice.column, "values": list(choice.values), "chosen": choice.default}


def _sheet(sheet: Sheet, story: Story, frame: pd.DataFrame) -> dict[str, Any]:
    names = list(dict.fromkeys(field.column for field in sheet.fields()))
    filters = [story.choices[name].column for name in sheet.choices]
    rows = frame
    for column, values in (sheet.where or {}).items():
        rows = rows[rows[column].astype(str).isin(values)]
    columns = {name: _packed(rows[name], BY_NAME[sheet.table].column(name)) for name in (*names, *filters)}
    described: dict[str, Any] = {"choices": list(sheet.choices), "columns": columns, "n": len(rows)}
    if sheet.mark in (Mark.LIST, Mark.CARDS):
        named = [{"column": field.column, "label": field.label, "form": field.form} for field in sheet.rows]
        described["cards" if sheet.mark is Mark.CARDS else "list"] = named
        described["colour"] = sheet.colour.column if sheet.colour else None
    else:
        described["spec"] = chart(sheet, story)
        described["map"] = sheet.mark is Mark.MAP
        described["needed"] = [field.column for field in sheet.values if field.aggregate == "mean"]
        if sheet.mark is Mark.HEAT and sheet.across:
            down, across = sheet.rows[0].column, sheet.across.column
            kinds = {BY_NAME[sheet.table].column(name).prefix for name in (down, across)}
            if len(kinds) == 1:  # genres against genres
                described["square"] = [down, across]
                described["order"] = _order(rows, down, across, described["needed"])
            else:
                described["across"] = across
    return described


def _order(rows: pd.DataFrame, actual: str, predicted: str, measured: list[str]) -> list[str] | None:
    """Return the genres of a matrix, those that are taken for each other side by side; None where there are none."""
    genres = sorted({*rows[actual].dropna().unique(), *rows[predicted].dropna().unique()})
    if not genres:
        return None
    weights = rows[measured[0]] if measured else pd.Series(1.0, index=rows.index)
    sums = weights.groupby([rows[actual], rows[predicted]], observed=True).sum().unstack()
    sums = sums.reindex(index=genres, columns=genres).fillna(0.0)
    shares = sums.div(sums.sum(axis=1).replace(0.0, 1.0), axis=0).to_numpy(dtype=float)
    return [genres[i] for i in order_by_likeness(shares)]


def _spoken(story: Story) -> Story:
    """Return the story with the words for true and false in colours and orders."""
    truths = {column.name: column.truth for table in TABLES for column in table.columns if column.kind == BOOLEAN}
    words = {name: dict(zip(("true", "false"), truth, strict=True)) for name, truth in truths.items()}

    def say(column: str, value: str) -> str:
        return words.get(column, {}).get(value, value)

    return replace(
        story,
        colours={name: {say(name, v): colour for v, colour in of.items()} for name, of in story.colours.items()},
        orders={name: tuple(say(name, value) for value in of) for name, of in story.orders.items()},
    )


def _packed(values: pd.Series, column: Column) -> dict[str, Any]:
    """Return a column as numbers, or as codes into its distinct texts; null stays null."""
    if column.kind in (NUMBER, INTEGER):
        codes, numbers = pd.factorize(values)
        short = np.array([*map(_short, numbers), None], dtype=object)  # the last is that of code -1: there is none
        return {"values": short[codes].tolist()}
    texts = values.map(dict(zip((True, False), column.truth, strict=True))) if column.kind == BOOLEAN else values
    codes, levels = pd.factorize(texts.astype(object), sort=True)
    numbers = np.array([*range(len(levels)), None], dtype=object)
    return {"levels": levels.tolist(), "codes": numbers[codes].tolist()}


def _short(value: float) -> float | int:
    short = float(f"{float(value):.{DIGITS}g}") if abs(value) > NOTHING else 0.0
    return int(short) if short.is_integer() else short
