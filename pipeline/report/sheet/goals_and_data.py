"""Answers to the modules on goals, reproducibility, data and preprocessing."""

import os
import platform
import shlex
from collections.abc import Callable
from pathlib import Path

import psutil

from pipeline.catalogue import OF_AUDIO, drawn_share
from pipeline.excerpts import ALL, MIDDLE, MOST_SPREAD, SPREAD
from pipeline.reasons import REASONS
from pipeline.report.sheet.answer import Answer, Rows, answer, ask
from pipeline.report.sheet.facts import RunFacts
from pipeline.settings import DEMO_DATASET

SYNTHETIC = "The music is synthetic: composed and rendered by the program, so that no score says anything about music."
_SOURCES = ("audio", "table")
_PATHS = (*_SOURCES, "metadata")
_NOT_TOLD = ("exports", "jobs", "scheduler", "append", "features_sample", "answers")
"""Parameters that change no result."""

_TOLD_AT_0 = ("holdout",)
"""Parameters of which 0 is not what nobody asks for."""

_NO_OPTIONS = ("repeats", "k_max", "pairs")
"""Parameters of notebooks that have no option of their own."""


def population(facts: RunFacts) -> Answer:
    """1a."""
    by = "by artists that the model has not heard" if facts.policy and facts.policy.keeps_artists else ""
    claim = f"At most: tracks like those of the dataset {facts.dataset!r}, of its {len(facts.genres)} genres, {by}"
    return answer(
        f"{claim.rstrip(' ,')}. The figures carry no claim about other music.",
        SYNTHETIC if facts.dataset == DEMO_DATASET else "",
        source="dataset, labels and split policy of the run",
    )


def why_population(facts: RunFacts) -> Answer:
    """1b."""
    return ask("Say why you study this music.")


def why_learning(facts: RunFacts) -> Answer:
    """1c."""
    return ask("Say why you use machine learning, and which other method would do.")


def dataset(facts: RunFacts) -> Answer:
    """2a."""
    kind = "folder of audio" if facts.is_audio else "table of features"
    n = len(facts.tracks)
    synthetic = facts.dataset == DEMO_DATASET
    return answer(
        f"Dataset {facts.dataset!r}: {n} usable tracks from the {kind} {facts.source_name!r}.",
        f"SHA-256 over ids, labels and contents of these tracks: {facts.digest}.",
        f"{SYNTHETIC} Any copy of this version of genrelab renders the same." if synthetic else "",
        source="collections datasets and tracks; tracks.csv",
        please="" if synthetic else "Give a link or DOI of this version of the data, and its licence.",
    )


def code(facts: RunFacts) -> Answer:
    """2b."""
    versions = facts.run.get("versions") or {}
    commit = facts.run.get("git_commit")
    return answer(
        f"genrelab {versions.get('genrelab', 'of an unknown version')}, "
        + (f"commit {commit}." if commit else "installed without a repository, so that no commit is known."),
        source="runs.versions, runs.git_commit",
        please="" if commit else "Name the version of the code, by a commit or a DOI.",
    )


def infrastructure(facts: RunFacts) -> Answer:
    """2c."""
    gib = psutil.virtual_memory().total / 2**30
    stages = facts.run.get("stages") or {}
    seconds = {name: entry["seconds"] for name, entry in stages.items() if "seconds" in entry}
    versions = ", ".join(f"{name} {number}" for name, number in sorted((facts.run.get("versions") or {}).items()))
    return answer(
        f"{_processor()}, {os.cpu_count()} cores, {gib:.0f} GiB of memory, no graphics card used; {_system()}; "
        f"Python {platform.python_version()}. That is the machine that wrote this sheet.",
        f"Packages: {versions}; constraints.txt pins all others." if versions else "",
        f"Time: {sum(seconds.values()):.0f} s in all, until this stage." if seconds else "",
        source="this machine; runs.versions, runs.stages",
        table=Rows.of(("stage", "seconds"), [(name, f"{value:.0f}") for name, value in seconds.items()]),
    )


def readme(facts: RunFacts) -> Answer:
    """2d."""
    return answer(
        "README.md of genrelab says how to set it up and run it; CONTRIBUTING.md where things are; "
        "exports/README.md what each column of each table means.",
        "The notebooks of this run, as they were executed, lie beside this page with HTML copies.",
        source="the repository; the folder of this page",
    )


