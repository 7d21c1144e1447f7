"""The horse test of music without labels: do the answers stay where files are only played differently?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pymongo import UpdateOne

from pipeline.evaluation.harmless import ChangedAnswers, tell_changes
from pipeline.features import Wanted
from pipeline.features.means import base_set
from pipeline.predict.champion import ChampionKey, load_classifier
from pipeline.predict.classifier import Classifier, rows_of
from pipeline.printable import bar, count, say
from pipeline.random_streams import stream
from pipeline.reasons import REASONS
from pipeline.robustness import CHANGES, Played, play_all
from pipeline.tables import ANY, AS_IT_IS

MOST_FILES = 200
"""Files that are played unless told."""

ALL_TOGETHER = "all of these"


@dataclass(frozen=True)
class PlayedFiles:
    """What the champion answered to files that were played differently.

    Attributes
    ----------
    answers : pd.DataFrame
        a row a file, its path the index: the genre under each change, by the change's code, `AS_IT_IS` for none
    n_labelled : int
        files that the played ones were drawn from
    why_not : dict
        by path, why a drawn file could not be played
    """

    answers: pd.DataFrame
    n_labelled: int
    why_not: dict[str, str]

    @property
    def rates(self) -> pd.DataFrame:
        """A row a change, and last all together: how many answers become others; columns of ``harmless_changes``."""
        codes, genres = pd.factorize(self.answers.to_numpy(object).ravel())
        table = codes.reshape(self.answers.shape)  # NO_ANSWER where there is none
        rows = tell_changes(
            ChangedAnswers(tuple(genres), table[:, 0], np.arange(len(table)), table[:, 0], table[:, 1:], CHANGES)
        )
        shown = ["change", "change_name", "unheard", "flip_rate", "flip_ci_low", "flip_ci_high", "n"]
        return rows.loc[rows["change"] != AS_IT_IS, shown].reset_index(drop=True)

    @property
    def by_genre(self) -> pd.DataFrame:
        """The share of answers that become others: a row a genre, a column a change in words, and ``files``."""
        as_they_are = self.answers[AS_IT_IS]
        flips = self.answers[[change.name for change in CHANGES]].ne(as_they_are, axis=0)
        flips = flips.rename(columns={change.name: change.words for change in CHANGES})
        grouped = flips.assign(**{ALL_TOGETHER: flips.any(axis=1)}).groupby(as_they_are.rename("genre"))
        return grouped.mean().assign(files=grouped.size()).rename_axis("genre")

    @property
    def sentences(self) -> list[str]:
        """What it comes to."""
        said = []
        if len(self.answers):
            rates = self.rates.set_index("change")
            worst, unheard = rates.drop(ANY).sort_values("flip_rate").iloc[-1], rates[rates["unheard"].astype(bool)]
            all_played = self.n_labelled == len(self.answers) + len(self.why_not)
            files = count(len(self.answers), "file") + ("" if all_played else f", drawn from {self.n_labelled:,},")
            keeping = "keeps its genre" if len(self.answers) == 1 else "keep their genre"
            said.append(
                f"Played differently, {1 - rates.loc[ANY, 'flip_rate']:.0%} of {files} {keeping} whatever is done. "
                f"{worst['change_name'].capitalize()} changes most answers: {worst['flip_rate']:.0%}. What nobody "
                f"hears changes {unheard['flip_rate'].max():.0%} at most."
            )
        if self.why_not:
            reasons = Counter(self.why_not.values()).most_common()
            counted = "; ".join(f"{n} {reason} ({REASONS[reason].meaning})" for reason, n in reasons)
            said.append(f"Not played differently: {counted}.")
        return said


def play_labelled(
    key: ChampionKey, root: Path, labels: pd.DataFrame, *, most: int = MOST_FILES, jobs: int = 1
) -> PlayedFiles:
    """Play labelled files with every harmless change, and keep what the champion answers; none is played twice.

    Of a file over 33 s only the middle 30 s are played.

    Parameters
    ----------
    key : ChampionKey
        who has labelled them
    root : Path
        the folder, its full path
    labels : pd.DataFrame
        rows of ``predictions``
    most : int
        so many files, drawn at random, where there are more
    jobs : int
        worker processes

    Raises
    ------
    InputError
        where there is nobody to ask
    """
    named = np.sort(labels.loc[labels["genre"].notna(), "path"].to_numpy(object))
    drawn = sorted(stream("files played differently").permutation(named)[:most])
    known = _read(key, root, drawn)
    todo = [path for path in drawn if path not in known]
    why_not = {}
    if todo:
        files, times = count(len(todo), "file"), len(CHANGES) + 1
        say(
            f"{files} of {count(len(named), 'labelled file')}: playing each with {len(CHANGES)} harmless changes "
            f"takes about as long as hearing {count(len(todo) * times, 'file')} of 30 s"
        )
        why_not = _play(key, root, todo, jobs)
        known = _read(key, root, drawn)
    changes = [AS_IT_IS, *(change.name for change in CHANGES)]
    answers = pd.DataFrame.from_dict(known, orient="index", columns=changes).rename_axis("path").sort_index()
    return PlayedFiles(answers, len(named), why_not)


def _play(key: ChampionKey, root: Path, paths: Sequence[str], jobs: int) -> dict[str, str]:
    """Play files and keep the answers one by one; return why which could not be."""
    classifier, why_not = load_classifier(key), {}
    wanted = (base_set(classifier.champion.feature_set), float(classifier.champion.window_s))
    collection = key.run.database["labels"]
    tracks = [{"track_id": path, "path": path} for path in paths]
    with bar("play differently", "file", len(tracks)) as shown:
        for played in play_all(root, tracks, wanted, jobs):
            answers = _answers(classifier, wanted, played)
            if answers is None:
                why_not[played.track_id] = played.why_not or "not_finite"
            else:
                stands = all(answer == answers[AS_IT_IS] for answer in answers.values())
                kept = {"played": answers, "withstood": stands}
                collection.bulk_write([UpdateOne(_of(key, root) | {"path": played.track_id}, {"$set": kept})])
            shown.update()
    return why_not


def _answers(classifier: Classifier, wanted: Wanted, played: Played) -> dict[str, str | None] | None:
    """Return the genre under each change, missing where it has none; None where the file as it is has none."""
    rows = {change: rows_of(classifier.champion, {wanted: X}) for change, X in played.vectors.items()}
    if not len(rows.get(AS_IT_IS, ())):
        return None
    return {change: classifier.label(X).genre if len(X) else None for change, X in rows.items()}


def _read(key: ChampionKey, root: Path, paths: Sequence[str]) -> dict[str, dict[str, Any]]:
    wanted = set(paths)
    found = key.run.database["labels"].find(
        _of(key, root) | {"played": {"$exists": True}}, {"_id": False, "path": True, "played": True}
    )
    return {each["path"]: each["played"] for each in found if each["path"] in wanted}


def _of(key: ChampionKey, root: Path) -> dict[str, Any]:
    run = key.run
    return {"dataset": run.dataset, "run_id": run.run_id, "source": str(root), "champion": str(key)}
