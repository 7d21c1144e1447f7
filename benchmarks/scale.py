"""What each stage costs at a thousand to a million tracks; ``python -m benchmarks.scale`` writes ``scale.md``.

Made tracks, each with a 30-second row and ten of 3 seconds of 57 values, are written straight to a MongoDB server of
their own. Each stage then runs by itself, in a process of its own: 04 and 05
with the usual models and **one** split instead of five, which multiply the time and not the memory. 01 lists a folder
of links to clips of the demo corpus. 02 extracts some of these, with one process and with two; what it does once all
features are in, duplicates and holdout, is measured on the made tracks.

CPU is what the stage's process and its children spent, the server's apart; a machine that is busy with other things
stretches the wall clock and not that. Memory is the most that the process held. Each size is measured once.
"""

import datetime
import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer

from benchmarks.clips import describe_machine, find_clips
from benchmarks.made import FEATURE_SET, make_tracks
from benchmarks.tables import markdown
from pipeline.features import get_feature_set
from pipeline.settings import Settings
from pipeline.store import connect
from pipeline.store.server import EmbeddedServer

DATASET = "made"
STAGES = ("catalogue", "settle", "explore", "compare", "optimise", "holdout", "export")
WITH_SPLITS = ("compare", "optimise")
PAGE = Path(__file__).with_name("scale.md")
PROSE = Path(__file__).with_name("scale_prose.md")
TARGETS = (1_000, 10_000, 100_000, 1_000_000)
HIDDEN_BELOW = 2
"""Sizes that a line can be drawn through."""


def main(
    sizes: str = "1000,10000",
    stages: str = ",".join(STAGES),
    extracted: str = "50,150",
    measures: str = "",
    feature_set: str = FEATURE_SET,
    splits: int = 1,
) -> None:
    """Measure stages at sizes [tracks] and write the page; a file of measures keeps what was measured before."""
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as scratch:
        file = Path(measures or Path(scratch) / "measures.jsonl")
        for n_tracks in map(int, filter(None, sizes.split(","))):
            for measured in measure_size(n_tracks, stages.split(","), feature_set, splits):
                keep(file, measured)
        for measured in measure_extraction([int(n) for n in extracted.split(",") if n]):
            keep(file, measured)
        found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(write_page(found), encoding="utf-8")


def keep(file: Path, measured: dict[str, Any]) -> None:
    """Add a measurement to the file, and say it."""
    with open(file, "a", encoding="utf-8") as handle:
        handle.write(json.dumps(measured) + "\n")
    typer.echo(json.dumps(measured))


def measure_size(
    n_tracks: int, stages: Iterable[str], feature_set: str = FEATURE_SET, splits: int = 1
) -> Iterable[dict[str, Any]]:
    """Yield what each stage costs on `n_tracks` made tracks, and what these take in the database.

    The feature set may be a combination, of which the parts are stored.
    """
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as name:
        home = Path(name)
        database = connect(Settings(mongodb_uri=None, home=home))
        try:
            make_tracks(database, DATASET, n_tracks, settled=False, feature_set=feature_set)
            database.client.admin.command("fsync")
            size = database.command("dbStats")
            about = {"n_tracks": n_tracks, "feature_set": feature_set}
            sizes = {"bytes": size["dataSize"], "disk_bytes": size["totalSize"], "index_bytes": size["indexSize"]}
            yield about | {"stage": "database"} | sizes
            for stage in stages:
                measured = run_child(stage, home, parameters(stage, home, n_tracks, splits))
                yield about | {"stage": stage, "splits": splits if stage in WITH_SPLITS else 1} | measured
        finally:
            database.client.close()
            EmbeddedServer(home).stop()


