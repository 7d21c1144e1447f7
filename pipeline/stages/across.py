"""Models of one part of a dataset put to its other parts: what ``genrelab transfer --by`` does."""

from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.evaluation import load_samples
from pipeline.evaluation.across import meet_across, say_across
from pipeline.evaluation.champion import find_samples
from pipeline.evaluation.say_subgroups import PHRASES
from pipeline.evaluation.subgroups import FEWEST_TRACKS
from pipeline.models import load_champion
from pipeline.predict import champion_of
from pipeline.settings import get_settings
from pipeline.stages.declared import transfer_by
from pipeline.stages.recording import record
from pipeline.stages.subgroups import parts_of
from pipeline.store import StageRows, refuse_imported
from pipeline.store.lease import hold


@dataclass(frozen=True)
class Across:
    """What models of each part get on the others.

    Attributes
    ----------
    dataset : str
    rows : pd.DataFrame
        rows of ``subgroup_transfers``
    sentences : list of str
        on a model that has learned from all parts but one
    """

    dataset: str
    rows: pd.DataFrame
    sentences: list[str]

    @property
    def matrix(self) -> pd.DataFrame:
        """Mean recall: a row a part that was learned from, a column one that was tested on."""
        return self.rows.pivot(index="trained_subgroup", columns="tested_subgroup", values="recall")


def across(database: Database, dataset: str, run_id: str, by: str, seed: int = 0, jobs: int = 0) -> Across:
    """Put a model of each country, region, culture or decade to the others, and record what it gets.

    Parameters
    ----------
    database : Database
    dataset, run_id : str
        whose champion says what kind of model; empty: the newest that has one, and its newest run
    by : str
        what makes the parts: a column of ``--subgroups``
    seed : int
        of refitted models
    jobs : int
        threads; 0: one a core

    Raises
    ------
    InputError
        where there is no such column, no champion, or no two parts have two genres in common
    """
    if by not in PHRASES:
        raise InputError(f"--by {by!r}: no such column; there are: {', '.join(PHRASES)}")
    run = champion_of(database, dataset, run_id).run
    refuse_imported(run)
    with hold(database, run.dataset, run.run_id):
        champion = load_champion(run)
        samples = find_samples(
            load_samples(database, run.dataset, [champion.name]), champion.feature_set, champion.window_s
        )
        rows = meet_across(champion, samples, parts_of(run, samples, by), seed, jobs or get_settings().jobs)
        if rows.empty:
            few = f"no two parts of {FEWEST_TRACKS} tracks each have two genres in common"
            raise InputError(f"by {by}, {few} in dataset {run.dataset!r}")
        rows = rows.assign(by=by)
        record(run, transfer_by(by), StageRows(tables={"subgroup_transfers": rows}))
    return Across(run.dataset, rows, say_across(rows))
