"""The charts of the preview, as Vega-Lite."""

import altair
import pytest

from pipeline.report.preview.chart import chart
from pipeline.report.theme import SUBSET_COLOURS
from pipeline.report.views import Mark, describe
from tests.report.conftest import conformed, make_frames

STORY = describe(conformed(make_frames()))
CHARTS = [sheet for sheet in STORY.sheets() if sheet.mark not in (Mark.LIST, Mark.CARDS)]


@pytest.mark.parametrize("sheet", CHARTS, ids=lambda sheet: sheet.title)
def test_every_chart_fits_vega_lites_schema_and_waits_for_the_pages_rows(sheet):
    spec = chart(sheet, STORY)
    altair.Chart.from_dict(spec, validate=True)
    assert spec["data"] == {"name": "rows"}


@pytest.mark.parametrize("sheet", CHARTS, ids=lambda sheet: sheet.title)
def test_a_tooltip_tells_every_field_of_the_sheet(sheet):
    spec = chart(sheet, STORY)
    inner = spec.get("spec", spec)
    told = {one["title"] for one in inner.get("layer", [inner])[0]["encoding"]["tooltip"]}
    assert told >= {field.label for field in (*sheet.rows, *sheet.tooltip)}


def test_train_test_and_holdout_stand_in_that_order_in_their_colours():
    (sheet,) = (sheet for sheet in CHARTS if sheet.title.startswith("Accuracy in training"))
    lines, dots, guess = chart(sheet, STORY)["spec"]["layer"]
    assert dots["encoding"]["yOffset"]["sort"] == ["train", "test", "holdout"]
    scale = dots["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == SUBSET_COLOURS
    assert (lines["encoding"]["x"]["field"], lines["encoding"]["x2"]["field"]) == ("ci_low", "ci_high")
    assert guess["encoding"]["x"]["field"] == "guess"
