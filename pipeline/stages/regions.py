"""Where music is from, told by its sound; no stage of the chain, but what 12_regions and ``genrelab regions`` do."""

from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.places import MODELS, evaluate_places, load_located, say_places
from pipeline.printable import count
from pipeline.quality import OF_PLACES, check_quality
from pipeline.settings import get_settings
from pipeline.stages.declared import REGIONS
from pipeline.stages.further_options import RegionsOptions
from pipeline.stages.recording import record
from pipeline.store import StageRows, find_run, refuse_imported
from pipeline.store.lease import hold

__all__ = ["Regions", "RegionsOptions", "regions"]


@dataclass(frozen=True)
class Regions:
    """Where the tracks of a dataset are from, as models tell it.

    Attributes
    ----------
    dataset : str
    places : pd.DataFrame
        rows of ``places``
    scores : pd.DataFrame
        rows of ``place_scores``
    sentences : list of str
        what it comes to
    remarks : list of str
        what was left out
    checks : pd.DataFrame
        what `check_quality` says of places
    """

    dataset: str
    places: pd.DataFrame
    scores: pd.DataFrame
    sentences: list[str]
    remarks: list[str]
    checks: pd.DataFrame

    @property
    def board(self) -> pd.DataFrame:
        """A row a policy and ``place_model``, a column a measure, in the order of `pipeline.places.MODELS`."""
        scores = self.scores.rename(columns={"model": "place_model"})
        wide = scores.pivot(index=["split_policy", "place_model"], columns="measure", values="value")
        policies = list(dict.fromkeys(self.scores["split_policy"]))
        order = [(policy, model) for policy in policies for model in MODELS if (policy, model) in wide.index]
        return wide.loc[order, list(dict.fromkeys(self.scores["measure"]))].rename_axis(columns=None).reset_index()


def regions(database: Database, dataset: str, run_id: str, options: RegionsOptions) -> Regions:
    """Let models tell where each track is from, under every split policy there is, and record how far off they are.

    All tracks are told, held out or not: no model here is chosen by it, and none of a genre learns of it.

    Parameters
    ----------
    database : Database
    dataset, run_id : str
        empty: the newest, and its newest finished run
    options : RegionsOptions

    Raises
    ------
    InputError
        where the dataset is unknown, has no run yet, or too few of its tracks have latitude and longitude
    """
    run = find_run(database, dataset, run_id)
    refuse_imported(run)
    if not run.run_id:
        raise InputError(f"dataset {run.dataset!r} has no run yet: `genrelab run --dataset {run.dataset}` makes one")
    with hold(database, run.dataset, run.run_id):
        located = load_located(database, run.dataset)
        places, scores = evaluate_places(located, options.seed, options.jobs or get_settings().jobs)
        record(run, REGIONS.name, StageRows(tables={"places": places, "place_scores": scores}))
    checks = check_quality(database, run.dataset)
    return Regions(
        dataset=run.dataset,
        places=places,
        scores=scores,
        sentences=say_places(scores),
        remarks=_remarks(located.n_unknown, scores),
        checks=checks[checks["check"].isin(OF_PLACES)].reset_index(drop=True),
    )


def _remarks(n_unknown: int, scores: pd.DataFrame) -> list[str]:
    said = [f"Left out: {count(n_unknown, 'track')} without a place that can be."] if n_unknown else []
    if "country" not in set(scores["model"]):
        said.append("Not every track has a country, so that nothing is told by countries, and none is left out.")
    if "artist" not in set(scores["split_policy"]):
        said.append("No performer is known, so that those of one performer may lie on both sides of a split.")
    return said
