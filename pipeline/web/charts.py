"""Small charts as inline SVG: widths in percent, so that they fit any screen while their words keep their size.

A chart takes numbers and gives markup. Genres have their colours of all figures; everything else takes its colour from
the stylesheet, in light and in dark.
"""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup, escape

from pipeline.listen.answer import Segment, Unusual
from pipeline.listen.wording import percent
from pipeline.report.theme import genre_palette

WAVE_HEIGHT, VOTE_HEIGHT, AXIS_HEIGHT = 120, 84, 22
TICKS_S = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
MOST_TICKS = 8

LEAST_GAPPED = 0.8
"""Percent of the picture that a segment must have to be parted from the next by a line, which would cover it else."""

LEAST_BAR = 0.002
"""A smaller share would be all outline."""


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, or as seconds where it is short."""
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


def palette(genres: Sequence[str]) -> dict[str, str]:
    """Return the colour of each genre, the same as in all figures."""
    return genre_palette(genres)


def bar(share: float, colour: str = "") -> Markup:
    """Draw a share as a bar; hidden from screen readers, as the number beside it says the same."""
    fill = Markup('class="filled" fill="{}"').format(colour) if colour else Markup('class="plain"')
    return Markup(
        '<svg class="bar" width="100%" height="14" aria-hidden="true" focusable="false">'
        '<rect class="groove" width="100%" height="14" rx="3"/>'
        "{}</svg>"
    ).format(
        Markup('<rect width="{:.1f}%" height="14" rx="3" {}/>').format(100 * share, fill) if share >= LEAST_BAR else ""
    )


def swatch(colour: str) -> Markup:
    """Draw a square of a colour, for a legend."""
    return Markup(
        '<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false">'
        '<rect class="filled" x="1" y="1" width="10" height="10" rx="2" fill="{}"/></svg>'
    ).format(colour)


def interval(value: float, low: float, high: float) -> Markup:
    """Draw a share from 0 to 1 as a point with its interval."""
    return Markup(
        '<svg class="interval" width="100%" height="22" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="100%" y1="11" y2="11"/>'
        '<line class="whisker" x1="{:.1f}%" x2="{:.1f}%" y1="11" y2="11"/>'
        '<circle class="point" cx="{:.1f}%" cy="11" r="6"/></svg>'
    ).format(100 * low, 100 * high, 100 * value)


def waveform(envelope: np.ndarray, clip_s: float, segments: Sequence[Segment], genres: Sequence[str]) -> Markup:
    """Draw the waveform, each segment in its genre's colour, with its axis of time.

    Parameters
    ----------
    envelope : np.ndarray [shape=(n, 2)]
        lowest and highest sample of each stretch
    clip_s : float
        seconds
    segments : sequence of Segment
        where there is none, all is drawn in one colour
    genres : sequence of str
        that have a colour
    """
    colours = palette(genres)
    edges: list[tuple[float, float, str | None]] = [(0.0, clip_s, None)]
    if segments:
        edges, end_s = [], 0.0
        for segment in segments:
            if segment.start_s > end_s:
                edges.append((end_s, segment.start_s, None))
            end_s = min(segment.end_s, clip_s)
            edges.append((segment.start_s, end_s, colours[segment.genre]))
        if end_s < clip_s:
            edges.append((end_s, clip_s, None))
    n = len(envelope)
    peak = max(float(np.abs(envelope).max()), 1e-9)
    parts = []
    for start_s, end_s, colour in edges:
        first, last = int(start_s / clip_s * n), min(int(np.ceil(end_s / clip_s * n)) + 1, n)
        fill = Markup('fill="{}"').format(colour) if colour else Markup('class="unsung"')
        parts.append(Markup('<path d="{}" {}/>').format(_outline(envelope[first:last] / peak, first), fill))
    listed = ", ".join(f"{segment.start_s:.5g} to {segment.end_s:.5g} s {segment.genre}" for segment in segments)
    return _figure(
        "wave",
        "Waveform, coloured by the genre of each segment" if segments else "Waveform",
        f"Loudness over {clip_s:.1f} seconds. {listed}" if listed else f"Loudness over {clip_s:.1f} seconds.",
        WAVE_HEIGHT + AXIS_HEIGHT,
        Markup(
            '<svg width="100%" height="{h}" viewBox="0 -1 {n} 2" preserveAspectRatio="none">{parts}</svg>'
            '<line class="playhead" id="playhead" x1="0" x2="0" y1="0" y2="{h}"/>{axis}'
        ).format(h=WAVE_HEIGHT, n=n - 1, parts=Markup("").join(parts), axis=_time_axis(clip_s, WAVE_HEIGHT)),
    )


def votes(segments: Sequence[Segment], clip_s: float, genres: Sequence[str]) -> Markup:
    """Draw the votes of each segment as a stacked bar under its stretch of the waveform."""
    colours = palette(genres)
    parts = []
    for segment in segments:
        top = 0.0
        x, width = 100 * segment.start_s / clip_s, 100 * (segment.end_s - segment.start_s) / clip_s
        for i in np.argsort(-segment.probabilities, kind="stable"):
            height = VOTE_HEIGHT * float(segment.probabilities[i])
            if height >= 0.5:
                parts.append(
                    Markup('<rect x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}" fill="{}"/>').format(
                        x, top, width, height, colours[genres[i]]
                    )
                )
            top += height
        if width > LEAST_GAPPED:
            parts.append(
                Markup('<line class="gap" x1="{0:.3f}%" x2="{0:.3f}%" y1="0" y2="{1}"/>').format(x, VOTE_HEIGHT)
            )
    listed = ", ".join(
        f"{segment.start_s:.5g} s: {segment.genre} {percent(float(segment.probabilities.max()))}"
        for segment in segments
    )
    return _figure(
        "votes",
        "Votes of the segments",
        f"Each segment's most probable genre. {listed}",
        VOTE_HEIGHT,
        Markup("").join(parts),
    )


def spectrogram(image: str, clip_s: float, ticks: Sequence[tuple[str, float]]) -> Markup:
    """Draw the mel spectrogram.

    Parameters
    ----------
    image : str
        address of the picture, a data URI
    clip_s : float
        seconds
    ticks : sequence of (str, float)
        labels of the frequency axis, and their height as a share
    """
    height = 150
    labels = Markup("").join(
        Markup('<text class="on-picture" x="6" y="{:.1f}">{}</text>').format(height * (1 - share) + 4, label)
        for label, share in ticks
    )
    return _figure(
        "spectrogram",
        "Mel spectrogram",
        f"Energy by frequency, 0 to 11 kHz on the mel scale, over {clip_s:.1f} seconds; bright is loud, black is 80 dB "
        "below the loudest.",
        height + AXIS_HEIGHT,
        Markup('<image href="{}" width="100%" height="{}" preserveAspectRatio="none"/>{}{}').format(
            image, height, labels, _time_axis(clip_s, height)
        ),
    )


def spread(unusual: Unusual) -> Markup:
    """Draw where a value lies beside the middle 90 % of a genre's tracks; the words beside it say the same."""
    lowest, highest = min(unusual.low, unusual.value), max(unusual.high, unusual.value)
    span = (highest - lowest) or 1.0

    def place(value: float) -> float:
        return 6 + 88 * (value - lowest) / span

    return Markup(
        '<svg class="spread" width="100%" height="22" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="100%" y1="11" y2="11"/>'
        '<rect class="usual" x="{:.1f}%" y="5" width="{:.1f}%" height="12" rx="3"/>'
        '<line class="median" x1="{:.1f}%" x2="{:.1f}%" y1="3" y2="19"/>'
        '<circle class="point" cx="{:.1f}%" cy="11" r="6"/></svg>'
    ).format(
        place(unusual.low),
        max(place(unusual.high) - place(unusual.low), 0.5),
        place(unusual.median),
        place(unusual.median),
        place(unusual.value),
    )