def script(facts: RunFacts) -> Answer:
    """2e."""
    given = facts.parameters
    if not given:
        return answer(
            "The run began with a notebook: executing the notebooks 01 to 07 in their order, with the parameters "
            "that stand in their first cells, makes all results.",
            source="the notebooks",
        )
    drawn = drawn_share(facts.known)
    given = given | {"sublabel": facts.known.get("sublabel") or "", **({} if drawn is None else {"holdout": drawn})}
    if not facts.known.get("synthetic"):  # the demo corpus is written anew wherever it is asked for
        if not any(given.get(name) for name in _SOURCES):
            given |= {facts.known["source"]: facts.known["location"]}
        given |= {"metadata": given.get("metadata") or facts.known.get("metadata") or ""}
    shown = {name: Path(value).name if value and name in _PATHS else value for name, value in given.items()}
    not_told = {*_NOT_TOLD, *(() if facts.is_audio else OF_AUDIO)}
    kept = {name: value for name, value in shown.items() if name not in not_told}
    options = [
        _option(name, value)
        for name, value in kept.items()
        if value not in ("", None, "none") and (value or name in _TOLD_AT_0)
    ]
    return answer(
        f"genrelab run --dataset {shlex.quote(facts.dataset)} {' '.join(options)}".strip(),
        "Paths are told without the folders that they lie in. The same data, seed and versions give the same "
        "figures, on any number of cores.",
        source="runs.parameters; of what was remembered, collection datasets",
    )


def sources(facts: RunFacts) -> Answer:
    """3a."""
    when = facts.known["catalogued_at"].strftime("%Y-%m-%d")
    labels = "the sub-folder that a file lies in" if facts.is_audio else "the label column of the table"
    metadata = facts.known.get("metadata")
    held = int(facts.tracks["holdout"].sum())
    synthetic = facts.dataset == DEMO_DATASET
    return answer(
        f"{'Training, test and holdout' if held else 'Training and test tracks'} are drawn from one source, "
        f"{facts.source_name!r}, catalogued {when}.",
        f"The label of a track is {labels}.",
        f"Artists, titles and splits come from {Path(metadata).name!r}." if metadata else "No metadata were given.",
        f"{held} of {len(facts.tracks)} tracks were held out before any model was fitted." if held else "",
        "The recipe that rendered a track gave its label." if synthetic else "",
        source="collection datasets; tracks.csv",
        please=""
        if synthetic
        else "Say when and where the music was gathered, and who gave the labels, by which rule.",
    )


def sampling_frame(facts: RunFacts) -> Answer:
    """3b."""
    if facts.dataset == DEMO_DATASET:
        return answer("All that the demo's recipes render for the asked number of tracks.", source="sources/demo")
    return ask("Say from which larger set the tracks were drawn (a catalogue, a library, a broadcast), and how.")


def why_data(facts: RunFacts) -> Answer:
    """3c."""
    return ask("Say why these data suit your question.")


def outcome(facts: RunFacts) -> Answer:
    """3d."""
    sizes = facts.tracks["genre"].value_counts()
    shares = sizes / sizes.sum()
    if sizes.nunique() == 1:
        frequent = f"Each has {shares.iloc[0]:.1%} of the tracks."
    else:
        frequent = (
            f"The commonest, {sizes.index[0]}, has {shares.iloc[0]:.1%} of the tracks; the rarest, {sizes.index[-1]}, "
            f"{shares.iloc[-1]:.1%}."
        )
    return answer(
        f"The genre of a whole track, one of {len(sizes)} names. {frequent}",
        *facts.check("genre_balance"),
        *facts.check("small_genres"),
        source="tracks.csv; data_quality.csv",
    )


def sizes(facts: RunFacts) -> Answer:
    """3e."""
    tracks = facts.tracks
    rows = "; ".join(f"{n} of {window_s:g} s of {name}" for (name, window_s), n in facts.n_rows.items())
    n_artists = tracks["artist_key"].nunique()
    by_genre = [
        (genre, len(here), int(here["holdout"].sum()), here["artist_key"].nunique() or "unknown")
        for genre, here in tracks.groupby("genre")
    ]
    return answer(
        f"{len(tracks)} tracks, {int(tracks['holdout'].sum())} of them held out. Rows: {rows}.",
        f"{n_artists} artists are known." if n_artists else "No artist is known.",
        source="tracks.csv, features.csv",
        table=Rows.of(("genre", "tracks", "of them held out", "known artists"), by_genre),
    )


