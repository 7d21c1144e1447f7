"""What stands beside an item: sentences, perhaps a table, where they come from, what only a person knows."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_ROWS = 30
"""Of a table on the sheet; the exports have all."""


@dataclass(frozen=True)
class Rows:
    """A small table.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of tuple of str
        `MOST_ROWS` at most
    n_more : int
        rows that are left out
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_more: int = 0

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> "Rows":
        """Return a table of the first rows."""
        kept = tuple(tuple(map(str, row)) for row in rows[:MOST_ROWS])
        return cls(tuple(columns), kept, max(len(rows) - MOST_ROWS, 0))


@dataclass(frozen=True)
class Answer:
    """An answer to an item.

    Attributes
    ----------
    says : tuple of str
        sentences; none where the machine does not know
    source : str
        where they come from
    please : str
        what only a person can add, as a request; empty where nothing is missing
    table : Rows, optional
    own_words : str
        what a person has added
    """

    says: tuple[str, ...] = ()
    source: str = ""
    please: str = ""
    table: Rows | None = None
    own_words: str = ""

    @property
    def status(self) -> str:
        """``filled``; ``partly``, where a person has to add something; ``asked``, where a person has to say all."""
        if self.own_words or (self.says and not self.please):
            return "filled"
        return "partly" if self.says else "asked"


def answer(*says: str, source: str, please: str = "", table: Rows | None = None) -> Answer:
    """Return an answer of these sentences, those that are not empty."""
    return Answer(tuple(words for words in says if words), source, please, table)


def ask(please: str) -> Answer:
    """Return an answer that only a person can give."""
    return Answer(please=please)