def measure_extraction(numbers: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Yield what extracting so many clips costs, with one process and with two."""
    for n_tracks in numbers:
        for jobs in (1, 2):
            with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as name:
                home = Path(name)
                try:
                    run_child("catalogue", home, parameters("catalogue", home, n_tracks))
                    given = {"dataset": "links", "jobs": jobs}
                    yield {"stage": f"extract, {jobs}", "n_tracks": n_tracks} | run_child("extract", home, given)
                finally:
                    EmbeddedServer(home).stop()


def parameters(stage: str, home: Path, n_tracks: int, splits: int = 1) -> dict[str, Any]:
    """Return the parameters that a stage is measured with."""
    if stage == "catalogue":
        return {"dataset": "links", "audio": str(link_clips(home / "music", n_tracks))}
    given: dict[str, Any] = {"dataset": DATASET}
    if stage in WITH_SPLITS:
        given["repeats"] = splits
    if stage == "export":
        given["exports"] = str(home / "exports")
    return given


def link_clips(root: Path, n_tracks: int) -> Path:
    """Make a folder where `n_tracks` names lead to clips of the demo corpus; return it."""
    clips = find_clips("")
    for i in range(n_tracks):
        clip = clips[i % len(clips)]
        link = root / clip.parent.name / f"{i:07d}{clip.suffix}"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(clip.resolve())
    return root


def run_child(stage: str, home: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Run a stage in a process of its own on the server at `home`."""
    environment = os.environ | {"GENRELAB_HOME": str(home), "MPLBACKEND": "Agg"}
    environment.pop("MONGODB_URI", None)
    command = [sys.executable, "-m", "benchmarks.stage", stage, json.dumps(given)]
    done = subprocess.run(command, env=environment, cwd=PAGE.parent.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{stage} ended with status {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def power_law(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float, float, float]:
    """Fit ``cost = a * size ** b`` by least squares of logarithms.

    Returns
    -------
    a, b : float
    low, high : float
        the least and the greatest b between two neighbouring sizes: with so few sizes that is all the spread there is
    """
    x, y = np.log(sizes), np.log(costs)
    b, log_a = np.polyfit(x, y, 1)
    steps = np.diff(y) / np.diff(x)
    return float(np.exp(log_a)), float(b), float(steps.min()), float(steps.max())


def constant_and_linear(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """Fit ``cost = start + each * size`` through the smallest and the largest size; the start is at least 0."""
    each = (costs[-1] - costs[0]) / (sizes[-1] - sizes[0])
    return max(costs[0] - each * sizes[0], 0.0), each


def write_page(measures: Sequence[dict[str, Any]]) -> str:
    """Return the page of what was measured; of a stage and size that was measured twice the later counts."""
    told = [{"feature_set": FEATURE_SET, "splits": 1} | each for each in measures]
    latest = {tuple(each[name] for name in ("stage", "n_tracks", "feature_set", "splits")): each for each in told}
    every = pd.DataFrame(latest.values()).sort_values("n_tracks")
    is_usual = (every["feature_set"] == FEATURE_SET) & (every["splits"] == 1)
    kept = every[is_usual]
    machine = f"{datetime.date.today().isoformat()}; {describe_machine()}."
    parts = [
        f"# Scale\n\n{inspect.getdoc(sys.modules[__name__])}\n",
        f"{machine}\n",
        f"## CPU of each stage\n\n{_of_cost()}\n",
        markdown(cost_table(kept, "cpu_s", _seconds)),
        "## Memory of each stage\n",
        markdown(cost_table(kept, "mib", _mib)),
        "## Wall clock and server, as measured\n",
        markdown(wall_table(kept)),
        *_section("## More splits, and learned features beside the others\n", others_table(every[~is_usual])),
        *_section("## Extraction\n", extraction_table(kept)),
        "## Bytes a track\n",
        markdown(bytes_table(kept)),
        PROSE.read_text(encoding="utf-8"),
    ]
    return "\n".join(part for part in parts if part)


def cost_table(kept: pd.DataFrame, column: str, told: Any) -> pd.DataFrame:
    """Return a cost by stage and size: measured, or in italics extrapolated; with the model that says so."""
    rows, shown = [], sorted({*TARGETS, *kept.loc[kept["stage"].isin(STAGES), "n_tracks"]})
    for stage in STAGES:
        of_stage = kept[(kept["stage"] == stage) & kept.get(column, pd.Series(dtype=float)).notna()]
        if of_stage.empty:
            continue
        sizes, costs = of_stage["n_tracks"].tolist(), of_stage[column].tolist()
        known = dict(zip(sizes, costs, strict=True))
        row = {"stage": stage}
        if len(sizes) < HIDDEN_BELOW:
            rows.append(row | {f"{n:,}": told(known[n]) if n in known else "" for n in shown} | {"exponent": ""})
            continue
        _, b, low, high = power_law(sizes, costs)
        start, each = constant_and_linear(sizes[-2:], costs[-2:])
        for n in shown:
            row[f"{n:,}"] = told(known[n]) if n in known else f"*{told(start + each * n)}*"
        row["exponent"] = f"{b:.2f} ({low:.2f} to {high:.2f})"
        row["constant + a track"] = f"{told(start)} + {told(each * 1000)} a thousand"
        rows.append(row)
    return pd.DataFrame(rows).fillna("")


def wall_table(kept: pd.DataFrame) -> pd.DataFrame:
    """Return wall clock, the server's CPU and its memory."""
    chosen = kept[kept["stage"].isin(STAGES)].sort_values(["stage", "n_tracks"], key=_in_order)
    return pd.DataFrame(
        {
            "stage": chosen["stage"],
            "tracks": chosen["n_tracks"].map("{:,}".format),
            "wall clock": chosen["seconds"].map(_seconds),
            "CPU": chosen["cpu_s"].map(_seconds),
            "CPU of the server": chosen["server_cpu_s"].map(_seconds),
            "memory of the server": chosen["server_mib"].map(_mib),
        }
    )


def others_table(others: pd.DataFrame) -> pd.DataFrame:
    """Return what was measured with more features or splits than the other tables tell of."""
    chosen = others[others["stage"].isin(STAGES)].sort_values(["n_tracks", "feature_set", "stage"], key=_in_order)
    return pd.DataFrame(
        {
            "stage": chosen["stage"],
            "tracks": chosen["n_tracks"].map("{:,}".format),
            "features": [len(get_feature_set(name).columns) for name in chosen["feature_set"]],
            "splits": chosen["splits"],
            "CPU": chosen["cpu_s"].map(_seconds),
            "memory": chosen["mib"].map(_mib),
        }
    )


def extraction_table(kept: pd.DataFrame) -> pd.DataFrame:
    """Return what extracting costs by number of processes: a start, and so much a track."""
    rows = []
    for jobs in (1, 2):
        of_jobs = kept[kept["stage"] == f"extract, {jobs}"]
        if len(of_jobs) < HIDDEN_BELOW:
            continue
        sizes = of_jobs["n_tracks"].tolist()
        wall, cpu = (constant_and_linear(sizes, of_jobs[name].tolist()) for name in ("seconds", "cpu_s"))
        row = {"processes": jobs, "measured": ", ".join(map(str, sizes)), "start": _seconds(wall[0])}
        row |= {"wall clock a track": _seconds(wall[1]), "CPU a track": _seconds(cpu[1])}
        rows.append(row | {f"*CPU, {n:,} tracks*": _seconds(cpu[0] + cpu[1] * n) for n in TARGETS})
    return pd.DataFrame(rows)


def bytes_table(kept: pd.DataFrame) -> pd.DataFrame:
    """Return what tracks take in the database: as documents, and on the disk with indexes, compressed."""
    sizes = kept[kept["stage"] == "database"]
    told = {"documents": "bytes", "disk": "disk_bytes", "of it indexes": "index_bytes"}
    a_track = {name: (sizes[field] / sizes["n_tracks"]).map(_bytes) for name, field in told.items() if field in sizes}
    return pd.DataFrame({"tracks": sizes["n_tracks"].map("{:,}".format)} | a_track)


def _section(heading: str, table: pd.DataFrame) -> list[str]:
    """Return the parts of a section; none where nothing of it was measured."""
    return [heading, markdown(table)] if len(table) else []


def _in_order(column: pd.Series) -> pd.Series:
    return column.map(STAGES.index) if column.name == "stage" else column


def _of_cost() -> str:
    return (
        "In italics what is extrapolated: `start + each × tracks` through the two largest sizes measured, since every "
        "stage has a part that does not grow (libraries, figures). The exponent is that of `a × tracks^b` fitted to all"
        " sizes, in brackets the least and greatest between neighbouring sizes; below 1 where the constant part shows."
    )


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.3g} s" if value < 600 else f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def _bytes(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.0f} a track"


def _mib(value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:.0f} MiB" if value < 1024 else f"{value / 1024:.1f} GiB"


if __name__ == "__main__":
    typer.run(main)
