"""Tables whose header takes several rows, as pandas writes them and the Free Music Archive's tables have them."""

from collections.abc import Sequence

MOST_ROWS = 5

Numbered = tuple[int, list[str]]
"""A row's line, and its cells."""


def merge_header_rows(rows: Sequence[Numbered]) -> list[Numbered]:
    """Merge the rows of a header into one: ``track`` above ``genre_top`` becomes ``track_genre_top``.

    The first of them names some columns alike, as no header of one row does. They end with a row that has nothing but
    the name of the column of ids; where there is none, they are the rows without a number that it takes to tell all
    columns apart.

    Examples
    --------
    >>> header = [(1, ["", "rms", "rms"]), (2, ["", "mean", "std"]), (3, ["id", "", ""])]
    >>> merge_header_rows([*header, (4, ["7", "1", "2"])])
    [(1, ['id', 'rms_mean', 'rms_std']), (4, ['7', '1', '2'])]
    """
    names = [cell for cell in rows[0][1] if cell.strip()] if rows else []
    if len(set(names)) == len(names):
        return list(rows)
    last = next((i for i, (_, row) in enumerate(rows[:MOST_ROWS]) if i and _names_ids(row)), 0)
    if last > 1 and _as_wide(rows[: last + 1]):
        return [(rows[0][0], [rows[last][1][0].strip(), *_merged(rows[:last])[1:]]), *rows[last + 1 :]]
    for n in range(2, MOST_ROWS):
        levels = rows[:n]
        if len(levels) < n or not _as_wide(levels) or any(map(is_number, levels[-1][1])):
            break
        if len(set(merged := _merged(levels))) == len(merged):
            return [(rows[0][0], merged), *rows[n:]]
    return list(rows)


def _merged(levels: Sequence[Numbered]) -> list[str]:
    """Return the names of columns by their parts, from the top."""
    return ["_".join(filter(None, map(str.strip, column))) for column in zip(*(row for _, row in levels), strict=True)]


def _as_wide(rows: Sequence[Numbered]) -> bool:
    return len({len(row) for _, row in rows}) == 1


def _names_ids(row: list[str]) -> bool:
    return len(row) > 2 and bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, so that its row is none of the header."""
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return cell.strip().casefold() not in ("nan", "inf", "infinity")
