"""The parts of the reproduction: what each needs, and what does its work."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import InputError
from pipeline.reproduce import gaussians, gtzan, learned, pairs, six_seconds, spotify, windows
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced, lay_beside
from pipeline.reproduce.fifteenth import ExtraClass
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
    "learned": Part("learned", (learned.TAGS, gtzan.TABLE, gtzan.METADATA), learned.reproduce),
    "windows_gtzan_mini": Part("windows", (windows.MUSIC, windows.METADATA), windows.of_gtzan_mini),
    "windows_fma": Part("windows", (windows.FMA,), windows.of_fma),
    "windows_demo": Part("windows", (), windows.of_demo),
    "pairs_gtzan": Part("pairs", (gtzan.TABLE, gtzan.METADATA), pairs.of_gtzan),
    "pairs_fma": Part("pairs", (windows.FMA,), pairs.of_fma),
    "pairs_demo": Part("pairs", (), pairs.of_demo),
}


def reproduce(bench: Bench, name: str) -> pd.DataFrame:
    """Return a part's published figures beside ours; where `why_not` gives a reason, every row says it instead.

    Raises
    ------
    InputError
        where there is no such part, or the bench names one that there is not
    """
    part, reason = find_part(name), why_not(bench, name)
    ours = [] if reason else part.work(bench)
    return lay_beside(name, read_published(part.published), ours, reason or "there are no such rows")


def why_not(bench: Bench, name: str) -> str:
    """Return why a part is not computed, because it was left out or its data are not there; empty where it can be.

    Raises
    ------
    InputError
        as `reproduce` does
    """
    part = find_part(name)
    if bench.parts and part not in [find_part(wanted) for wanted in bench.parts]:
        return "this part was left out"
    missing = bench.missing(part.needs)
    if missing:
        return f"{missing} is not there" + ("" if bench.has_data else ", as no folder of data was given")
    if not bench.has_data and not bench.parts:
        return f"no folder of data was given; with parts {name} this one is computed without"
    return ""


def find_part(name: str) -> Part:
    """Return a part by name.

    Raises
    ------
    InputError
        where there is none, naming those there are
    """
    if name not in PARTS:
        raise InputError(f"no part {name!r} of the reproduction; there are: {', '.join(PARTS)}")
    return PARTS[name]


def fifteenth_class(bench: Bench) -> list[ExtraClass]:
    """Return how yes/no answers read on all the Spotify genres and on six; nothing where that part is not computed."""
    return [] if why_not(bench, "spotify") else list(spotify.read_yes_and_no(bench))
