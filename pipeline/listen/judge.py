"""The judge: the champion of the newest run, and all it takes to answer for a song."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import InputError
from pipeline.features import Wanted, find_feature_set, get_feature_set
from pipeline.features.means import base_set
from pipeline.features.words import name_tag
from pipeline.listen.answer import Answer, Evidence, Neighbour, Segment, Tag
from pipeline.listen.errors import SongError
from pipeline.listen.heard import Heard
from pipeline.listen.reference import NEAR, OWN, Reference, load_kept_references, load_reference
from pipeline.listen.why import explain
from pipeline.models import FittedModel, find_entry
from pipeline.predict import ChampionKey, Classifier, load_classifier, newest_champion
from pipeline.predict.classifier import mean_of, rows_of, strongest_tags
from pipeline.predict.learned import find_learned
from pipeline.store import Run

__all__ = ["ChampionKey", "Judge", "load_judge", "newest_champion"]


@dataclass(frozen=True, kw_only=True)
class Judge(Classifier):
    """A classifier that also says what speaks for its answer.

    Attributes
    ----------
    reference : Reference
        in the champion's features
    near : Reference
        in the features whose nearest tracks tell genres best
    near_by : (str, float)
        their set and window length [seconds]
    """

    reference: Reference
    near: Reference
    near_by: Wanted

    @property
    def wanted(self) -> list[Wanted]:
        """Feature sets and windows that `answer` needs to be heard."""
        return list(dict.fromkeys([*self.needs(segments=True, tags=True), self.near_by]))

    def answer(self, heard: Heard) -> Answer:
        """Answer for a song, as stage 06 does for a track: by the pooled vote of its windows.

        A recording is known by its middle too, as the champion may have learned from that alone.

        Raises
        ------
        SongError
            where the song is shorter than the champion's window
        UnusableModelError
            where a model fails on it
        """
        label = self.answer_to(heard.vectors)
        if label is None:
            raise SongError(
                "too_short",
                f"{heard.clip_s:.1f} s of audio is less than the {self.champion.window_s:g} s that "
                "this model listens to. Upload more of it.",
            )
        answer = Answer(
            **vars(label),
            is_known=bool(find_learned(self.run, [heard.content_hash])),
            segments=self._segments(heard),
            neighbours=self._nearest(heard),
            unpromised=self.chance.unpromised if self.chance else (),
            tags=tuple(Tag(name_tag(column), activation) for column, activation in strongest_tags(heard.vectors)),
        )
        X = rows_of(self.champion, heard.vectors)
        if not len(X):  # its segments answered
            return answer
        clip = X[heard.in_clip((base_set(self.champion.feature_set), float(self.champion.window_s)))]
        return replace(
            answer,
            is_known=answer.is_known or any(self.reference.holds(mean_of(rows)) for rows in (X, clip) if len(rows)),
            unusual=self.reference.unusual(mean_of(X), label.genre),
            evidence=self._why(X, label.probabilities),
        )

    def _nearest(self, heard: Heard) -> tuple[Neighbour, ...]:
        """Return the nearest tracks; none where the song is shorter than the window that they are compared by."""
        vectors = heard.vectors[self.near_by]
        return self.near.nearest(mean_of(vectors)) if len(vectors) else ()

    def _why(self, X: np.ndarray, probabilities: np.ndarray) -> tuple[Evidence, ...]:
        """Return what speaks for the first genre rather than the second, where values can be replaced one by one."""
        known = get_feature_set(base_set(self.champion.feature_set))
        if known.kind != "vectors" or len(probabilities) < 2:
            return ()
        first, second = np.argsort(-probabilities, kind="stable")[:2]
        return explain(lambda rows: self.vote(self.champion, rows), X, self.reference, (int(first), int(second)))

    def _segments(self, heard: Heard) -> tuple[Segment, ...]:
        model = self.segment_model
        if model is None:
            return ()
        X = rows_of(model, heard.vectors)
        starts_s = heard.starts_s[base_set(model.feature_set), float(model.window_s)]
        return tuple(
            Segment(float(start), float(start) + model.window_s, row, model.genres[int(row.argmax())])
            for start, row in zip(starts_s, self.vote(model, X) if len(X) else X, strict=True)
        )


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
    classifier = load_classifier(key)
    champion = classifier.champion
    own = (base_set(champion.feature_set), float(champion.window_s))
    if kept := load_kept_references(key.run):  # imported: the tracks are elsewhere
        own, reference = kept[OWN]
        near_by, near = kept.get(NEAR, kept[OWN])
        if not get_feature_set(near_by[0]).is_here:
            near_by, near = kept[OWN]
        return Judge(**vars(classifier), reference=reference, near=near, near_by=near_by)
    reference = load_reference(key.run, champion, *own, champion.features)
    near_by = _tells_best_by_distance(key.run, champion) or own
    columns = get_feature_set(near_by[0]).columns
    is_whole = tuple(champion.features) == columns  # a set's means alone are a part of it
    return Judge(
        **vars(classifier),
        reference=reference,
        near=reference if is_whole and near_by == own else load_reference(key.run, champion, *near_by, columns),
        near_by=near_by,
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
