"""The words in which dashboards are described: fields on shelves, sheets, choices, dashboards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Mark(Enum):
    """How a sheet draws its rows."""

    BAR = "bar"
    DOT = "dot"
    HEAT = "heat"
    MAP = "map"
    LIST = "list"
    CARDS = "cards"


@dataclass(frozen=True)
class Field:
    """A column as a sheet uses it.

    Attributes
    ----------
    column : str
        of the sheet's table
    label : str
        what a person reads
    aggregate : str
        ``mean`` or ``count``; empty: the column itself, as a dimension
    form : str
        ``percent``, ``count`` or ``number``; empty for text
    """

    column: str
    label: str
    aggregate: str = ""
    form: str = ""


@dataclass(frozen=True)
class Choice:
    """What a reader sets once and every sheet that names it follows.

    Attributes
    ----------
    column : str
        the column that must have the chosen value
    values : tuple of str, or of float
        what can be chosen
    default : str or float
        one of `values`
    words : mapping
        what a person reads of values that are codes
    """

    name: str
    label: str
    column: str
    values: tuple[str, ...] | tuple[float, ...]
    default: str | float
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to choose; if not, it still keeps the rows that it would."""
        return len(self.values) > 1

    def shown(self, value: str | float) -> str:
        """Return a value as a person reads it."""
        return f"{value:g} s" if isinstance(value, float) else self.words.get(value, value)


@dataclass(frozen=True)
class Sheet:
    """One chart.

    Attributes
    ----------
    title : str
        unique among all sheets
    table : str
        the export that it draws
    rows : tuple of Field
        dimensions down the side, the outermost first; all columns of a list, all figures of cards
    values : tuple of Field
        measures: lengths of bars, places of dots, the colour of a heat map or of a map's dots; several are drawn side
        by side
    at : tuple of Field
        of a map: latitude and longitude of a dot
    across : Field, optional
        a dimension from left to right: the columns of a heat map, else a panel for each value
    interval : tuple of Field, optional
        lower and upper end of a line through each dot
    reference : Field, optional
        a measure that is the same for all marks of a panel: drawn once, as a line across
    beside : Field, optional
        of a heat map: the count that stands in each cell below its share; of a map: the count that is a dot's area
    colour : Field, optional
        a dimension with colours of its own
    detail : tuple of Field
        dimensions that give a mark to each of their values
    tooltip : tuple of Field
        what else is told of a mark
    where : mapping
        rows that are drawn at all: for a column, its values
    choices : tuple of str
        names of the choices that filter it
    descending : bool
        rows by their value, the largest first
    domain : tuple of float, optional
        the ends of the values' axis or colours
    nothing : str
        what is said where no row is left
    width : float
        of the dashboard's width, on a wide screen
    """

    title: str
    table: str
    mark: Mark
    rows: tuple[Field, ...]
    values: tuple[Field, ...] = ()
    at: tuple[Field, Field] | None = None
    across: Field | None = None
    interval: tuple[Field, Field] | None = None
    reference: Field | None = None
    beside: Field | None = None
    colour: Field | None = None
    detail: tuple[Field, ...] = ()
    tooltip: tuple[Field, ...] = ()
    where: Mapping[str, tuple[str, ...]] | None = None
    choices: tuple[str, ...] = ()
    descending: bool = False
    domain: tuple[float, float] | None = None
    nothing: str = "No rows for this choice."
    width: float = 1.0

    def fields(self) -> Iterator[Field]:
        """Iterate over all fields, a field that is used twice twice."""
        yield from (*self.rows, *self.values, *(self.at or ()), *(self.interval or ()), *self.detail, *self.tooltip)
        yield from (one for one in (self.across, self.colour, self.reference, self.beside) if one is not None)


@dataclass(frozen=True)
class Dashboard:
    """A page of sheets, laid out in lines, with a sentence on how to read it.

    Attributes
    ----------
    findings : mapping
        the answer to the question in a sentence, by the values of the choices in `asks`; what can't be told has none
    asks : tuple of str
        names of the choices that the answer follows
    """

    name: str
    question: str
    reading: str
    lines: tuple[tuple[Sheet, ...], ...]
    findings: Mapping[tuple[str | float, ...], str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()

    def sheets(self) -> tuple[Sheet, ...]:
        """Return all sheets in reading order."""
        return tuple(sheet for line in self.lines for sheet in line)

    def choices(self) -> tuple[str, ...]:
        """Return the names of the choices that act on any sheet, in the order they are first met."""
        return tuple(dict.fromkeys(name for sheet in self.sheets() for name in sheet.choices))


@dataclass(frozen=True)
class Story:
    """All dashboards of a set of exports.

    Attributes
    ----------
    colours : mapping
        by column: the colour of each of its values
    orders : mapping
        by column: its values in their order, where that is not the alphabet's; booleans as ``false`` and ``true``
    """

    dashboards: tuple[Dashboard, ...]
    choices: Mapping[str, Choice]
    colours: Mapping[str, Mapping[str, str]]
    orders: Mapping[str, tuple[str, ...]]

    def title(self, dashboard: Dashboard) -> str:
        """Return what stands above a dashboard at first: what was found; where that is not told, the question."""
        chosen = tuple(self.choices[name].default for name in dashboard.asks)
        return dashboard.findings.get(chosen, dashboard.question)

    def drawn(self, dashboard: Dashboard) -> tuple[Choice, ...]:
        """Return the choices that a dashboard offers."""
        choices = (self.choices[name] for name in dashboard.choices())
        return tuple(choice for choice in choices if choice.is_drawn)

    def sheets(self) -> tuple[Sheet, ...]:
        """Return the sheets of all dashboards."""
        return tuple(sheet for dashboard in self.dashboards for sheet in dashboard.sheets())

    def forms(self, table: str) -> dict[str, str]:
        """Return how the numbers of a table's columns are written, for those that a sheet says it of."""
        fields = (field for sheet in self.sheets() if sheet.table == table for field in sheet.fields())
        return {field.column: field.form for field in fields if field.form and field.aggregate != "count"}
