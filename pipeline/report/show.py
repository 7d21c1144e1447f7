"""Tables and sentences as a notebook shows them: what is foreign in them is text, never markup, script or formula.

pandas' Styler writes cells into the page as they are, and Markdown takes markup out of them: a title or a folder's name
could run script in JupyterLab, whose page rules kernels, and in the HTML copies of a run. So notebooks show frames by
`show_table` and sentences by `show_sentences`, and by nothing else.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jinja2 import Environment
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype, is_numeric_dtype, is_scalar

from pipeline.printable import printable
from pipeline.report.listening import wav
from pipeline.report.words import in_words

MOST_ROWS = 60
PLAYED_S = 8.0
"""Of a clip so much is played: in a page a second takes 60 kB."""

MOST_DECIMALS = 3
WIDE = 60
"""Characters from which on a column is given room, instead of a tower of words."""

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TABLE = _PAGE.from_string("""\
<table class="dataframe mathjax_ignore">
<thead><tr>
{% for column in columns %}
<th style="{{ column.style }}">{{ column.name }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}
<tr>
{% for cell in row %}
<td style="{{ columns[loop.index0].style }}">{{ cell }}</td>
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
{% if more %}
<p>{{ more }}</p>
{% endif %}
""")
_SENTENCES = _PAGE.from_string("""\
<ul class="mathjax_ignore">
{% for sentence in sentences %}
<li>{% if strong %}<strong>{{ sentence }}</strong>{% else %}{{ sentence }}{% endif %}</li>
{% endfor %}
</ul>
""")
_PLAYERS = _PAGE.from_string("""\
{% for name, sound in players %}
<figure style="margin: 0.5em 0"><figcaption>{{ name }}</figcaption>
<audio controls preload="metadata" aria-label="{{ name }}" src="data:audio/wav;base64,{{ sound }}"></audio></figure>
{% else %}
<p>{{ otherwise }}</p>
{% endfor %}
""")


@dataclass(frozen=True, repr=False)
class Shown:
    """What a notebook shows as the value of a cell: HTML, and text where there is no page."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class _Column:
    name: str
    cells: list[str]
    style: str


def show_table(frame: pd.DataFrame, *, most: int = MOST_ROWS) -> Shown:
    """Show the first rows of a frame, in words: text to the left, numbers to the right with three decimals at most.

    Parameters
    ----------
    frame : pd.DataFrame
        its index is shown before the columns, unless it only counts: nameless whole numbers
    most : int
        rows; how many more there are is told below
    """
    frame = in_words(frame)
    counts = frame.index.names == [None] and is_integer_dtype(frame.index.dtype)
    names = [name or "" for name in frame.index.names]
    rows = frame.head(most).reset_index(drop=counts, names=names, allow_duplicates=True)
    columns = [_column(name, rows.iloc[:, i]) for i, name in enumerate(rows.columns)]
    more = f"… and {len(frame) - most} more rows" if len(frame) > most else ""
    cells = list(zip(*(column.cells for column in columns), strict=True))
    if not cells and columns:
        more = "No rows."
    text = pd.DataFrame(cells, columns=[column.name for column in columns]).to_string(index=False) if cells else ""
    return Shown(_TABLE.render(columns=columns, rows=cells, more=more), "\n".join(filter(None, [text, more])))


def show_sentences(sentences: Iterable[object], *, strong: bool = False, otherwise: str = "") -> Shown:
    """Show sentences as a list.

    Parameters
    ----------
    sentences : iterable
        of what reads as a sentence
    strong : bool
        in bold
    otherwise : str
        shown where there is none
    """
    lines = [printable(str(sentence)) for sentence in sentences] or [otherwise] * bool(otherwise)
    return Shown(_SENTENCES.render(sentences=lines, strong=strong), "\n".join(f"- {sentence}" for sentence in lines))


def show_players(clips: Mapping[str, np.ndarray], rate_hz: int, *, otherwise: str = "") -> Shown:
    """Show a player for the middle of each clip [shape=(n,)], below its name.

    The sound lies in the page, so that a copy needs no file beside it.
    """
    half = round(PLAYED_S * rate_hz / 2)
    middles = {name: y[max(len(y) // 2 - half, 0) :][: 2 * half] for name, y in clips.items()}
    players = [(printable(name), base64.b64encode(wav(y)).decode()) for name, y in middles.items()]
    text = "\n".join(name for name, _ in players)
    return Shown(_PLAYERS.render(players=players, otherwise=otherwise), text or otherwise)


def _column(name: object, values: pd.Series) -> _Column:
    if is_numeric_dtype(values.dtype) and not is_bool_dtype(values.dtype):
        return _Column(printable(str(name)), _numbers(values), "text-align: right; vertical-align: top")
    cells = ["" if is_scalar(value) and pd.isna(value) else _text(value) for value in values]
    width = "; min-width: 20em" if max(map(len, cells), default=0) > WIDE else ""
    return _Column(printable(str(name)), cells, f"text-align: left; vertical-align: top{width}")


def _text(value: object) -> str:
    return ("no", "yes")[bool(value)] if isinstance(value, (bool, np.bool_)) else printable(str(value))


def _numbers(values: pd.Series) -> list[str]:
    """Write the numbers of a column with as many decimals as the one that needs most of them."""
    if not is_float_dtype(values.dtype):
        return ["" if value is pd.NA else f"{value:d}" for value in values]
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    rounded = numbers.round(MOST_DECIMALS)
    decimals = next(n for n in range(MOST_DECIMALS + 1) if np.array_equal(rounded.round(n), rounded, equal_nan=True))
    return ["" if np.isnan(number) else f"{number:z.{decimals}f}" for number in numbers]
