"""What a run knows of itself, gathered once for the reporting sheet and the model card."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.catalogue import excerpts_of, extracted_windows, find_dataset
from pipeline.evaluation import Headline, headline
from pipeline.quality import check_quality, name_check
from pipeline.set_names import parts_of
from pipeline.settled import read_settled
from pipeline.splits import Policy, artist_key, find_policy, holdout_policy
from pipeline.store import Run, read_frame
from pipeline.store.frames import segments_query

ABOUT_TRACKS = (
    "track_id", "genre", "artist", "title", "duration_s", "holdout", "predefined_split", "duplicate_of", "content_hash",
)  # fmt: skip


@dataclass(frozen=True)
class RunFacts:
    """A run as its sheet and its card tell of it.

    Attributes
    ----------
    run_id, dataset : str
    run, known : dict
        the documents of the run and of the dataset
    tracks : pd.DataFrame
        the usable ones, ``ABOUT_TRACKS``; ``artist_key``, what two spellings of an artist have in common
    rejects : pd.Series
        numbers of rejects by reason
    n_rows : dict
        rows by feature set and window [s]
    checks : pd.DataFrame
        rows of ``data_quality`` by ``check``
    scores, comparisons, curve, mistakes : pd.DataFrame
        of the current stages; without rows where none was run
    found : Headline or None
    champion_fields : dict
        of its document in ``models``; empty where there is no champion
    """

    run_id: str
    dataset: str
    run: dict[str, Any]
    known: dict[str, Any]
    tracks: pd.DataFrame
    rejects: pd.Series
    n_rows: dict[tuple[str, float], int]
    checks: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    curve: pd.DataFrame
    mistakes: pd.DataFrame
    found: Headline | None
    champion_fields: dict[str, Any]

    @property
    def parameters(self) -> dict[str, Any]:
        """What the run was asked for; empty of one that began with a notebook."""
        return self.run.get("parameters") or {}

    @property
    def champion(self) -> dict[str, Any]:
        """What the run says of its champion; empty before it has one."""
        return self.run.get("champion") or {}

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """What the champion gets on other datasets, in sentences; empty where none was tested."""
        return self.found.elsewhere if self.found else ()

    @property
    def policy(self) -> Policy | None:
        """The policy that results are read under; None before models were compared."""
        name = self.run.get("split_policy")
        return find_policy(name) if name else None

    @property
    def source_name(self) -> str:
        """The name of the folder or table that the music came from, without where it lies."""
        return Path(self.known["location"]).name

    @property
    def has_holdout(self) -> bool:
        """Whether any track is held out."""
        return bool(self.tracks["holdout"].any())

    @property
    def is_audio(self) -> bool:
        """Whether features were computed here, from sound."""
        return self.known["source"] == "audio"

    @property
    def excerpts(self) -> str:
        """Which stretches of its files were analysed."""
        return excerpts_of(self.known)

    @property
    def genres(self) -> list[str]:
        """The genres, sorted."""
        return sorted(self.tracks["genre"].unique())

    @property
    def digest(self) -> str:
        """Of ids, labels and contents of all usable tracks: two runs that agree in it had the same data."""
        columns = self.tracks.sort_values("track_id")[["track_id", "genre", "content_hash"]]
        lines = (f"{track}\0{genre}\0{content}" for track, genre, content in columns.itertuples(index=False))
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()

    def check(self, name: str) -> list[str]:
        """Return what a check says, a sentence a row; of a check by window, a sentence a window."""
        here = self.checks[self.checks["check"].str.startswith(name)]
        rows = here[here["check"].str.fullmatch(rf"{name}(_[\d.e+-]+s)?")]
        return [f"Check {name_check(row.check)}: {row.detail.removesuffix('.')}." for row in rows.itertuples()]

    def warns(self, name: str) -> bool:
        """Tell whether a check warns."""
        here = self.checks[self.checks["check"].str.fullmatch(rf"{name}(_[\d.e+-]+s)?")]
        return bool((here["status"] == "warning").any())

    def champion_scores(self, subset: str) -> pd.DataFrame:
        """Return the champion's scores of whole tracks."""
        chosen, champion = self.scores, self.champion
        if chosen.empty or not champion:
            return chosen.head(0)
        policy = champion["split_policy"]
        same = chosen["split_policy"] == (holdout_policy(policy) if subset == "holdout" else policy)
        for name in ("model", "feature_set", "window_s"):
            same &= chosen[name] == champion[name]
        return chosen[same & (chosen["subset"] == subset) & (chosen["level"] == "track")]


def read_facts(run: Run, checks: pd.DataFrame | None = None) -> RunFacts:
    """Gather them.

    Parameters
    ----------
    run : Run
    checks : pd.DataFrame, optional
        all rows of ``data_quality``, where somebody has them: to look for near duplicates takes its time

    Raises
    ------
    InputError
        where nothing is extracted
    """
    database, dataset = run.database, run.dataset
    tracks = read_settled(database, dataset, ABOUT_TRACKS)
    rejects = read_frame(database["rejects"], {"dataset": dataset}, ["reason"])
    if checks is None:
        checks = pd.concat([check_quality(database, dataset), run.table("data_quality")], ignore_index=True)
    champions = run.model_documents(champion=True) if run.champion else []
    return RunFacts(
        run_id=run.run_id,
        dataset=dataset,
        run=run.facts,
        known=find_dataset(database, dataset),
        tracks=tracks.assign(artist_key=tracks["artist"].map(artist_key)),
        rejects=rejects["reason"].value_counts(),
        n_rows=count_rows(run),
        checks=checks,
        scores=run.scores(),
        comparisons=run.table("model_comparisons"),
        curve=run.table("learning_curve"),
        mistakes=run.table("mistakes_by_group"),
        found=headline(run),
        champion_fields=champions[0] if champions else {},
    )


def count_rows(run: Run) -> dict[tuple[str, float], int]:
    """Count the rows of each feature set and window length [seconds]; of a combination those that all parts have."""
    extracted = {
        **extracted_windows(run.database, run.dataset), **extracted_windows(run.database, run.dataset, sequences=True)
    }  # fmt: skip
    count = run.database["segments"].count_documents
    return {
        (name, window_s): min(count(segments_query(run.dataset, part, window_s)) for part in parts_of(name))
        for name, windows_s in extracted.items()
        for window_s in windows_s
    }
