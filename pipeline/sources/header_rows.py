"""Tables whose header takes several rows, as pandas writes them and the Free Music Archive's tables have them."""

from collections.abc import Sequence

MOST_ROWS = 5

Numbered = tuple[int, list[str]]
"""A row's line, and its cells."""


def merge_header_rows(rows: Sequence[Numbered]) -> list[Numbered]:
    """Merge the rows of a header into one: ``track`` above ``genre_top`` becomes ``track_genre_top``.

    They end with a row that has nothing but the name of the column of ids, and the first names some columns alike, as
    no header of one row does.
    """
    last = next((i for i, (_, row) in enumerate(rows[:MOST_ROWS]) if i and _names_ids(row)), 0)
    names = [cell for cell in rows[0][1] if cell.strip()] if rows else []
    if last < 2 or len(set(names)) == len(names) or len({len(row) for _, row in rows[: last + 1]}) > 1:
        return list(rows)
    levels = [row for _, row in rows[:last]]
    columns = ["_".join(filter(None, map(str.strip, column))) for column in zip(*levels, strict=True)]
    return [(rows[0][0], [rows[last][1][0].strip(), *columns[1:]]), *rows[last + 1 :]]


def _names_ids(row: list[str]) -> bool:
    return len(row) > 2 and bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])
