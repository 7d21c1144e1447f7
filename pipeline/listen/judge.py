"""The judge: the champion of the newest run, and all it takes to answer for a song."""

from dataclasses import dataclass

import numpy as np
from pymongo.database import Database

from pipeline.clip import CLIP_S
from pipeline.errors import InputError
from pipeline.evaluation.vote import pool
from pipeline.features import TAGS, find_feature_set, get_feature_set
from pipeline.features.means import base_set
from pipeline.listen.answer import Answer, Evidence, Neighbour, Segment, Tag
from pipeline.listen.errors import NoModelError, SongError
from pipeline.listen.heard import Heard, Wanted
from pipeline.listen.reference import Reference, load_reference
from pipeline.listen.why import explain
from pipeline.listen.wording import name_tag
from pipeline.models import (
    Chance,
    FittedModel,
    Unlike,
    UnusableModelError,
    find_entry,
    load_champion,
    load_chance,
    load_other_models,
    load_unlike,
)
from pipeline.store import Run, find_finished

TAG_WINDOW_S = 3.0
"""What the network of tags hears at a time; the tags of a song are the mean over these."""

MOST_TAGS = 8


@dataclass(frozen=True)
class ChampionKey:
    """Which champion a judge has, and what stage 06 made for it: cheap to ask for, and other once either is new."""

    run: Run
    generation: str
    calibration: str = ""


def newest_champion(database: Database, dataset: str) -> ChampionKey | None:
    """Return the champion of the newest finished run of a dataset that has one, or None."""
    run = find_finished(database, dataset, champion={"$ne": None})
    stages = run.facts.get("stages", {}) if run else {}  # none of a run that was removed meanwhile
    if run is None or "optimise" not in stages:
        return None
    held = stages.get("holdout", {})
    calibration = "" if held.get("outdated") else held.get("generation", "")
    return ChampionKey(run, stages["optimise"]["generation"], calibration)


@dataclass(frozen=True)
class Judge:
    """Models and reference of one run.

    Attributes
    ----------
    run : Run
    champion : FittedModel
        names the genre
    segment_model : FittedModel or None
        colours the segments: the stored model of the shortest windows, often the champion itself
    reference : Reference
        in the champion's features
    near : Reference
        in the features whose nearest tracks tell genres best
    near_by : (str, float)
        their set and window length [seconds]
    chance : Chance or None
        how the champion's vote is read; None where no stage has told
    unlike : Unlike or None
        tells music that is unlike what the champion learned from; None where no stage has told
    """

    run: Run
    champion: FittedModel
    segment_model: FittedModel | None
    reference: Reference
    near: Reference
    near_by: Wanted
    chance: Chance | None = None
    unlike: Unlike | None = None

    @property
    def wanted(self) -> list[Wanted]:
        """Feature sets and windows that `answer` needs to be heard."""
        models = [self.champion, *([self.segment_model] if self.segment_model else [])]
        wanted = [(base_set(model.feature_set), float(model.window_s)) for model in models]
        tags = [(TAGS.name, TAG_WINDOW_S)] if TAGS.is_here else []
        return list(dict.fromkeys([*wanted, self.near_by, *tags]))

    def answer(self, heard: Heard) -> Answer:
        """Answer for a song, as stage 06 does for a track: by the pooled vote of its windows.

        Raises
        ------
        SongError
            where the song is shorter than the champion's window
        UnusableModelError
            where a model fails on it
        """
        X = _rows(self.champion, heard)
        if not len(X):
            raise SongError(
                "too_short",
                f"{heard.clip_s:.1f} s of audio is less than the {self.champion.window_s:g} s that "
                "this model listens to. Upload more of it.",
            )
        song = X.mean(axis=tuple(range(X.ndim - 1)), dtype=np.float64)
        votes = self._vote(self.champion, X)
        (probabilities,) = pool(votes, np.zeros(len(votes), dtype=int))
        if self.chance:
            (probabilities,) = self.chance.of(probabilities[None, :])
        genre = self.champion.genres[int(probabilities.argmax())]
        return Answer(
            genres=tuple(self.champion.genres),
            probabilities=probabilities,
            segments=self._segments(heard),
            neighbours=self._nearest(heard),
            is_known=self.reference.holds(song),
            unusual=self.reference.unusual(song, genre),
            distance=float(self.unlike.distances(song[None, :])[0]) if self.unlike else 0.0,
            limit=self.unlike.limit if self.unlike else np.inf,
            calibrated=self.chance is not None,
            genre_set=self.chance.genre_set(probabilities) if self.chance else (),
            unpromised=self.chance.unpromised if self.chance else (),
            tags=_tags(heard),
            evidence=self._why(X, probabilities),
        )

    def _nearest(self, heard: Heard) -> tuple[Neighbour, ...]:
        """Return the nearest tracks; none where the song is shorter than the window that they are compared by."""
        vectors = heard.vectors[self.near_by]
        song = vectors.mean(axis=tuple(range(vectors.ndim - 1)), dtype=np.float64) if len(vectors) else None
        return () if song is None else self.near.nearest(song)

    def _why(self, X: np.ndarray, probabilities: np.ndarray) -> tuple[Evidence, ...]:
        """Return what speaks for the first genre rather than the second, where values can be replaced one by one."""
        known = get_feature_set(base_set(self.champion.feature_set))
        if known.kind != "vectors" or len(probabilities) < 2:
            return ()
        first, second = np.argsort(-probabilities, kind="stable")[:2]
        return explain(lambda rows: self._vote(self.champion, rows), X, self.reference, (int(first), int(second)))

    def _segments(self, heard: Heard) -> tuple[Segment, ...]:
        model = self.segment_model
        if model is None:
            return ()
        X = _rows(model, heard)
        starts_s = heard.starts_s[base_set(model.feature_set), float(model.window_s)]
        return tuple(
            Segment(float(start), float(start) + model.window_s, row, model.genres[int(row.argmax())])
            for start, row in zip(starts_s, self._vote(model, X) if len(X) else X, strict=True)
        )

    def _vote(self, model: FittedModel, X: np.ndarray) -> np.ndarray:
        try:
            votes = vote(model, X)
        except Exception as error:  # whatever an estimator does that was fitted by another version, or is damaged
            why = f"fails on a song ({type(error).__name__})"
            raise UnusableModelError(self.run, f"model {model.name!r}", why) from error
        if not np.isfinite(votes).all():
            raise UnusableModelError(self.run, f"model {model.name!r}", "gives votes that are no numbers")
        return votes


