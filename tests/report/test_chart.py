"""The charts of the preview, as Vega-Lite."""

import re
from importlib.resources import files

import altair
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pipeline.report.preview.chart import BLUES, DARK_FROM, PLAIN, QUIET, chart
from pipeline.report.theme import GENRE_COLOURS, SUBSET_COLOURS, genre_palette, ink_on
from pipeline.report.views import Mark, describe
from tests.report.conftest import conformed, make_frames

STORY = describe(conformed(make_frames()))
CHARTS = [sheet for sheet in STORY.sheets() if sheet.mark not in (Mark.LIST, Mark.CARDS)]


@pytest.mark.parametrize("sheet", CHARTS, ids=lambda sheet: sheet.title)
def test_every_chart_fits_vega_lites_schema_and_waits_for_the_pages_rows(sheet):
    spec = chart(sheet, STORY)
    altair.Chart.from_dict(spec, validate=True)
    given = [layer["data"] for layer in spec["layer"]] if sheet.mark is Mark.MAP else [spec["data"]]
    assert given[-1] == {"name": "rows"}


@pytest.mark.parametrize("sheet", CHARTS, ids=lambda sheet: sheet.title)
def test_a_tooltip_tells_every_field_of_the_sheet(sheet):
    spec = chart(sheet, STORY)
    inner = spec.get("spec", spec)
    layers = [layer for layer in inner.get("layer", [inner]) if layer["mark"]["type"] != "geoshape"]
    told = {one["title"] for one in layers[0]["encoding"]["tooltip"]}
    assert told >= {field.label for field in (*sheet.rows, *sheet.detail, *sheet.tooltip)}


def test_train_test_and_holdout_stand_in_that_order_in_their_colours():
    (sheet,) = (sheet for sheet in CHARTS if sheet.title.startswith("Accuracy in training"))
    lines, dots, guess = chart(sheet, STORY)["spec"]["layer"]
    assert dots["encoding"]["yOffset"]["sort"] == ["train", "test", "holdout"]
    scale = dots["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == SUBSET_COLOURS
    assert (lines["encoding"]["x"]["field"], lines["encoding"]["x2"]["field"]) == ("ci_low", "ci_high")
    assert guess["encoding"]["x"]["field"] == "guess"


def luminance(colour) -> float:
    parts = np.array(to_rgb(colour))
    return float(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))


def contrast(one, other) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_a_line_is_told_from_the_paper_of_light_and_of_dark_pages():
    css = (files("pipeline.report.preview") / "page.css").read_text(encoding="utf-8")
    papers = re.findall(r"--paper: (#\w+)", css)
    assert len(papers) == 2
    many = genre_palette([f"genre {i}" for i in range(60)]).values()
    for colour in (*GENRE_COLOURS, *many, *SUBSET_COLOURS.values(), PLAIN, QUIET):
        assert min(contrast(colour, paper) for paper in papers) >= 3, colour


def test_a_figure_in_a_cell_of_a_matrix_can_be_read_on_any_blue():
    parts = [np.array(to_rgb(colour)) for colour in BLUES]
    for share in np.linspace(0, 1, 101):
        low, high = (parts[0], parts[1]) if share <= 0.5 else (parts[1], parts[2])
        cell = low + (high - low) * ((share * 2) % 1 if share not in (0.5, 1) else 1)
        ink = "#ffffff" if share > DARK_FROM else "#000000"
        assert contrast(ink, cell) >= 4.5, share
        assert contrast(ink_on(cell), cell) >= 4.5
