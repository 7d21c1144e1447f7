"""Labels for music without any; no stage of a run, but what 09_predict and ``genrelab predict`` do."""

import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.catalogue import find_dataset
from pipeline.cluster import on_cluster
from pipeline.errors import InputError
from pipeline.excerpts import SPREAD, check_excerpts
from pipeline.playlist import say_unlisted
from pipeline.predict import ChampionKey, PlayedFiles, label_folder, label_table, play_labelled
from pipeline.predict.labels import VOTE, read_label_segments, read_labels
from pipeline.reasons import REASONS
from pipeline.report.predictions import write_playlists, write_table
from pipeline.settings import get_settings
from pipeline.stages.further_options import PredictOptions
from pipeline.tables import PREDICTION_SEGMENTS, PREDICTIONS

__all__ = ["PredictOptions", "Predicted", "predict"]


@dataclass(frozen=True)
class Predicted:
    """What a champion answered.

    Attributes
    ----------
    labels : pd.DataFrame
        rows of ``predictions``
    known_genres : list of str
        all that the champion knows
    segments : pd.DataFrame
        rows of ``prediction_segments``; empty where they were not asked for
    sentences : list of str
        what it comes to
    written : list of Path
    played : PlayedFiles or None
        what became of files that were played differently; None where that was not asked for, or none could be played
    """

    labels: pd.DataFrame
    known_genres: list[str]
    segments: pd.DataFrame
    sentences: list[str]
    written: list[Path]
    played: PlayedFiles | None = None

    @property
    def genres(self) -> pd.DataFrame:
        """Files of each genre, how probable it is in the mean, and how many of them are unlike the training music."""
        named = self.labels[self.labels["genre"].notna()].astype({"probability": float, "unlike": bool})
        found = named.groupby("genre").agg(
            files=("path", "size"), mean_probability=("probability", "mean"), unlike=("unlike", "sum")
        )
        return found.sort_values("files", ascending=False, kind="stable")

    @property
    def rejects(self) -> pd.DataFrame:
        """What could not be labelled, and why."""
        return self.labels.loc[self.labels["reason"].notna(), ["path", "reason", "detail"]].reset_index(drop=True)


def predict(key: ChampionKey, options: PredictOptions) -> Predicted:
    """Label a folder's files, or a table's tracks, and write what came of it.

    Raises
    ------
    InputError
        where the source can't be used, or nothing in it could be labelled: the rejects are written then all the same
    """
    given = options.source or find_dataset(key.run.database, key.run.dataset)["location"]
    source = Path(given).expanduser().resolve()
    if not source.exists():
        raise InputError(f"{given!r} does not exist: name a folder of audio, or a table of features")
    if options.horse and options.horse_files < 1:
        raise InputError(f"--horse-files must be 1 or more, not {options.horse_files}")
    if not source.is_dir():
        of_audio = {"--playlists": options.playlists, "--segments": options.segments, "--horse": options.horse,
                    "--scheduler": options.scheduler}  # fmt: skip
        for name, asked in of_audio.items():
            if asked:
                raise InputError(f"{name} is for a folder of audio, and {str(source)!r} is a table")
    excerpts = check_excerpts(options.excerpts) or SPREAD
    run, jobs = key.run, options.jobs or get_settings().jobs
    before, played = "", None
    if source.is_dir():
        labels, heard = label_folder(
            key, source, segments=options.segments, excerpts=excerpts, jobs=jobs, scheduler=options.scheduler
        )
        before = f"; {heard.n_before} stand from before" if heard.n_before else ""
        if options.horse:
            with on_cluster(options.scheduler):
                played = play_labelled(key, source, labels, most=options.horse_files, jobs=jobs)
            labels = read_labels(run, str(source), labels["path"])
    else:
        labels = label_table(key, source, options.id_column)
    segments = pd.DataFrame(columns=PREDICTION_SEGMENTS.names)
    out = Path(options.out or get_settings().exports / PREDICTIONS.file_name).expanduser().resolve()
    owner = {"run_id": run.run_id, "dataset": run.dataset}
    written = [write_table(PREDICTIONS, labels, out, **owner)]
    if options.segments:
        segments = read_label_segments(run, str(source), labels["path"])
        place = out.with_name(PREDICTION_SEGMENTS.file_name)
        written.append(write_table(PREDICTION_SEGMENTS, segments, place, **owner))
    if labels["genre"].isna().all():
        first = labels.iloc[0]
        raise InputError(
            f"none of the {len(labels)} files and tracks in {str(source)!r} could be labelled; the first, "
            f"{first['path']!r}: {first['detail']}; {str(out)!r} has all"
        )
    if options.playlists:
        written += write_playlists(labels, source, Path(options.playlists).expanduser().resolve())
    [champion] = run.model_documents(champion=True)
    said = [*_sentences(key, labels, before), *(played.sentences if played else ())]
    if options.playlists:
        said += say_unlisted(labels.loc[labels["genre"].notna(), "path"])
    if options.segments and segments.empty:
        said.append(f"{PREDICTION_SEGMENTS.file_name} has no row: the champion's run has no windows but the longest.")
    return Predicted(
        labels, list(champion["genres"]), segments, said, written, played if played and len(played.answers) else None
    )


def _sentences(key: ChampionKey, labels: pd.DataFrame, before: str) -> list[str]:
    named = labels[labels["genre"].notna()]
    is_known, is_unlike = (named[name].fillna(False).astype(bool) for name in ("known", "unlike"))
    new = named[~is_known & ~is_unlike]
    reasons = Counter(labels["reason"].dropna())
    said = [f"{len(named)} of {len(labels)} labelled by the champion of run {key.run.run_id}{before}."]
    if reasons:
        counted = "; ".join(f"{n} {reason} ({REASONS[reason].meaning})" for reason, n in reasons.most_common())
        said.append(f"Not labelled: {counted}.")
    is_vote = named["probability_is"].eq(VOTE)
    if is_vote.any():
        which = "The probabilities are" if is_vote.all() else f"Of {is_vote.sum()} the probabilities are"
        said.append(
            f"{which} the model's votes: too few tracks or artists to tell how often it is right, or files too short "
            "for it, whose segments have voted."
        )
    new = new[~is_vote[new.index]]
    # a table's rows are not looked for among those that it learned from
    learned, them = ("and that", "") if labels["known"].notna().any() else ("as long as", " them")
    if len(new):
        said.append(
            f"The probabilities are chances of being right for music like the training music: of {len(new)} that are, "
            f"{learned} it did not learn from{them}, about {new['probability'].mean():.0%} should be right."
        )
    if is_unlike.any():
        said.append(
            f"{is_unlike.sum()} are unlike all music that the champion learned from: don't believe their genre."
        )
    if key.run.is_of_earlier_tracks:
        again = f"genrelab run --dataset {shlex.quote(key.run.dataset)}"
        said.append(f"The dataset has changed since the champion learned from it: `{again}` trains one anew.")
    if is_known.any():
        said.append(f"{is_known.sum()} are recordings that it learned from: that it knows them proves nothing.")
    return said
