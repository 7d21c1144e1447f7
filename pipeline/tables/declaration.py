"""What a table declares: its columns, their types, units and meaning, and how its rows join those of others."""

from dataclasses import dataclass

STRING, NUMBER, INTEGER, BOOLEAN, DATE, DATETIME = "string", "number", "integer", "boolean", "date", "datetime"

OF_THE_RUN = ("run_id", "dataset")
"""The first columns of every table; whoever gathers the rows of a run adds them."""


@dataclass(frozen=True)
class Column:
    """A column of an export, and where its table is kept in MongoDB, a field there.

    Attributes
    ----------
    name, kind, meaning : str
        `kind` is one of string, number, integer, boolean, date, datetime
    required : bool
        no cell may be empty
    unit : str
        of a number; ``fraction`` for shares, what is counted for counts
    prefix : str
        of an id or label: put before a value that a reader would take for a number, a date, a formula or a missing
        value; where the column stands for many, before such a name of one of them
    joined_by : str
        of several labels in one cell: what stands between them; `prefix` is put before each by itself
    values : tuple of str
        all that there can be; empty: any
    minimum : float, optional
        of a number: none is less
    stored : bool
        whether it is a field in MongoDB; else it is computed when the run is exported
    words_of : str
        of a column that says in words what another one has as a code: that other column. Nobody hands it over; it is
        filled where the table is conformed to its declaration
    vocabulary : str
        of such a column: whose names the codes are, as ``model`` or ``feature``
    truth : tuple of str
        of a boolean: what a person reads for true and for false
    geographic : str
        what it is to a map: ``latitude``, ``longitude`` or ``country``; empty of all others
    """

    name: str
    kind: str
    meaning: str
    required: bool = True
    unit: str = ""
    prefix: str = ""
    joined_by: str = ""
    values: tuple[str, ...] = ()
    minimum: float | None = None
    stored: bool = True
    words_of: str = ""
    vocabulary: str = ""
    truth: tuple[str, str] = ("yes", "no")
    geographic: str = ""

    @property
    def pattern(self) -> bool:
        """Whether `name` ends in a star, and so stands for any number of columns whose names begin so."""
        return self.name.endswith("*")

    def covers(self, name: str) -> bool:
        """Whether this declares the column called `name`."""
        return name.startswith(self.name[:-1]) if self.pattern else name == self.name


@dataclass(frozen=True)
class Reference:
    """A foreign key: `fields` of a row here name one row of `table`, by `to`."""

    fields: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """An export.

    Attributes
    ----------
    grain : str
        what one row stands for
    key : tuple of str
        the columns that tell rows apart; empty where rows may repeat
    references : tuple of Reference
        to other exports; every export's ``run_id`` is in ``runs``
    collection : str
        where MongoDB keeps the rows as a stage of a run made them; empty: they are gathered or computed for the export
    packed : tuple of str
        of a table of very many rows in ``results``: columns that are lists there, in one document for all rows that
        follow each other and differ in nothing else
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    collection: str = ""
    packed: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of the CSV."""
        return f"{self.name}.csv"

    @property
    def names(self) -> list[str]:
        """Names of the columns of a row, without those that the run adds, that stand for many, or that say another."""
        plain = (column for column in self.columns if not column.pattern and not column.words_of)
        return [column.name for column in plain if column.name not in OF_THE_RUN]

    @property
    def stored(self) -> list[Column]:
        """The columns that are fields in MongoDB."""
        return [column for column in self.columns if column.stored and not column.pattern]

    @property
    def stored_names(self) -> list[str]:
        """Names of the columns that a stage hands over to be stored."""
        return [column.name for column in self.stored if column.name not in OF_THE_RUN]

    @property
    def in_words(self) -> list[Column]:
        """The columns that say in words what another one has as a code."""
        return [column for column in self.columns if column.words_of]

    @property
    def row_key(self) -> list[str]:
        """The columns that tell the rows of one run apart."""
        return [name for name in self.key if name not in OF_THE_RUN]

    def find_column(self, name: str) -> Column | None:
        """Return the declaration of the column called `name`: by its own name, else by a pattern; None of no column."""
        exact = (column for column in self.columns if column.name == name)
        return next(exact, None) or next((column for column in self.columns if column.covers(name)), None)

    def column(self, name: str) -> Column:
        """Return the declaration of the column called `name`, as `find_column` does.

        Raises
        ------
        KeyError
            where the table has none
        """
        found = self.find_column(name)
        if found is None:
            raise KeyError(f"{self.file_name} has no column {name!r}")
        return found
