"""A dataset's models put to one other dataset."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import InputError
from pipeline.evaluation import find_samples
from pipeline.evaluation.contenders import Contender, Home
from pipeline.evaluation.label_map import map_genres, read_map
from pipeline.evaluation.like_rows import common_columns, find_like
from pipeline.evaluation.samples import Samples, load_all
from pipeline.evaluation.shared_music import find_shared
from pipeline.evaluation.threads import on_one_core
from pipeline.evaluation.transfer import Away, Tested, meet, notice_unlike, put_away
from pipeline.models import find_entry
from pipeline.printable import bar, count
from pipeline.stages.further_options import TransferOptions

LEAVE, NONE = "leave", "none"
ALL, CHAMPION = "all", "champion"
MOST_NAMED = 10


@on_one_core
def put_to(home: Home, other: str, options: TransferOptions) -> tuple[list[Tested], list[str]]:
    """Put a run's models to one other dataset; the champion comes first.

    Returns
    -------
    tested : list of Tested
    remarks : list of str
        what was mapped, left out and not tested

    Raises
    ------
    InputError
        where the champion can't be tested there; another model that can't is left out, and told
    """
    database, run = home.run.database, home.run
    names = home.named(only_champion=options.models == CHAMPION)
    theirs = load_all(database, other, [name for name, *_ in names])
    first, of_first = _aligned(home, names[0], theirs, other, options)
    given = read_map(Path(options.genre_map)) if options.genre_map else {}
    mapping = map_genres(of_first.genres, first.genres, given)
    shared = find_shared(database, _pairs(home, names, theirs, other, options), run.dataset, other)
    stored, left = home.stored_answers(), []
    tested: list[Tested] = []
    with bar("transfer", "model", len(names)) as shown:
        for name in names:
            try:
                learned, rows = _aligned(home, name, theirs, other, options)
                away = put_away(rows, learned.genres, mapping, shared, other)
                contender = home.contender(name[0], learned, stored, options.repeats)
            except InputError as error:
                if name == names[0]:
                    raise
                left.append(f"{name[0]} on {name[2]:g}-second rows of {name[1]} not tested: {error}.")
                continue
            found = meet(contender, away, home.seed, tested[0].compared if tested else ())
            if name == names[0]:
                found.row["common_columns"] = len(learned.features) if options.common else None
                found.row.update(notice_unlike(home.champion, _own_rows(home, contender), away, home.seed))
                remarks = _remarks(contender, away, mapping, found.row, found.compared, options)
            tested.append(found)
            shown.update()
    return tested, [*remarks, *left]


def _aligned(
    home: Home, name: tuple[str, str, float], theirs: Sequence[Samples], other: str, options: TransferOptions
) -> tuple[Samples, Samples]:
    """Return what a model learns from, and the rows of the other dataset that are like it."""
    learned = home.learning(*name[1:])
    alike = [each for each in theirs if find_entry(name[0]).takes(each.kind)]
    if options.common:
        return common_columns(learned, alike, other)
    return learned, find_like(learned, alike, other)


def _pairs(
    home: Home, names: Sequence[tuple[str, str, float]], theirs: Sequence[Samples], other: str, options: TransferOptions
) -> Iterator[tuple[Samples, Samples]]:
    """Yield what is learned from and tested on, of each feature set and window: other windows have other tracks."""
    for name in {name[1:]: name for name in names}.values():
        with suppress(InputError):  # what has no rows there is told where its models are not tested
            yield _aligned(home, name, theirs, other, options)


def _own_rows(home: Home, contender: Contender) -> Samples:
    """Return all rows of the champion's dataset, of the columns that it was put to the other dataset with."""
    learned = contender.learned
    return find_samples(home.samples, learned.feature_set, learned.window_s).only(learned.features)


def _remarks(
    contender: Contender,
    away: Away,
    mapping: Mapping[str, str],
    row: Mapping,
    compared: Sequence[str],
    options: TransferOptions,
) -> list[str]:
    """Say what was mapped, left out and not tested."""
    renamed = [f"{theirs} is {ours}" for theirs, ours in mapping.items() if theirs != ours]
    said = [f"Mapped: {', '.join(renamed)}."] if renamed else []
    if len(away.left_out):
        genres = sorted({away.left_out.genres[code] for code in away.left_out.y})
        more = f" and {len(genres) - MOST_NAMED} more" if len(genres) > MOST_NAMED else ""
        named = ", ".join(genres[:MOST_NAMED]) + more
        tracks = count(row["n_left_out"], "track")
        if options.unmapped == LEAVE:
            said.append(f"Left out: {tracks} of genres that the champion does not know ({named}).")
        elif row.get("none_unlike") is None:
            said.append(f"{tracks} of none of its genres ({named}): too few of its own to tell what is unlike.")
        else:
            said.append(
                f"Of {tracks} of none of its genres ({named}) {row['none_unlike']:.0%} are noticed as unlike its "
                f"training music; of the tested tracks {row['unlike']:.0%}, of its own {row['false_alarms']:.0%}."
            )
    elif row.get("unlike") is not None:
        said.append(f"{row['unlike']:.0%} of the tested tracks are unlike its training music.")
    said += away.shared.sentences
    untold = sorted(set(mapping.values()) - set(compared))
    if untold:
        few = "fewer than two tracks or artists on one side"
        said.append(f"Not compared: {', '.join(untold)}, with {few}.")
    if options.common:
        columns = count(len(contender.learned.features), "column")
        said.append(f"All models were trained anew on the {columns} that both datasets have.")
    return said
