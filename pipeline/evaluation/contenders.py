"""The models of a run that another dataset is put to, each with what it got on its own collection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from pipeline.errors import InputError
from pipeline.evaluation.answered import AnsweredTracks, unpack_answers
from pipeline.evaluation.champion import find_samples
from pipeline.evaluation.mean_recall import Answered
from pipeline.evaluation.protocol import Candidate, evaluate, fit
from pipeline.evaluation.samples import Samples
from pipeline.models import FittedModel, find_entry
from pipeline.splits import holdout_policy
from pipeline.store import Run

NOTHING = Answered(np.empty(0, dtype=object), np.empty(0), np.empty(0), np.empty(0, dtype=int))


@dataclass(frozen=True)
class Contender:
    """A model that learned from all of its own collection but the holdout.

    Attributes
    ----------
    model : str
    learned : Samples
        what it learned from; `genres` are all that it knows
    estimator : fitted Pipeline
    own : Answered
        what models made the same way answered to test tracks of its own collection; nothing of a guesser
    optimism : float
        by how much the champion's own accuracy is too high, being the highest of many; 0 of the others
    is_champion : bool
    """

    model: str
    learned: Samples = field(repr=False)
    estimator: Pipeline = field(repr=False)
    own: Answered = field(repr=False)
    optimism: float = 0.0
    is_champion: bool = False


@dataclass(frozen=True)
class Home:
    """A run's own collection: all that its contenders are made from.

    Attributes
    ----------
    run : Run
    champion : FittedModel
    samples : sequence of Samples
        of its dataset
    seed, jobs : int
    """

    run: Run
    champion: FittedModel
    samples: Sequence[Samples] = field(repr=False)
    seed: int = 0
    jobs: int = 1

    @property
    def policy(self) -> str:
        """The split policy that its own scores are read under: an honest one."""
        return holdout_policy(self.champion.split)

    @property
    def search(self) -> str:
        """The effort with which parameters were searched for in 04 and 05: models are made here as they were there."""
        return (self.run.facts.get("parameters") or {}).get("search") or "none"

    def named(self, *, only_champion: bool = False) -> list[tuple[str, str, float]]:
        """Return model, feature set and window of the champion, then of every candidate that was compared."""
        champion = (self.champion.name, self.champion.feature_set, float(self.champion.window_s))
        compared = self.run.scores(stage="compare", subset="test", split_policy=self.policy)
        rest = compared[["model", "feature_set", "window_s"]].drop_duplicates().itertuples(index=False, name=None)
        return list(dict.fromkeys([champion, *(() if only_champion else rest)]))

    def learning(self, feature_set: str, window_s: float) -> Samples:
        """Return the rows that a model of this feature set and window learns from."""
        return find_samples(self.samples, feature_set, window_s).learning().under(self.policy).known()

    def contender(self, model: str, learned: Samples, stored: Mapping[Any, AnsweredTracks], repeats: int) -> Contender:
        """Fit a model, or take the champion as it is stored, with what it answered at home.

        Parameters
        ----------
        model : str
        learned : Samples
            as `learning` gives them, or some of their columns
        stored : mapping
            what `stored_answers` gives; of what is not there, splits are evaluated anew
        repeats : int
            how many of them
        """
        name = (model, learned.feature_set, learned.window_s)
        is_champion = name == (self.champion.name, self.champion.feature_set, float(self.champion.window_s))
        whole = find_samples(self.samples, learned.feature_set, learned.window_s)
        as_stored = is_champion and len(learned.features) == len(whole.features)
        if as_stored and (tuple(self.champion.genres), tuple(self.champion.features)) != (
            learned.genres,
            learned.features,
        ):
            raise InputError(
                f"the champion of dataset {self.run.dataset!r} was made on other genres or features than it has now: "
                f"`genrelab run --dataset {self.run.dataset} --from compare` makes it anew"
            )
        own = NOTHING
        if not find_entry(model).baseline:
            key = (*name, self.policy)
            answers = stored.get(key) if len(learned.features) == len(whole.features) else None
            if answers is None:
                how: dict[str, Any] = {"repeats": repeats, "seed": self.seed, "jobs": self.jobs}
                answers = evaluate([Candidate(model, learned, self.policy, self.search)], **how).answered[key]
            own = _at_home(answers, learned)
        facts = self.run.champion or {}
        corrected = facts.get("corrected_accuracy") if is_champion else None
        return Contender(
            model=model,
            learned=learned,
            estimator=self.champion.estimator if as_stored else self._fitted(model, learned),
            own=own,
            optimism=0.0 if corrected is None else float(facts["test_accuracy"] - corrected),
            is_champion=is_champion,
        )

    def _fitted(self, model: str, learned: Samples) -> Pipeline:
        return fit(model, learned, self.seed, search=self.search, policy=self.policy).estimator

    def stored_answers(self) -> dict[Any, AnsweredTracks]:
        """Return what candidates answered to test tracks in 04 and 05."""
        return unpack_answers(self.run.answers(split_policy=self.policy))


def _at_home(answers: AnsweredTracks, learned: Samples) -> Answered:
    first = learned.rows.drop_duplicates("track")
    of_track = pd.DataFrame(
        {"genre": np.array(learned.genres, dtype=object)[learned.y[first.index]], "unit": learned.units[first.index]},
        index=first["track_id"],
    )
    known = np.isin(answers.track_ids, of_track.index)
    tracks = of_track.loc[answers.track_ids[known]]
    return Answered(tracks["genre"].to_numpy(), answers.right[known], answers.n[known], tracks["unit"].to_numpy())
