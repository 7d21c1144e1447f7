"""Writes the demo corpus to a folder, as any user's music would lie there."""

import csv
import os
from pathlib import Path

import numpy as np
import soundfile
from joblib import Parallel, delayed

from pipeline.errors import InputError
from pipeline.sources.demo.artists import credit
from pipeline.sources.demo.dsp import SAMPLE_RATE_HZ
from pipeline.sources.demo.song import GENRES, render_track


def _write_track(path: Path, genre: str, number: int, seed: int, duration_s: float) -> None:
    y = render_track(genre, number, seed=seed, duration_s=duration_s)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # 16-bit integers are made here, so that their rounding does not depend on the version of libsndfile
        soundfile.write(unfinished, np.round(y * 32767).astype(np.int16), SAMPLE_RATE_HZ, "PCM_16", format="FLAC")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_metadata(folder: Path) -> None:
    """Name artist and title of every track that is in the folder, those of earlier calls included."""
    unfinished = folder / f".metadata.csv.{os.getpid()}"
    with unfinished.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(("file", "artist", "title"))
        for genre in GENRES:
            for path in sorted((folder / genre).glob(f"{genre}.[0-9]*.flac")):
                number = int(path.name.split(".")[1])
                rows.writerow((path.relative_to(folder).as_posix(), *credit(genre, number)))
    os.replace(unfinished, folder / "metadata.csv")


def write_demo(
    folder: Path, *, tracks_per_genre: int = 12, duration_s: float = 30.0, seed: int = 0, jobs: int = 2
) -> int:
    """Write the demo corpus, and ``metadata.csv`` with the columns file, artist, title.

    A track that is in the folder already is kept as it is, whatever its duration or seed; an interrupted call
    leaves no half-written track behind, and the next one goes on where it ended.

    Parameters
    ----------
    folder : Path
        made if need be; tracks go to ``<folder>/<genre>/<genre>.00000.flac`` and so on: 16 bits, mono, 22 050 Hz
    tracks_per_genre : int
        how many tracks each of the ten genres shall have
    duration_s : float
        length of a track, in seconds
    seed : int
        the same seed gives the same audio on any number of jobs
    jobs : int
        how many processes render

    Returns
    -------
    int
        how many tracks were written

    Raises
    ------
    InputError
        if `tracks_per_genre` is less than 1, or as `render_track` raises it
    """
    if tracks_per_genre < 1:
        raise InputError(f"tracks_per_genre is {tracks_per_genre}: a corpus needs at least 1")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        (folder / genre / f"{genre}.{number:05d}.flac", genre, number)
        for number in range(tracks_per_genre)
        for genre in GENRES
    ]
    missing = [track for track in wanted if not track[0].exists()]
    Parallel(n_jobs=jobs)(delayed(_write_track)(*track, seed, duration_s) for track in missing)
    _write_metadata(folder)
    return len(missing)
