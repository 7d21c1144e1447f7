"""The part of stage 06 that looks where the champion is worse: by country, region, culture, decade or the like."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import Samples, compare_subgroups, say_gaps
from pipeline.evaluation.out_of_fold import OutOfFold
from pipeline.evaluation.say_subgroups import PHRASES
from pipeline.evaluation.subgroups import FEWEST_TRACKS
from pipeline.printable import count
from pipeline.store import Run, read_frame

USUAL = ("country", "region", "culture", "decade")
"""Columns that are looked at where nobody names others."""
DECADE = "decade"


@dataclass(frozen=True)
class BySubgroup:
    """How good the champion is on each part of the music.

    Attributes
    ----------
    rows, gaps : pd.DataFrame
        of ``subgroups`` and ``subgroup_gaps``
    remarks : list of str
        the gaps in sentences, and which columns tell nothing and why
    """

    rows: pd.DataFrame
    gaps: pd.DataFrame
    remarks: list[str]

    @property
    def board(self) -> pd.DataFrame:
        """What is shown of the rows."""
        return self.rows[["by", "subgroup", "accuracy", "ci_low", "ci_high", "difference", "difference_low",
                          "difference_high", "beyond_genres", "q_value", "is_worse", "n", "n_groups"]]  # fmt: skip


def check_subgroups(asked: str) -> list[str]:
    """Return the columns that were asked for; those that are usual where none was.

    Raises
    ------
    InputError
        where there is no such column
    """
    columns = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip())) or list(USUAL)
    for name in columns:
        if name not in PHRASES:
            raise InputError(f"--subgroups {name!r}: no such column; there are: {', '.join(PHRASES)}")
    return columns


def by_subgroup(run: Run, samples: Samples, answers: OutOfFold, asked: str, seed: int) -> BySubgroup:
    """Compare what the champion answered out of fold on parts of the music.

    Parameters
    ----------
    run : Run
    samples : Samples
        the champion's
    answers : OutOfFold
    asked : str
        columns with commas between them; empty: the usual ones
    seed : int

    Raises
    ------
    InputError
        as `check_subgroups`
    """
    asked_for = check_subgroups(asked)
    answered = _answered(run, samples, answers)
    columns, remarks = [], []
    for by in asked_for:
        why = _why_not(answered, by)
        if not why:
            columns.append(by)
        elif asked:
            remarks.append(f"No subgroups by {by}: {why}.")
    if not columns and not asked:
        remarks.append("No subgroups to compare: --metadata can tell countries, regions, cultures and years.")
    rows, gaps = compare_subgroups(answered, columns, seed)
    said = [_say_all(answered), *say_gaps(gaps), *_say_left_out(answered, columns)] if columns else []
    return BySubgroup(rows, gaps, said + remarks)


def _answered(run: Run, samples: Samples, answers: OutOfFold) -> pd.DataFrame:
    """Return a row a track: its genre, its unit, the share of right answers, and all that makes subgroups."""
    given = pd.DataFrame(
        {
            "track": answers.tracks,
            "unit": answers.units,
            "genre": np.asarray(samples.genres, dtype=object)[answers.y],
            "right": (answers.votes.argmax(axis=1) == answers.y).astype(float),
        }
    )
    a_track = given.groupby("track").agg({"unit": "first", "genre": "first", "right": "mean"}).reset_index()
    return a_track.merge(_about(run, samples), on="track", how="left")


def parts_of(run: Run, samples: Samples, by: str) -> pd.Series:
    """Return the subgroup of each track by its number; missing where it is not known."""
    return _about(run, samples).set_index("track")[by]


def _about(run: Run, samples: Samples) -> pd.DataFrame:
    """Return the number of each track, and all that makes subgroups."""
    fields = [name for name in PHRASES if name != DECADE]
    about = read_frame(run.database["tracks"], {"dataset": run.dataset}, ["track_id", *fields])
    years = pd.to_numeric(about["year"])
    whole = {name: pd.to_numeric(about[name]).astype("Int64") for name in ("year", "sample_rate_hz", "channels")}
    decades = (years // 10 * 10).astype("Int64").astype("string") + "s"
    about = about.assign(**whole, **{DECADE: decades})
    named = samples.rows[["track", "track_id"]].drop_duplicates()
    return named.merge(about, on="track_id", how="left")


def _why_not(answered: pd.DataFrame, by: str) -> str:
    """Return why a column makes no subgroups; empty where it does."""
    here = answered[answered[by].notna()]
    if len(here) < 2 * FEWEST_TRACKS:
        return "too few tracks have one"
    if here[by].nunique() < 2:
        return "all tracks have the same"
    pairs = here[["genre", by]].drop_duplicates()
    if len(pairs) == pairs["genre"].nunique() == pairs[by].nunique():
        return "it is the label that the model names, class_report.csv tells of each"
    return ""


def _say_all(answered: pd.DataFrame) -> str:
    """Say what the champion gets of all tracks in the same way, which is not its test score."""
    share = f"{answered['right'].mean():.0%} of {count(len(answered), 'track')}"
    return f"Out of fold, by refits that had not learned from them, the champion gets {share} right: compare with that."


def _say_left_out(answered: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Say how many tracks have no value in each column."""
    missing = {by: int(answered[by].isna().sum()) for by in columns}
    return [f"{count(n, 'track')} without {by}: not compared." for by, n in missing.items() if n]
