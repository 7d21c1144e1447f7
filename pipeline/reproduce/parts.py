"""The parts of the reproduction: what each needs, and what does its work."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import InputError
from pipeline.reproduce import gaussians, gtzan, pairs, six_seconds, spotify, windows
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced, lay_beside
from pipeline.reproduce.published import read_published


@dataclass(frozen=True)
class Part:
    """One published table on one set of rows.

    Attributes
    ----------
    published : str
        its part of the published figures
    needs : tuple of str
        files and folders below the folder of data
    work : callable
        gives ours
    """

    published: str
    needs: tuple[str, ...]
    work: Callable[[Bench], list[Reproduced]]


PARTS = {
    "six_seconds": Part("six_seconds", (six_seconds.TABLE,), six_seconds.reproduce),
    "spotify": Part("spotify", (spotify.TABLE,), spotify.reproduce),
    "gaussians": Part("gaussians", (gaussians.ARRAYS, gtzan.TABLE, gtzan.METADATA), gaussians.reproduce),
    "gtzan": Part("gtzan", (gtzan.TABLE, gtzan.METADATA), gtzan.reproduce),
    "windows_gtzan_mini": Part("windows", (windows.MUSIC, windows.METADATA), windows.of_gtzan_mini),
    "windows_demo": Part("windows", (), windows.of_demo),
    "pairs_gtzan": Part("pairs", (gtzan.TABLE, gtzan.METADATA), pairs.of_gtzan),
    "pairs_demo": Part("pairs", (), pairs.of_demo),
}


def reproduce(bench: Bench, name: str) -> pd.DataFrame:
    """Return a part's published figures beside ours; where its data are absent, or it is not wanted, it says so.

    Raises
    ------
    InputError
        where there is no such part, or the bench names one that there is not
    """
    for wanted in (name, *bench.parts):
        if wanted not in PARTS:
            raise InputError(f"no part {wanted!r} of the reproduction; there are: {', '.join(PARTS)}")
    part = PARTS[name]
    published = read_published(part.published)
    if bench.parts and name not in bench.parts:
        return lay_beside(name, published, [], "this part was left out")
    missing = bench.missing(part.needs)
    if missing:
        where = f"{missing} is not there" if bench.data else f"{missing} is not there, as no folder of data was given"
        return lay_beside(name, published, [], where)
    return lay_beside(name, published, part.work(bench), "no music of these rows")
