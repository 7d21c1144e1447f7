"""``make bench``: measure, print, and keep the tables in ``benchmarks/README.md``."""

import datetime
import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pandas as pd
import typer
from threadpoolctl import threadpool_limits

from benchmarks import equality, speed, workers
from benchmarks.clips import describe_machine, find_clips
from benchmarks.tables import markdown

README = Path(__file__).with_name("README.md")


def main(
    audio: Annotated[str, typer.Option(help="Folder of 30-second clips, one sub-folder a genre.")] = "",
    clips: Annotated[int, typer.Option(help="Clips that are timed on one core.", min=1)] = 10,
    compared: Annotated[int, typer.Option(help="Clips whose values are compared; 0: all.", min=0)] = 10,
    tracks: Annotated[int, typer.Option(help="Tracks a turn for one process and two.", min=8)] = 100,
    memory_tracks: Annotated[int, typer.Option(help="Tracks while memory is watched.", min=100)] = 400,
    jobs: Annotated[int, typer.Option(help="Processes that compare values.", min=1)] = 2,
) -> None:
    """Measure extraction, print the tables and write them to benchmarks/README.md."""
    files = find_clips(audio)
    text = [_heading(f"{len(files)} clips of {'music' if audio else 'the demo corpus'}")]
    typer.echo(text[0])
    for part in _parts(files, clips, compared or len(files), tracks, memory_tracks, jobs):
        typer.echo(part)
        text.append(part)
    README.write_text("\n".join(text), encoding="utf-8")
    typer.echo(f"written to {README.parent.name}/{README.name}", err=True)


def _parts(files: list[Path], clips: int, compared: int, tracks: int, memory: int, jobs: int) -> Iterator[str]:
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Trying to estimate tuning from empty frequency set", UserWarning)
        speed.warm_up(files[0])
        yield _section("Speed on one core", speed, speed.measure_totals(files[:clips]))
        yield markdown(speed.measure_descriptors(files[:clips]))
    yield _section("Processes", workers, workers.measure_processes(files, tracks))
    yield markdown(workers.measure_memory(files, memory))
    judged = equality.judge(equality.compare(files[:compared], jobs=jobs))
    yield _section("Equality", equality, equality.summarise(judged))


def _heading(source: str) -> str:
    return (
        "# Benchmarks\n\n"
        '`make bench` measures, prints, and writes this page. `make bench ARGS="--audio DIR"` does so on your music; '
        "`.venv/bin/python -m benchmarks --help` tells of more options. The web page has [its own](page.md), "
        "so have [the comparison of models](comparison.md), [what more data would cost](scale.md), [two workers of a "
        "cluster against one](cluster.md), [MP3 decoders](decoders.md), "
        "[a hundred genres](many_genres.md), [reading in parts](reading.md), [layouts of segments](layouts.md), [the "
        "memory of predict](predict_memory.md), [what intervals and tests hold](coverage.md), [the choice of the "
        "champion](choice.md), [the vote](vote.md), [the label check](labels.md), [learned features](learned.md), "
        "[which copies are found](copies.md), [near copies by features](near_copies.md), [chances and sets of "
        "genres](promise.md), [what sets genres apart](contrasts.md), [subgroups](subgroups.md), [styles below "
        "genres](styles.md), [the horse test](horse.md), [playlists](playlists.md) and [music that is unlike the "
        "training music](unlike.md).\n\n"
        f"{datetime.date.today().isoformat()}, {source}; {describe_machine()}.\n"
    )


def _section(title: str, module: ModuleType, table: pd.DataFrame) -> str:
    return f"## {title}\n\n{inspect.getdoc(module)}\n\n{markdown(table)}"


if __name__ == "__main__":
    typer.run(main)