def _figure(name: str, title: str, description: str, height: float, content: Markup) -> Markup:
    return Markup(
        '<svg class="chart {name}" width="100%" height="{height}" role="img" aria-labelledby="{name}-t {name}-d" '
        'focusable="false"><title id="{name}-t">{title}</title><desc id="{name}-d">{description}</desc>{content}</svg>'
    ).format(name=name, height=height, title=escape(title), description=escape(description), content=content)


def _outline(envelope: np.ndarray, first: int) -> str:
    """Return the path around an envelope [shape=(n, 2)] whose first column is at x = `first`."""
    upper = [f"{first + i} {-high:.3f}" for i, high in enumerate(envelope[:, 1])]
    lower = [f"{first + i} {-low:.3f}" for i, low in reversed(list(enumerate(envelope[:, 0])))]
    return f"M{'L'.join([*upper, *lower])}Z"


def _time(seconds: float, whole_s: float) -> str:
    """Return a time on an axis: in seconds, or as minutes and seconds where the whole is long."""
    return f"{seconds:g} s" if whole_s < 120 else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _time_axis(clip_s: float, top: float) -> Markup:
    step = next((step for step in TICKS_S if clip_s / step <= MOST_TICKS), TICKS_S[-1])
    parts = []
    for i in range(int(clip_s / step + 1e-6) + 1):
        share = min(i * step / clip_s, 1.0)
        anchor = "start" if i == 0 else "end" if share > 0.96 else "middle"
        parts.append(
            Markup(
                '<line class="tick" x1="{0:.3f}%" x2="{0:.3f}%" y1="{1}" y2="{2}"/>'
                '<text class="label" x="{0:.3f}%" y="{3}" text-anchor="{4}">{5}</text>'
            ).format(100 * share, top, top + 4, top + 18, anchor, _time(i * step, clip_s))
        )
    return Markup("").join(parts)
