"""A dataset's models put to other ones; no stage of the chain, but what 10_transfer and ``genrelab transfer`` do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.errors import GenrelabError, InputError, UnreachableError
from pipeline.evaluation import load_samples
from pipeline.evaluation.contenders import Home
from pipeline.evaluation.elsewhere import say_transfer
from pipeline.evaluation.transfer import Tested
from pipeline.models import load_champion
from pipeline.predict import champion_of
from pipeline.settings import get_settings
from pipeline.stages.declared import transfer_to
from pipeline.stages.further_options import TransferOptions
from pipeline.stages.recording import record
from pipeline.stages.transfer_pair import ALL, CHAMPION, LEAVE, NONE, put_to
from pipeline.store import Run, StageRows, choose_dataset, refuse_imported
from pipeline.store.lease import hold

__all__ = ["TransferOptions", "Transferred", "transfer"]

MOST_NAMED = 10


@dataclass(frozen=True)
class Transferred:
    """What models got on other datasets.

    Attributes
    ----------
    rows : pd.DataFrame
        rows of ``transfers``, with ``trained_on``
    by_genre, answers : pd.DataFrame
        rows of ``transfer_genres`` and ``transfer_answers``, with ``trained_on``
    sentences : list of str
        what it comes to, a sentence or two for each pair of datasets
    remarks : list of str
        what was mapped, left out and not tested
    failed : list of str
        pairs of datasets that nothing can be told of, and datasets whose champion can't be put to any, and why
    """

    rows: pd.DataFrame
    by_genre: pd.DataFrame
    answers: pd.DataFrame
    sentences: list[str]
    remarks: list[str]
    failed: list[str]

    @property
    def matrix(self) -> pd.DataFrame:
        """The champions' rows: a row a pair of datasets."""
        shown = ["trained_on", "tested_on", "model", "n_genres", "own_recall", "recall", "ci_low", "ci_high", "gap",
                 "gap_ci_low", "gap_ci_high", "n"]  # fmt: skip
        return self.rows.loc[self.rows["is_champion"], shown].reset_index(drop=True)

    @property
    def board(self) -> pd.DataFrame:
        """All models, those that get most there first."""
        shown = ["trained_on", "tested_on", "model", "feature_set", "window_s", "own_recall", "recall", "ci_low",
                 "ci_high", "gap", "gap_ci_low", "gap_ci_high"]  # fmt: skip
        order = self.rows.sort_values(["trained_on", "tested_on", "recall"], ascending=[True, True, False])
        return order[shown].reset_index(drop=True)


def transfer(database: Database, dataset: str, run_id: str, options: TransferOptions) -> Transferred:
    """Put the champion of a dataset, and every model compared beside it, to another dataset, and record what it gets.

    Each run keeps what its models got on each other dataset. A later transfer to the same one takes its place, and a
    new comparison or champion outdates it.

    Parameters
    ----------
    database : Database
    dataset, run_id : str
        that learned; empty: the newest that has a champion, and its newest run
    options : TransferOptions

    Raises
    ------
    InputError
        where a dataset is unknown or has no champion, the datasets have too little in common, or an option is wrong; of
        several pairs, where there is no pair of which anything can be told
    UnreachableError
        where MongoDB does not answer
    """
    _check(options, dataset or run_id)
    sources = [(dataset, run_id)] if dataset or run_id or not options.pairs else _crowned(database)
    found: list[tuple[str, list[Tested]]] = []
    said: list[str] = []
    remarks: list[str] = []
    failed: list[str] = []
    tested_on = choose_dataset(database, options.to) if options.to else ""
    for source, run_of in sources:
        with _going_on(failed, repr(source), several=len(sources) > 1):
            run = champion_of(database, source, run_of).run
            refuse_imported(run)
            others = [tested_on] if tested_on else [name for name in _extracted(database) if name != run.dataset]
            if not others:
                raise InputError(f"there is no other dataset than {run.dataset!r} to test on: `genrelab run` makes one")
            several = len(sources) * len(others) > 1
            if tested_on == run.dataset:
                if several:
                    continue
                raise InputError(f"{tested_on!r} learned from itself: name another dataset to test on, by --to")
            with hold(database, run.dataset, run.run_id):
                home = _home(run, options)
                for other in others:
                    with _going_on(failed, f"{run.dataset!r} to {other!r}", several=several):
                        tested, notes = put_to(home, other, options)
                        _record(run, other, tested)
                        found.append((run.dataset, tested))
                        said.append(_named(run.dataset, other, several) + say_transfer(tested[0].row))
                        remarks += [_named(run.dataset, other, several) + words for words in notes]
    if not found:
        raise InputError(f"of no pair of datasets anything can be told; {'; '.join(failed[:MOST_NAMED])}")
    return Transferred(
        rows=pd.DataFrame([{"trained_on": of, **each.row} for of, tested in found for each in tested]),
        by_genre=pd.concat([tested[0].by_genre.assign(trained_on=of) for of, tested in found], ignore_index=True),
        answers=pd.concat([tested[0].answers.assign(trained_on=of) for of, tested in found], ignore_index=True),
        sentences=said,
        remarks=remarks,
        failed=failed,
    )


@contextmanager
def _going_on(failed: list[str], about: str, *, several: bool) -> Iterator[None]:
    """Keep what is wrong with one of several beside the others, which are gone on with; of a single one, raise it."""
    try:
        yield
    except UnreachableError:
        raise  # the others would meet the same
    except GenrelabError as error:
        if not several:
            raise
        failed.append(f"{about}: {error}")


def _check(options: TransferOptions, named: str) -> None:
    if options.pairs and named:
        raise InputError(f"--all is about every champion, and {named!r} names one: leave out --all or that")
    for name, value, known in (
        ("unmapped", options.unmapped, (LEAVE, NONE)),
        ("models", options.models, (ALL, CHAMPION)),
    ):
        if value not in known:
            raise InputError(f"--{name} {value!r} must be {' or '.join(known)}")
    if options.genre_map and (options.pairs or not options.to):
        raise InputError("--map says which genre of one dataset is which of another: name both, by --from and --to")


def _crowned(database: Database) -> list[tuple[str, str]]:
    """Return the datasets that have a champion."""
    found = sorted(database["runs"].distinct("dataset", {"champion": {"$ne": None}, "imported": None}))
    return [(name, "") for name in found if name in _extracted(database)]


def _extracted(database: Database) -> list[str]:
    """Return the datasets that have anything to test on."""
    return sorted(database["segments"].distinct("dataset"))


def _home(run: Run, options: TransferOptions) -> Home:
    champion = load_champion(run)
    models = {champion.name, *run.scores(stage="compare", subset="test")["model"]}
    samples = load_samples(run.database, run.dataset, models)
    return Home(run, champion, samples, options.seed, options.jobs or get_settings().jobs)


def _record(run: Run, other: str, tested: Sequence[Tested]) -> None:
    rows = StageRows(
        scores=pd.concat([each.scores for each in tested], ignore_index=True),
        tables={
            "transfers": pd.DataFrame([each.row for each in tested]),
            "transfer_genres": tested[0].by_genre,
            "transfer_answers": tested[0].answers,
        },
    )
    record(run, transfer_to(other), rows)


def _named(source: str, other: str, several: bool) -> str:
    return f"{source!r} to {other!r}: " if several else ""