def missing(facts: RunFacts) -> Answer:
    """3f."""
    fields = ["artist", "title", "duration_s"]
    share = facts.tracks[fields].isna().groupby(facts.tracks["genre"]).mean()
    rows = [(genre, *(f"{value:.0%}" for value in shares)) for genre, *shares in share.itertuples()]
    return answer(
        "In the rows that are used no feature is missing: others, with a missing or infinite value, are rejected.",
        *facts.check("non_finite_values"),
        *facts.check("missing_metadata"),
        source="data_quality.csv, tracks.csv, rejects.csv",
        table=Rows.of(("genre", "no artist", "no title", "no duration"), rows),
    )


def representative(facts: RunFacts) -> Answer:
    """3g."""
    return ask("Say why the music that was drawn stands for the music of your claim, or that it does not.")


def excluded(facts: RunFacts) -> Answer:
    """4a."""
    rejects = facts.rejects
    rows = [(reason, n, REASONS[reason].meaning if reason in REASONS else "") for reason, n in rejects.items()]
    left_out = facts.policy.leaves_out if facts.policy else ""
    columns = str(facts.parameters.get("leave_out") or "")
    return answer(
        f"{int(rejects.sum())} files or rows can't be used, each for a reason that rejects.csv tells."
        if len(rejects) else "Every file and row could be used.",
        f"Tracks that don't count under the split: {left_out}." if left_out else "",
        f"Columns of the table that are no features by request: {columns}." if columns else "",
        *facts.check("lost_genres"),
        *facts.check("missing_tracks"),
        source="rejects.csv, data_quality.csv, runs.parameters",
        table=Rows.of(("reason", "n", "what it means"), rows) if rows else None,
    )  # fmt: skip


def corrupt(facts: RunFacts) -> Answer:
    """4b."""
    return answer(
        "Files that can't be decoded, are silent, or hold values that are none, and rows of a table with such a "
        "value, are rejected whole; nothing is filled in or clipped.",
        *facts.check("non_finite_values"),
        *facts.check("constant_features"),
        *facts.check("suspicious_labels"),
        source="rejects.csv, data_quality.csv",
    )


TAKEN = {
    MIDDLE: "the middle 30 s",
    SPREAD: f"up to {MOST_SPREAD} stretches of 30 s spread over each",
    ALL: "all, in stretches of 30 s",
}


def transformations(facts: RunFacts) -> Answer:
    """4c."""
    sets = "; ".join(f"{name}, windows of {window_s:g} s" for name, window_s in facts.n_rows)
    sound = (
        f"1. Decoding, mixing to one channel, resampling to 22 050 Hz; of files over 33 s {TAKEN[facts.excerpts]}. 2. "
        f"Cutting into windows. 3. Features of each window by itself: {sets}. These steps depend on no other track."
    )
    table = (
        f"1. The table's numeric columns are taken as they are: {sets}. What was done to them before is not known here."
    )
    return answer(
        sound if facts.is_audio else table,
        "Then, inside each model and from its training rows alone: standardising where the model needs it, choice "
        "of features where the model has one.",
        "After it: the rows of a track vote by their mean log-probability.",
        *facts.check("scaled_before"),
        source="pipeline/features, pipeline/models; data_quality.csv",
    )


ANSWERS: dict[str, Callable[[RunFacts], Answer]] = {
    "1a": population, "1b": why_population, "1c": why_learning,
    "2a": dataset, "2b": code, "2c": infrastructure, "2d": readme, "2e": script,
    "3a": sources, "3b": sampling_frame, "3c": why_data, "3d": outcome, "3e": sizes, "3f": missing,
    "3g": representative, "4a": excluded, "4b": corrupt, "4c": transformations,
}  # fmt: skip


def _option(name: str, value: object) -> str:
    """Return a parameter as the command line takes it; of 0 and nothing, which are defaults, none is told."""
    if name in _NO_OPTIONS:
        return shlex.join(["-p", f"{name}={value}"])
    flag = f"--{name.replace('_', '-')}"
    return flag if value is True else shlex.join([flag, str(value)])


def _processor() -> str:
    """Return the processor's name as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.machine()}"
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()} {platform.machine()}"
