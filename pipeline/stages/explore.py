"""Stage 03: what the features look like, and whether they and the labels can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import (
    JUDGES,
    Samples,
    check_labels,
    contrast_genres,
    doubt_labels,
    from_both_sides,
    labelled_values,
    load_samples,
    most_distinct,
    of_main_set,
    overlap_genres,
    profile,
    project,
    say_contrasts,
    say_overlaps,
    say_sampled,
    telling_features,
)
from pipeline.evaluation.threads import run_in_threads
from pipeline.quality import as_table, check_quality, read_usable
from pipeline.settings import get_settings
from pipeline.splits import usual_policy
from pipeline.stages.options import ExploreOptions
from pipeline.stages.recording import record, writes_to_run
from pipeline.store import Run, StageRows

MOST_BESIDE = 3
"""Genres whose profiles are drawn in one picture: lines of more hide each other."""

__all__ = ["ExploreOptions", "Explored", "explore"]


@dataclass(frozen=True)
class Explored:
    """What a look at the main feature set shows, without the holdout.

    Attributes
    ----------
    samples : sequence of Samples
        longest windows first
    remarks : list of str
        sentences on how labels were judged
    telling : list of str
        the features whose means differ most between the genres
    points : pd.DataFrame
        a map of the rows: ``pc1``, ``pc2``, ``genre``
    explained : np.ndarray [shape=(2,)]
        share of the variance that each of its directions explains
    profiles, contrasts, overlaps, checks, label_checks : pd.DataFrame
        rows of ``feature_profile``, ``genre_profile``, of `overlap_genres`, and of ``data_quality``
    contrast_remarks, overlap_remarks : list of str
        what sets each genre apart, and which overlap, in sentences
    side_by_side : list of str
        up to three genres to be drawn beside each other
    doubted : pd.DataFrame
        tracks whose labels to listen to, the most doubtful first
    """

    samples: Sequence[Samples]
    remarks: list[str]
    telling: list[str]
    points: pd.DataFrame
    explained: np.ndarray
    profiles: pd.DataFrame
    contrasts: pd.DataFrame
    overlaps: pd.DataFrame
    checks: pd.DataFrame
    label_checks: pd.DataFrame
    contrast_remarks: list[str]
    overlap_remarks: list[str]
    side_by_side: list[str]
    doubted: pd.DataFrame

    @property
    def features(self) -> Sequence[str]:
        """Names of the features."""
        return self.samples[0].features

    @property
    def values(self) -> pd.DataFrame:
        """``genre`` and the features of the longest windows."""
        return labelled_values(self.samples[0])

    @property
    def sizes(self) -> pd.DataFrame:
        """How many rows there are to learn from, by window."""
        return pd.DataFrame(
            {
                "window [s]": [window.window_s for window in self.samples],
                "tracks": [window.rows["track"].nunique() for window in self.samples],
                "segments": [len(window) for window in self.samples],
                "features": [len(window.features) for window in self.samples],
            }
        )


@writes_to_run
def explore(run: Run, options: ExploreOptions) -> Explored:
    """Look at the rows to learn from, and record each genre's profile and what the labels are worth.

    Raises
    ------
    InputError
        where nothing is extracted, or too few tracks are, or ``side_by_side`` names no genre, or more than three
    """
    database, dataset = run.database, run.dataset
    samples = [window.learning() for window in of_main_set(load_samples(database, dataset))]
    longest = samples[0]
    asked = check_side_by_side(options.side_by_side, longest.known().genres)
    points, explained = project(longest)
    profiles = pd.concat([profile(window) for window in samples], ignore_index=True)
    usable = read_usable(database, dataset)
    jobs = options.jobs or get_settings().jobs
    doubted = doubt_labels(longest, seed=options.seed, jobs=jobs)
    label_checks = as_table(check_labels(doubted, usable))
    by_unit = longest.under(usual_policy(longest.rows.drop_duplicates("track"))[0])
    both = [(contrast_genres,), (overlap_genres,)]
    contrasts, overlaps = run_in_threads(lambda compare: compare(by_unit, options.seed), both, jobs)
    tables = {"feature_profile": profiles, "genre_profile": contrasts, "genre_overlap": from_both_sides(overlaps)}
    record(run, "explore", StageRows(tables={**tables, "data_quality": label_checks}))
    about = usable[["track_id", "artist", "title"]]
    return Explored(
        samples=samples,
        remarks=say_sampled(JUDGES, [longest]),
        telling=telling_features(longest),
        points=points,
        explained=explained,
        profiles=profiles,
        contrasts=contrasts,
        overlaps=overlaps,
        checks=check_quality(database, dataset),
        label_checks=label_checks,
        contrast_remarks=say_contrasts(contrasts),
        overlap_remarks=say_overlaps(overlaps),
        side_by_side=asked or _most_distinct(overlaps, longest.known().genres),
        doubted=doubted.merge(about, on="track_id", how="left").query("issue").drop(columns="issue"),
    )


def check_side_by_side(asked: str, genres: Sequence[str]) -> list[str]:
    """Return the genres that were asked for to be drawn beside each other; none where nobody asked.

    Raises
    ------
    InputError
        where there is no such genre, or more than `MOST_BESIDE` were asked for
    """
    names = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    unknown = [name for name in names if name not in genres]
    if unknown:
        raise InputError(f"side_by_side {unknown[0]!r}: no such genre; there are: {', '.join(genres)}")
    if len(names) > MOST_BESIDE:
        raise InputError(f"side_by_side {asked!r}: {len(names)} genres, and {MOST_BESIDE} are the most")
    return names


def _most_distinct(overlaps: pd.DataFrame, genres: Sequence[str]) -> list[str]:
    """Return the genres that overlap least; where nothing tells how far they do, the first ones."""
    return list(genres[:MOST_BESIDE]) if overlaps.empty else most_distinct(overlaps, MOST_BESIDE)
