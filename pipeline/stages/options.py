"""What each stage of the chain can be told: the parameters of its notebook, with their types and defaults.

Beside them every notebook has ``dataset`` and ``run_id``, which lead to the `Run` that a stage is handed.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from pipeline.errors import InputError

LARGEST = 2**63 - 1
"""The largest whole number that MongoDB keeps."""


def at_least(least: int, default: int) -> Any:
    """Return a field of `Options` that is never less."""
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
    repeats: int = at_least(1, 5)
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
    k_max: int = at_least(1, 21)
    pairs: str = ""
    repeats: int = at_least(1, 5)
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
