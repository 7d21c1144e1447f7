"""Which champion answers, and all it takes to ask it."""

from dataclasses import dataclass

from pymongo.database import Database

from pipeline.clip import CLIP_S
from pipeline.errors import InputError
from pipeline.features import find_feature_set, get_feature_set
from pipeline.features.means import base_set
from pipeline.models import (
    FittedModel,
    UnusableModelError,
    find_entry,
    load_champion,
    load_chance,
    load_other_models,
    load_unlike,
)
from pipeline.predict.classifier import Classifier
from pipeline.predict.errors import NoModelError
from pipeline.store import Run, choose_dataset, find_crowned, find_finished, find_run

COLUMNS_SHOWN = 12


@dataclass(frozen=True)
class ChampionKey:
    """Which champion answers, and what stage 06 made for it: cheap to ask for, and other once either is new."""

    run: Run
    generation: str
    calibration: str = ""

    def __str__(self) -> str:
        return f"{self.generation}/{self.calibration}"


def newest_champion(database: Database, dataset: str) -> ChampionKey | None:
    """Return the champion of the newest finished run of a dataset that has one, or None."""
    run = find_finished(database, dataset, champion={"$ne": None})
    return key_of(run) if run else None


def champion_of(database: Database, dataset: str = "", run_id: str = "") -> ChampionKey:
    """Return the champion of a run; none named: of the newest finished run that has one, else of the newest.

    No dataset named: that of the run, or else the newest that has a champion.

    Raises
    ------
    NoModelError
        where there is none yet
    InputError
        where there is no such run of that dataset
    """
    if run_id:
        run = find_run(database, dataset, run_id)
        key = key_of(run) if run.champion else None
        if key is None:
            raise NoModelError(f"run {run_id!r} has no champion yet: run 05_optimise on it first")
        return key
    dataset = dataset or choose_dataset(database, crowned=True)
    found = newest_champion(database, dataset) or _of_notebooks(database, dataset)
    if found is None:
        known = ", ".join(sorted(database["runs"].distinct("dataset", {"champion": {"$ne": None}}))) or "none yet"
        raise NoModelError(
            f"dataset {dataset!r} has no champion yet (those that have one: {known}): "
            "`genrelab run` on music with genres makes one"
        )
    return found


def _of_notebooks(database: Database, dataset: str) -> ChampionKey | None:
    """Return the champion of the newest run where none is finished: one of notebooks that somebody ran by hand."""
    run = find_crowned(database, dataset)
    return key_of(run) if run else None


def key_of(run: Run) -> ChampionKey | None:
    """Return the champion of a run, or None where it has none."""
    stages = run.facts.get("stages", {})  # none of a run that was removed meanwhile
    if "optimise" not in stages:
        return None
    held = stages.get("holdout", {})
    calibration = "" if held.get("outdated") else held.get("generation", "")
    return ChampionKey(run, stages["optimise"]["generation"], calibration)


def load_classifier(key: ChampionKey, *, of_table: bool = False) -> Classifier:
    """Load the champion and what lies beside it.

    Parameters
    ----------
    key : ChampionKey
    of_table : bool
        whether rows of a table are what it is asked for, of which nothing is measured here

    Raises
    ------
    NoModelError
        where a song can't be measured as the champion's rows were: they came from a table of unknown features; or
        the extra that the champion needs is not installed
    UnusableModelError
        where a stored model can't be used
    InputError
        where there is no champion any more
    """
    run, champion = key.run, load_champion(key.run)
    if not of_table and not is_measurable(champion):
        raise NoModelError(
            f"the champion of dataset {run.dataset!r} was made on features of {champion.feature_set!r}, which nobody "
            "can measure in a song: run on audio, choose another --dataset, or ask `genrelab predict` for a table with "
            f"its {len(champion.features)} columns: {name_some(champion.features)}"
        )
    if missing := _missing(run, champion, measured=not of_table):
        raise NoModelError(f"the champion of dataset {run.dataset!r} is {champion.name}, which {missing}")
    others = []
    if not of_table:
        others = [
            model
            for model in load_other_models(run)
            if is_measurable(model) and model.genres == champion.genres and not _missing(run, model)
        ]
    shortest = min([champion, *others], key=lambda model: model.window_s)
    return Classifier(
        run=run,
        champion=champion,
        segment_model=shortest if shortest.window_s < CLIP_S else None,
        chance=load_chance(run, champion),
        unlike=load_unlike(run, champion),
    )


def name_some(columns) -> str:
    """Name the first columns, and say how many more there are."""
    more = f" and {len(columns) - COLUMNS_SHOWN} more" if len(columns) > COLUMNS_SHOWN else ""
    return ", ".join(columns[:COLUMNS_SHOWN]) + more


def is_measurable(model: FittedModel) -> bool:
    """Tell whether this version can measure in a song what a model takes, given the packages; else it is of a table."""
    known = find_feature_set(base_set(model.feature_set))
    return known is not None and set(model.features) <= set(known.columns)


def _missing(run: Run, model: FittedModel, *, measured: bool = True) -> str:
    """Say what to install for a model, or to measure its features; empty where nothing is missing."""
    try:
        entry = find_entry(model.name)
    except InputError as error:
        why = "is of a kind that this version of genrelab does not know"
        raise UnusableModelError(run, f"model {model.name!r}", why) from error
    lacking = get_feature_set(base_set(model.feature_set)).say_missing() if measured else ""
    return entry.missing or (f"needs {lacking}" if lacking else "")
