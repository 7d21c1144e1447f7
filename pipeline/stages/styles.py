"""The part of stage 06 that looks below the genre: how well styles are told, where tracks have two-level labels."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.evaluation import Samples, answer_out_of_fold, say_styles
from pipeline.evaluation.nested import codes_of, nest
from pipeline.evaluation.out_of_fold import OutOfFold
from pipeline.evaluation.styles import Votes, answer, describe_styles, score_styles
from pipeline.models import FittedModel
from pipeline.splits import holdout_policy
from pipeline.store import Run, read_frame
from pipeline.tables import STYLE_ANSWERS, STYLE_SCORES, STYLES

NO_STYLES = "No styles below genres: --sublabel names the column of a table, or of metadata, that has them."
NOTHING_TO_TELL = "No styles to tell: below no genre are there two that are left."


@dataclass(frozen=True)
class ByStyle:
    """How well genres and the styles below them are told.

    Attributes
    ----------
    rows, answers, scores : pd.DataFrame
        of ``styles``, ``style_answers`` and ``style_scores``
    remarks : list of str
        what it comes to, and which tracks have no style and why, a sentence each
    """

    rows: pd.DataFrame
    answers: pd.DataFrame
    scores: pd.DataFrame
    remarks: list[str]

    @property
    def board(self) -> pd.DataFrame:
        """A row a way to answer, a column a measure."""
        if self.scores.empty:
            return self.scores
        ways, measures = (list(dict.fromkeys(self.scores[name])) for name in ("way", "measure"))
        wide = self.scores.pivot(index="way", columns="measure", values="value").loc[ways, measures]
        return wide.rename_axis(columns=None).reset_index()


def by_style(run: Run, samples: Samples, champion: FittedModel, answers: OutOfFold, seed: int, jobs: int) -> ByStyle:
    """Let a model of the champion's kind name styles out of fold, and put it beside what the champion answered.

    Parameters
    ----------
    run : Run
    samples : Samples
        the champion's
    champion : FittedModel
    answers : OutOfFold
        its answers
    seed, jobs : int
    """
    learning = samples.learning().under(holdout_policy(champion.split))
    tracks = learning.rows.assign(genre=np.asarray(samples.genres, dtype=object)[learning.y], unit=learning.units)
    tracks = tracks.drop_duplicates("track_id")[["track_id", "genre", "unit"]]
    known = read_frame(run.database["tracks"], {"dataset": run.dataset}, ["track_id", "style"])
    tracks = tracks.merge(known, on="track_id", how="left")
    if tracks["style"].isna().all():
        return _nothing([NO_STYLES])
    nested = nest(tracks)
    if not nested.parents:
        return _nothing([*nested.remarks, NOTHING_TO_TELL])
    styles = tuple(nested.parents)
    code = learning.rows["track_id"].map(nested.styles).map({style: i for i, style in enumerate(styles)})
    of_styles = replace(learning, genres=styles, y=code.fillna(-1).to_numpy(int)).where(code.notna().to_numpy())
    below = answer_out_of_fold(champion, of_styles, seed, jobs)
    votes = _joined(answers, below, codes_of(nested.parents, samples.genres))
    if not len(votes):
        return _nothing([*nested.remarks, NOTHING_TO_TELL])
    answered, held = answer(votes, seed)
    scores = score_styles(votes, answered, held)
    rows, confused = describe_styles(votes, answered, samples.genres, styles)
    return ByStyle(rows, confused, scores, [*say_styles(scores), *nested.remarks])


def _nothing(remarks: list[str]) -> ByStyle:
    rows, answers, scores = (pd.DataFrame(columns=table.names) for table in (STYLES, STYLE_ANSWERS, STYLE_SCORES))
    return ByStyle(rows, answers, scores, remarks)


def _joined(of_genres: OutOfFold, of_styles: OutOfFold, parent: np.ndarray) -> Votes:
    """Return both models' votes for the tracks that both answered, those of each repeat beside each other."""
    one, other = (
        pd.DataFrame({"track": each.tracks, "place": np.arange(len(each))}).assign(
            repeat=lambda rows: rows.groupby("track").cumcount()
        )
        for each in (of_genres, of_styles)
    )
    both = one.merge(other, on=["track", "repeat"], suffixes=("", "_styles"))
    here, there = both["place"].to_numpy(int), both["place_styles"].to_numpy(int)
    return Votes(
        of_genres=of_genres.votes[here],
        of_styles=of_styles.votes[there],
        genre=of_genres.y[here],
        style=of_styles.y[there],
        unit=of_genres.units[here],
        track=of_genres.tracks[here],
        parent=parent,
    )
