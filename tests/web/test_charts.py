"""The charts: numbers in, well-formed markup out, each with words for those who don't see it."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colormaps

from pipeline.listen.answer import Segment, Unusual
from pipeline.web import charts
from pipeline.web.media import frequency_ticks, picture_uri, sound_uri

GENRES = ("blues", "<b>&'\"", "rock")


def segments(n: int, seed: int = 0) -> list[Segment]:
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(GENRES)), n)
    return [Segment(3.0 * i, 3.0 * i + 3, row, GENRES[int(row.argmax())]) for i, row in enumerate(shares)]


def parse(markup: str) -> ET.Element:
    return ET.fromstring(str(markup))


def percentages(element: ET.Element, name: str) -> list[float]:
    return [float(each.get(name).rstrip("%")) for each in element.iter() if (each.get(name) or "").endswith("%")]


@given(st.integers(0, 10), st.floats(0.5, 33), st.integers(0, 50))
def test_waveform_and_votes_are_well_formed_and_inside_their_frame(n, clip_s, seed):
    fitting = segments(min(n, int(clip_s // 3)), seed)
    envelope = np.sort(np.random.default_rng(seed).uniform(-1, 1, (600, 2)), axis=1)
    wave = parse(charts.waveform(envelope, clip_s, fitting, GENRES))
    votes = parse(charts.votes(fitting, clip_s, GENRES))
    for chart in (wave, votes):
        assert chart.get("role") == "img"
        labelled = chart.get("aria-labelledby").split()
        assert [chart.find(f"*[@id='{each}']") is not None for each in labelled] == [True, True]
        assert all(-0.01 <= place <= 100.01 for name in ("x", "x1", "x2") for place in percentages(chart, name))
    assert all(segment.genre in wave.find("desc").text for segment in fitting)


def test_the_votes_of_a_segment_fill_its_bar_most_on_top():
    chart = parse(charts.votes(segments(1), 30.0, GENRES))
    bars = chart.findall("rect")
    heights = [float(bar.get("height")) for bar in bars]
    assert sum(heights) == pytest.approx(charts.VOTE_HEIGHT, abs=1.5)
    assert heights == sorted(heights, reverse=True)


@given(st.floats(0, 1))
def test_a_bar_is_as_long_as_its_share(share):
    rectangles = parse(charts.bar(share, "#123456")).findall("rect")
    assert len(rectangles) == (2 if share >= charts.LEAST_BAR else 1)
    if share >= charts.LEAST_BAR:
        assert float(rectangles[1].get("width").rstrip("%")) == pytest.approx(100 * share, abs=0.051)


@given(st.floats(-1e6, 1e6), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted))
def test_a_spread_keeps_song_and_genre_in_sight(value, usual):
    chart = parse(charts.spread(Unusual("f", value, *usual, n_tracks=10, deviations=2.0)))
    assert all(0 <= place <= 100 for name in ("x", "cx", "x1") for place in percentages(chart, name))


def test_a_name_can_not_break_out_of_the_markup():
    assert "<b>" not in charts.waveform(np.zeros((600, 2)), 30.0, segments(10), GENRES)


def test_no_chart_has_a_style_of_its_own():
    drawn = [charts.bar(0.5, "#fff"), charts.votes(segments(3), 9.0, GENRES), charts.interval(0.5, 0.2, 0.7)]
    assert not any("style" in chart for chart in drawn)


@pytest.mark.parametrize(
    ("seconds", "words"), [(3.25, "3.2 s"), (59.9, "59.9 s"), (75, "1:15 min"), (600, "10:00 min")]
)
def test_a_time_is_told_as_people_do(seconds, words):
    assert charts.clock(seconds) == words


def test_the_spectrogram_is_a_picture_with_low_notes_at_the_bottom_and_the_loud_bright():
    import base64
    import io

    from PIL import Image

    levels = np.zeros((128, 600), dtype=np.uint8)
    levels[0] = 255
    levels[1] = 128
    kind, _, content = picture_uri(levels).partition(",")
    assert kind == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB")
    assert image.size == (600, 128)
    of_rows = [image.getpixel((300, row)) for row in (127, 126, 0)]
    assert of_rows == [tuple((np.array(colormaps["magma"](level)[:3]) * 255).round()) for level in (255, 128, 0)]


def test_the_sound_is_the_clip():
    import base64
    import io

    import soundfile

    samples = np.arange(-500, 500, dtype=np.int16)
    read, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(sound_uri(samples).partition(",")[2])), dtype="int16")
    assert rate_hz == 22_050
    np.testing.assert_array_equal(read, samples)


def test_frequencies_rise_up_the_axis():
    heights = [share for _, share in frequency_ticks(128)]
    assert heights == sorted(heights)
    assert 0 < heights[0] < heights[-1] < 1
