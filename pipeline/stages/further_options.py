"""What notebooks that are no stage of the chain can be told: their parameters, with their types and defaults.

As of the stages, in `pipeline.stages.options`, every notebook has ``dataset`` and ``run_id`` besides.
"""

from dataclasses import dataclass

from pipeline.stages.options import Options, at_least


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
    repeats: int = at_least(1, 5)
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
    horse_files: int = 200
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
    repeats: int = at_least(1, 5)
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
