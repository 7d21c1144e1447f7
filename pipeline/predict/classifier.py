"""The champion with what lies beside it, and its answer for one track."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.vote import pool
from pipeline.features import TAGS, Wanted, get_feature_set
from pipeline.features.means import base_set
from pipeline.models import Chance, FittedModel, Unlike, UnusableModelError
from pipeline.store import Run

TAG_WINDOW_S = 3.0
"""What the network of tags hears at a time; the tags of a song are the mean over these."""

MOST_TAGS = 8

FEWEST_SEGMENTS = 3
"""A file that is too short for the champion is answered by its segments where it has so many: ten seconds, mostly."""


@dataclass(frozen=True)
class Label:
    """The genre of a track, and how sure that is.

    Attributes
    ----------
    genres : tuple of str [shape=(n_genres,)]
    probabilities : np.ndarray [shape=(n_genres,)]
        chances of being right where `calibrated`, else the model's vote; sums to 1
    calibrated : bool
    genre_set : tuple of str
        genres of which one is promised to be right for nine in ten tracks of each genre, most probable first; empty
        where nothing is promised
    distance, limit : float
        to the nearest genre, without regard to loudness, and beyond which music counts as unlike all of them; infinite
        where that was not measured
    by_segments : bool
        whether the model of segments answered, since the file is too short for the champion
    """

    genres: tuple[str, ...]
    probabilities: np.ndarray
    calibrated: bool
    genre_set: tuple[str, ...]
    distance: float
    limit: float
    by_segments: bool = False

    @property
    def genre(self) -> str:
        """The most probable genre; of equals, the first by name, as in the batch."""
        return self.ranking[0][0]

    @property
    def second(self) -> str:
        """The second genre; empty where there is but one."""
        return self.ranking[1][0] if len(self.genres) > 1 else ""

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Genres with their probabilities, most probable first."""
        order = np.argsort(-self.probabilities, kind="stable")
        return [(self.genres[i], float(self.probabilities[i])) for i in order]

    @property
    def is_novel(self) -> bool:
        """Whether the track is unlike all the champion learned from."""
        return self.distance > self.limit


@dataclass(frozen=True)
class Classifier:
    """What a run's champion needs to answer.

    Attributes
    ----------
    run : Run
    champion : FittedModel
        names the genre
    segment_model : FittedModel or None
        names the segments: the stored model of the shortest windows, often the champion itself
    chance : Chance or None
        how the champion's vote is read; None where no stage has told
    unlike : Unlike or None
        tells music that is unlike what the champion learned from; None where no stage has told
    """

    run: Run
    champion: FittedModel
    segment_model: FittedModel | None
    chance: Chance | None = None
    unlike: Unlike | None = None

    def needs(self, *, segments: bool = False, tags: bool = False) -> list[Wanted]:
        """Return the feature sets and windows that an answer needs.

        Parameters
        ----------
        segments : bool
            whether segments are to be named too
        tags : bool
            whether the tags are wanted wherever they are installed; else where the champion's features hold them
        """
        needed = [_wanted(self.champion), *self.only_of_short]
        if segments and self.segment_model:
            needed.append(_wanted(self.segment_model))
        tags = tags or set(TAGS.columns) <= set(get_feature_set(needed[0][0]).columns)
        return list(dict.fromkeys([*needed, *([(TAGS.name, TAG_WINDOW_S)] if tags and TAGS.is_here else [])]))

    @property
    def only_of_short(self) -> list[Wanted]:
        """What an answer needs only of a file that is too short for the champion."""
        if self.segment_model is None or self.segment_model.window_s == self.champion.window_s:
            return []
        return [_wanted(self.segment_model)]

    @property
    def answers_on(self) -> list[float]:
        """Window lengths, seconds, of which a file must have one to be answered."""
        return [float(self.champion.window_s), *(window_s for _, window_s in self.only_of_short)]

    def answer_to(self, vectors: Mapping[Wanted, np.ndarray]) -> Label | None:
        """Answer for a track by what was heard of it; None where that is too little.

        A track that is too short for the champion is answered by the model of segments. Nobody has measured how often
        that is right, so it says how it votes, and promises nothing.

        Raises
        ------
        UnusableModelError
            where a model fails on it
        """
        X = rows_of(self.champion, vectors)
        if len(X):
            return self.label(X)
        model = self.segment_model
        if model is None or len(X := rows_of(model, vectors)) < FEWEST_SEGMENTS:
            return None
        return Label(tuple(model.genres), self._pooled(model, X), False, (), 0.0, np.inf, by_segments=True)

    def label(self, X: np.ndarray) -> Label:
        """Answer for a track, as stage 06 does: by the pooled vote of its windows.

        Parameters
        ----------
        X : np.ndarray [shape=(n_windows, n_features)]
            the champion's columns, of one window at least; of frames one axis more

        Raises
        ------
        UnusableModelError
            where a model fails on it
        """
        probabilities = self._pooled(self.champion, X)
        if self.chance:
            (probabilities,) = self.chance.of(probabilities[None, :])
        return Label(
            genres=tuple(self.champion.genres),
            probabilities=probabilities,
            calibrated=self.chance is not None,
            genre_set=self.chance.genre_set(probabilities) if self.chance else (),
            distance=float(self.unlike.distances(mean_of(X)[None, :])[0]) if self.unlike else 0.0,
            limit=self.unlike.limit if self.unlike else np.inf,
        )

    def _pooled(self, model: FittedModel, X: np.ndarray) -> np.ndarray:
        (probabilities,) = pool(self.vote(model, X), np.zeros(len(X), dtype=int))
        return probabilities

    def vote(self, model: FittedModel, X: np.ndarray) -> np.ndarray:
        """Return the probability of each of the model's genres for each row [shape=(n, n_genres)].

        Raises
        ------
        UnusableModelError
            where the model fails on it
        """
        votes = np.zeros((len(X), len(model.genres)))
        try:
            votes[:, model.estimator.classes_] = model.estimator.predict_proba(X)
        except Exception as error:  # whatever an estimator does that was fitted by another version, or is damaged
            why = f"fails on a song ({type(error).__name__})"
            raise UnusableModelError(self.run, f"model {model.name!r}", why) from error
        if not np.isfinite(votes).all():
            raise UnusableModelError(self.run, f"model {model.name!r}", "gives votes that are no numbers")
        return votes


def mean_of(X: np.ndarray) -> np.ndarray:
    """Return the mean over windows, and frames [shape=(n_features,)]: what a track is where tracks are compared."""
    return X.mean(axis=tuple(range(X.ndim - 1)), dtype=np.float64)


def _wanted(model: FittedModel) -> Wanted:
    return base_set(model.feature_set), float(model.window_s)


def rows_of(model: FittedModel, vectors: Mapping[Wanted, np.ndarray]) -> np.ndarray:
    """Return the model's columns of what was heard [shape=(n_windows, n_features)]; of frames one axis more."""
    name = base_set(model.feature_set)
    columns = get_feature_set(name).columns
    chosen = [columns.index(feature) for feature in model.features]
    found = vectors[name, float(model.window_s)]
    return found[..., chosen] if len(found) else np.empty((0, len(chosen)))


def strongest_tags(vectors: Mapping[Wanted, np.ndarray]) -> list[tuple[str, float]]:
    """Return the columns of the strongest tags with how much each applies, where they were heard."""
    found = vectors.get((TAGS.name, TAG_WINDOW_S))
    if found is None or not len(found):
        return []
    activations = found.mean(axis=0)
    order = np.argsort(-activations, kind="stable")[:MOST_TAGS]
    return [(TAGS.columns[i], float(activations[i])) for i in order]