def load_judge(key: ChampionKey) -> Judge:
    """Load the champion, the model for segments and the tracks to compare with.

    Raises
    ------
    NoModelError
        where a song can't be measured as the champion's rows were: they came from a table of unknown features; or
        the extra that the champion needs is not installed
    UnusableModelError
        where a stored model can't be used
    InputError
        where there is no champion any more, or nothing that it learned from
    """
    dataset, champion = key.run.dataset, load_champion(key.run)
    if not _is_measurable(champion):
        raise NoModelError(
            f"the champion of dataset {dataset!r} was made on features of {champion.feature_set!r}, which nobody can "
            "measure in a song: run on audio, or serve another --dataset"
        )
    missing = _missing(key.run, champion)
    if missing:
        raise NoModelError(f"the champion of dataset {dataset!r} is {champion.name}, which {missing}")
    others = [
        model
        for model in load_other_models(key.run)
        if _is_measurable(model) and model.genres == champion.genres and not _missing(key.run, model)
    ]
    own = (base_set(champion.feature_set), float(champion.window_s))
    reference = load_reference(key.run, champion, *own, champion.features)
    near_by = _tells_best_by_distance(key.run, champion) or own
    shortest = min([champion, *others], key=lambda model: model.window_s)
    return Judge(
        run=key.run,
        champion=champion,
        segment_model=shortest if shortest.window_s < CLIP_S else None,
        reference=reference,
        near=reference if near_by == own else _load_near(key.run, champion, near_by),
        near_by=near_by,
        chance=load_chance(key.run, champion),
        unlike=load_unlike(key.run, champion),
    )


def _tells_best_by_distance(run: Run, champion: FittedModel) -> Wanted | None:
    """Return the set and window by whose nearest rows most test tracks were named rightly; None where none was tried.

    A song's neighbours are a reason to believe the answer only as far as nearness means the genre.
    """
    scores = run.scores(subset="test", level="track", metric="accuracy", split_policy=champion.split)
    heard = [name for name in scores["feature_set"].unique() if (known := find_feature_set(name)) and known.is_here]
    by_distance = [name for name in scores["model"].unique() if _answers_by_distance(name)]
    here = scores[scores["feature_set"].isin(heard) & scores["model"].isin(by_distance)]
    if here.empty:
        return None
    best = here.sort_values(["value", "feature_set", "window_s"], ascending=[False, True, False]).iloc[0]
    return best["feature_set"], float(best["window_s"])


def _answers_by_distance(name: str) -> bool:
    try:
        return find_entry(name).by_distance
    except InputError:  # a model of another version
        return False


def _load_near(run: Run, champion: FittedModel, near_by: Wanted) -> Reference:
    return load_reference(run, champion, *near_by, get_feature_set(near_by[0]).columns)


def _is_measurable(model: FittedModel) -> bool:
    known = find_feature_set(base_set(model.feature_set))
    return known is not None and set(model.features) <= set(known.columns)


def _missing(run: Run, model: FittedModel) -> str:
    """Say what to install for a model, or to measure its features; empty where nothing is missing."""
    try:
        entry = find_entry(model.name)
    except InputError as error:
        why = "is of a kind that this version of genrelab does not know"
        raise UnusableModelError(run, f"model {model.name!r}", why) from error
    lacking = get_feature_set(base_set(model.feature_set)).say_missing()
    return entry.missing or (f"needs {lacking}" if lacking else "")


def vote(model: FittedModel, X: np.ndarray) -> np.ndarray:
    """Return the probability of each of the model's genres [shape=(n, n_genres)]."""
    probabilities = np.zeros((len(X), len(model.genres)))
    probabilities[:, model.estimator.classes_] = model.estimator.predict_proba(X)
    return probabilities


def _tags(heard: Heard) -> tuple[Tag, ...]:
    """Return the strongest tags of a song, where they were asked for."""
    vectors = heard.vectors.get((TAGS.name, TAG_WINDOW_S))
    if vectors is None or not len(vectors):
        return ()
    activations = vectors.mean(axis=0)
    order = np.argsort(-activations, kind="stable")[:MOST_TAGS]
    return tuple(Tag(name_tag(TAGS.columns[i]), float(activations[i])) for i in order)


def _rows(model: FittedModel, heard: Heard) -> np.ndarray:
    """Return the model's columns of what was heard [shape=(n_windows, n_features)]; of frames one axis more."""
    name = base_set(model.feature_set)
    columns = get_feature_set(name).columns
    chosen = [columns.index(feature) for feature in model.features]
    vectors = heard.vectors[name, float(model.window_s)]
    return vectors[..., chosen] if len(vectors) else np.empty((0, len(chosen)))
