"""What each stage can be told: the parameters of its notebook, with their types and defaults.

Beside them every notebook has ``dataset`` and ``run_id``, which lead to the `Run` that a stage is handed.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from pipeline.errors import InputError

LARGEST = 2**63 - 1
"""The largest whole number that MongoDB keeps."""


def _at_least(least: int, default: int) -> Any:
    return field(default=default, metadata={"least": least})


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a stage can be told; a whole number has a least value, 0 unless its field says otherwise, and `LARGEST`.

    Raises
    ------
    InputError
        where a number is outside
    """

    def __post_init__(self) -> None:
        for option in fields(self):
            value, least = getattr(self, option.name), option.metadata.get("least", 0)
            if isinstance(value, int) and not least <= value <= LARGEST:
                bound = f"at least {least}" if value < least else f"at most {LARGEST}"
                raise InputError(f"{option.name} {value} must be {bound}")


@dataclass(frozen=True, kw_only=True)
class CatalogueOptions(Options):
    """Options of 01_catalogue.

    Attributes
    ----------
    audio, table, metadata : str
        a folder of audio or a table of features, and a CSV about the tracks; empty: those of before
    genre_from : str
        what tells the genres: folder, metadata or tags, of a table its metadata; empty: as before, else recognised
    split : str
        policy that results are to be read under: whether the metadata have what it needs is told early; empty: decided
        from the tracks
    id_column, label_column, segment_column : str
        columns of the table; empty: recognised
    table_window : float
        seconds that a row of the table stands for; 0: recognised
    leave_out : str
        columns of the table that are to be no features, with commas between them
    merge_genres : str
        which spellings of genres are one: ask, fold or off (`pipeline.sources.genre_names`)
    sublabel : str
        column of the table, or of the metadata, that has the style of each track below its genre; empty: that of
        before, if any; ``-``: none
    multilabel : str
        what a cell that names several genres or styles counts for: first or drop (`pipeline.sources.genre_names`)
    remove_missing : bool
        take out what is gone from the source even where that is a fifth of it, or more
    """

    audio: str = ""
    table: str = ""
    metadata: str = ""
    genre_from: str = ""
    split: str = ""
    id_column: str = ""
    label_column: str = ""
    segment_column: str = ""
    table_window: float = 0.0
    leave_out: str = ""
    merge_genres: str = "ask"
    sublabel: str = ""
    multilabel: str = "first"
    remove_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtractOptions(Options):
    """Options of 02_extract.

    Attributes
    ----------
    windows, features : str
        window lengths in seconds, and feature sets, the main one first, with commas between them; a combination of sets
        is joined by ``+``; no sets: `usual_features`
    excerpts : str
        which stretches of files that are longer than a clip: middle, spread or all; empty: as before, at first middle
    holdout : float
        share of the tracks that no model sees before 06_holdout
    seed : int
        of the draw
    jobs : int
        worker processes; 0: one a core
    scheduler : str
        address of a Dask cluster to work on instead
    """

    windows: str = "30,3"
    features: str = ""
    excerpts: str = ""
    holdout: float = 0.1
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class ExploreOptions(Options):
    """Options of 03_explore.

    Attributes
    ----------
    side_by_side : str
        up to three genres whose profiles are drawn side by side, with commas between; empty: the most distinct
    seed : int
        of the folds that labels are judged by
    jobs : int
        threads; 0: one a core
    scheduler : str
        address of a Dask cluster that fits instead of this machine; empty: none
    """

    side_by_side: str = ""
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class CompareOptions(Options):
    """Options of 04_compare.

    Attributes
    ----------
    models : str
        names with commas between them; ``all``; empty: the usual ones
    split : str
        policy that results are read under; empty: the run's, or where it has none, decided from the tracks
    search : str
        effort to find each model's parameters: none, quick or full
    repeats, seed : int
        splits, and the seed of splits and models
    jobs : int
        threads; 0: one a core
    scheduler : str
        address of a Dask cluster that fits instead of this machine; empty: none
    """

    models: str = ""
    split: str = ""
    search: str = "none"
    repeats: int = _at_least(1, 5)
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class OptimiseOptions(Options):
    """Options of 05_optimise.

    Attributes
    ----------
    split : str
        policy that choices are made under; empty: the run's
    search : str
        effort to find each model's parameters: none, quick or full
    k_max : int
        largest k of the search for the number of neighbours
    pairs : str
        like ``Pop/Folk, Hip-Hop/Rock``; empty: the published pairs, then those confused most
    repeats, seed : int
        splits, and the seed of splits and models
    jobs : int
        threads; 0: one a core
    scheduler : str
        address of a Dask cluster that fits instead of this machine; empty: none
    """

    split: str = ""
    search: str = "none"
    k_max: int = _at_least(1, 21)
    pairs: str = ""
    repeats: int = _at_least(1, 5)
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class HoldoutOptions(Options):
    """Options of 06_holdout.

    Attributes
    ----------
    search : str
        the effort with which refitted models' parameters are searched for
    seed : int
        of that search, of models, and of folds
    jobs : int
        threads, and processes that play music; 0: one a core
    scheduler : str
        address of a Dask cluster that fits instead of this machine; empty: none
    horse : str
        whether held-out tracks are played differently too (`pipeline.robustness`): auto, where their audio is here and
        they are at most 200; on, off
    subgroups : str
        what is known of the tracks that the champion is compared on parts by, with commas between: country, region,
        culture, decade, year, sample_rate_hz, channels; empty: the first four
    """

    search: str = "none"
    seed: int = 0
    jobs: int = 0
    scheduler: str = ""
    horse: str = "auto"
    subgroups: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportOptions(Options):
    """Options of 07_export.

    Attributes
    ----------
    exports : str
        folder to write to; empty: that of the settings
    append : bool
        keep the rows of earlier runs that are there
    features_sample : int
        rows of ``features.csv`` at most; 0: 200,000
    answers : str
        a TOML file with your own answers to items of the reporting sheet; empty: none
    """

    exports: str = ""
    append: bool = False
    features_sample: int = 0
    answers: str = ""


@dataclass(frozen=True, kw_only=True)
class TransferOptions(Options):
    """Options of 10_transfer, which is no stage of the chain: it adds to a finished run.

    Attributes
    ----------
    to : str
        the dataset to test on; empty: every other one
    pairs : bool
        put the champion of every dataset to every other one, or to the one that ``to`` names
    genre_map : str
        a table of two columns, genre of the dataset that is tested on and genre of the champion; empty: genres of the
        same name, but for case, hyphens and blanks
    unmapped : str
        tracks of a genre that the champion does not know are: ``leave`` left out and counted, ``none`` none of its
        genres, to be recognised as unlike its training music
    common : bool
        train anew on the columns that both datasets have
    models : str
        ``all`` that were compared, or the ``champion`` alone
    repeats : int
        splits of a model's own dataset, where what it answered there is not kept
    seed : int
        of refitted models
    jobs : int
        threads; 0: one a core
    """

    to: str = ""
    pairs: bool = False
    genre_map: str = ""
    unmapped: str = "leave"
    common: bool = False
    models: str = "all"
    repeats: int = _at_least(1, 5)
    seed: int = 0
    jobs: int = 0


@dataclass(frozen=True, kw_only=True)
class PredictOptions(Options):
    """Options of 09_predict, which is no stage: it reads a run and writes none of its rows.

    Attributes
    ----------
    source : str
        a folder of audio, at any depth and without genres, or a table with the champion's columns
    out : str
        file to write; empty: ``predictions.csv`` among the exports
    segments : bool
        name segments of each file too
    excerpts : str
        which stretches of each file are heard: middle, spread or all
    playlists : str
        folder for a playlist a genre; empty: none
    horse : bool
        play files differently, by harmless changes, and see whether their genres stay
    horse_files : int
        how many files at most, drawn at random where there are more
    id_column : str
        the table's column that names tracks; empty: recognised
    jobs : int
        worker processes; 0: one a core
    scheduler : str
        address of a Dask scheduler; empty: this machine
    """

    source: str = ""
    out: str = ""
    segments: bool = False
    excerpts: str = "spread"
    playlists: str = ""
    horse: bool = False
    horse_files: int = _at_least(1, 200)
    id_column: str = ""
    jobs: int = 0
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaylistOptions(Options):
    """Options of 11_playlists, which is no stage of the chain: it reads a dataset, and may add a playlist to a run.

    Attributes
    ----------
    like, unlike : str
        what the playlist is to be like, and what not: track ids, words of artist and title, files of audio, or .m3u8
        playlists, with semicolons between them
    genre : str
        start from its middle where there is no seed; with ``pure``, take its tracks alone
    playlists : str
        a table of playlists, a row a track in a playlist: what counts is learned from it; empty: none
    go_on : str
        the playlist of that table to be continued; empty: none
    length, per_artist : int
        tracks; and of them at most of one artist, 0: any number
    pure : bool
        only tracks of the genre, or of the seeds' genres
    adventure : float
        0, the nearest, to 1, the most diverse
    order : str
        similar or flow
    features : str
        sets of features joined by ``+``; empty: the main one and those that a network learned
    seed, repeats : int
        of the test of playlists: which tracks are hidden, and how often others are
    out, m3u : str
        files to write: a CSV, empty: ``playlist.csv`` among the exports; and an .m3u8 playlist, empty: none
    keep : str
        a name by which the dataset's newest finished run keeps it, for tables and dashboards; empty: it does not
    """

    like: str = ""
    unlike: str = ""
    genre: str = ""
    playlists: str = ""
    go_on: str = ""
    length: int = 20
    per_artist: int = 2
    pure: bool = False
    adventure: float = 0.0
    order: str = "similar"
    features: str = ""
    seed: int = 0
    repeats: int = _at_least(1, 5)
    out: str = ""
    m3u: str = ""
    keep: str = ""


@dataclass(frozen=True, kw_only=True)
class RegionsOptions(Options):
    """Options of 12_regions, which is no stage of the chain: it adds to a run.

    Attributes
    ----------
    seed : int
        of folds, trees and resamples
    jobs : int
        threads; 0: one a core
    """

    seed: int = 0
    jobs: int = 0
