"""The rows that models see: features, labels, and which track each row belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import FEWEST_TRACKS, extracted_windows
from pipeline.cluster import at_hand
from pipeline.errors import InputError
from pipeline.evaluation.membership import number_rows, number_tracks
from pipeline.evaluation.origin import Origin, Stored, checksum_of, from_origin, keep_origin
from pipeline.evaluation.reading import read_sequences
from pipeline.features import find_feature_set
from pipeline.features.means import mean_columns, means_set
from pipeline.models import find_entry
from pipeline.set_names import is_combined
from pipeline.settings import get_settings
from pipeline.settled import read_settled
from pipeline.splits import USUAL, find_policy, holdout_units, split_rows, usual_policy
from pipeline.store import Values, are_among, in_parts, only, open_columns, read_columns, take
from pipeline.store.connection import address_of


@dataclass(frozen=True)
class Samples:
    """Segments of one window length as arrays, one row each: vectors, or sequences of frames for recurrent models.

    Attributes
    ----------
    feature_set : str
    window_s : float
        seconds
    features : tuple of str [shape=(p,)]
        of a sequence: its bands
    genres : tuple of str [shape=(k,)]
        sorted; what the numbers in `y` mean
    values : np.ndarray or Values [shape=(n, p), dtype=float64]
        of sequences [shape=(n, n_frames, p), dtype=float16]; in a file until `X` or `read` ask for them
    y : np.ndarray [shape=(n,), dtype=int]
    rows : pd.DataFrame [shape=(n, …)]
        ``track_id``, ``start_s``, ``holdout``; numbers: ``track``; ``group``, where all tracks of a recording are
        one; ``artist``, where these and all tracks of an artist are one; ``artist_known`` (bool); ``predefined``:
        train, valid, test, or empty for excluded; of held-out rows ``unit``, what intervals are over
    policy : str
        the split policy that they are read under, which says what intervals are over; see `under`
    origin : Origin or None
        where another process finds the same; None where nobody needs to know, and of a copy by `replace`
    """

    feature_set: str
    window_s: float
    features: tuple[str, ...]
    genres: tuple[str, ...]
    values: np.ndarray | Values
    y: np.ndarray
    rows: pd.DataFrame
    policy: str = USUAL
    origin: Origin | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def X(self) -> np.ndarray:  # noqa: N802 - what the field calls it
        """The values in memory."""
        return np.asarray(self.values)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the values of the rows under a boolean mask, or by number."""
        return np.asarray(take(self.values, rows))

    def in_parts(self, rows: np.ndarray | None = None) -> Iterator[np.ndarray]:
        """Yield the values of the rows by number, or of all, some at a time."""
        return in_parts(self.values, rows)

    @property
    def kind(self) -> str:
        """What models may take these rows for: ``FeatureSet.kind``; a table's rows are vectors."""
        known = find_feature_set(self.feature_set)
        return known.kind if known else "frames" if self.values.ndim == 3 else "vectors"

    @property
    def units(self) -> np.ndarray:
        """What intervals are over, as a number for each row."""
        return self.rows["unit"].to_numpy() if "unit" in self.rows else find_policy(self.policy).units(self.rows)

    def __len__(self) -> int:
        return len(self.y)

    @from_origin
    def where(self, mask: np.ndarray) -> "Samples":
        """Return the rows under a boolean mask or row numbers."""
        rows = self.rows.iloc[mask].reset_index(drop=True)
        return replace(self, values=take(self.values, mask), y=self.y[mask], rows=rows)

    @from_origin
    def under(self, policy: str) -> "Samples":
        """Return the rows that count under a split policy, to be read under it."""
        counted = find_policy(policy).counted(self.rows)
        chosen = replace(self, policy=policy)
        return chosen if counted.all() else chosen.where(counted)

    def comparable(self, policy: str = USUAL) -> bool:
        """Tell whether at least two genres have enough tracks, and `policy` puts some of them on either side."""
        train, test = split_rows(policy, self.rows, self.y, seed=0)
        groups = self.rows["group"].to_numpy()
        either = np.concatenate([train, test])
        tracks = pd.Series(groups[either]).groupby(self.y[either]).nunique()
        enough = set(tracks.index[tracks >= FEWEST_TRACKS]) & set(self.y[train]) & set(self.y[test])
        return len(enough) >= 2

    @from_origin
    def learning(self) -> "Samples":
        """Return the rows that are not held out."""
        return self.where(~self.rows["holdout"].to_numpy())

    @from_origin
    def holdout(self) -> "Samples":
        """Return the rows that are held out, with what the holdout keeps whole as ``unit``."""
        chosen = replace(self, rows=self.rows.assign(unit=holdout_units(self.rows)))
        return chosen.where(self.rows["holdout"].to_numpy())

    @from_origin
    def only(self, features: Sequence[str]) -> "Samples":
        """Return the same rows with some of their features; of sequences, with some of their bands."""
        kept = [self.features.index(name) for name in features]
        return replace(self, features=tuple(features), values=only(self.values, kept))

    @from_origin
    def known(self) -> "Samples":
        """Return the same with only the genres that there are rows of."""
        codes = np.unique(self.y)
        if len(codes) == len(self.genres):
            return self
        return replace(self, genres=tuple(self.genres[code] for code in codes), y=np.searchsorted(codes, self.y))

    @from_origin
    def means_only(self) -> "Samples | None":
        """Return the means without the other statistics, as a feature set of its own.

        None where names don't tell them apart, and of a combination of sets, which is a comparison of its own.
        """
        kept = mean_columns(self.features)
        if not kept or is_combined(self.feature_set):
            return None
        return replace(
            self,
            feature_set=means_set(self.feature_set),
            features=tuple(self.features[i] for i in kept),
            values=only(self.values, kept),
        )

    def means(self) -> "Samples":
        """Return `means_only`.

        Raises
        ------
        InputError
            where the features' names don't tell which are means
        """
        means = self.means_only()
        if means is None:
            raise InputError(f"the features of {self.feature_set!r} don't say which of them are means")
        return means

    @from_origin
    def pair(self, genre_a: str, genre_b: str) -> "Samples":
        """Return the rows of two genres, as a binary problem."""
        codes = [self.genres.index(genre_a), self.genres.index(genre_b)]
        chosen = self.where(np.isin(self.y, codes))
        return replace(chosen, genres=(genre_a, genre_b), y=(chosen.y == codes[1]).astype(int))


def load_samples(database: Database, dataset: str, models: Iterable[str] = ()) -> list[Samples]:
    """Load the usable segments of a dataset that models can be compared on, as `load_all` gives them.

    A window length that too few tracks are long enough for is left out.

    Raises
    ------
    InputError
        as `load_all`, or where there are too few tracks to compare anything
    """
    compared = [samples for samples in load_all(database, dataset, models) if samples.learning().comparable()]
    if not compared:
        raise InputError(
            f"dataset {dataset!r} has too few tracks: a comparison needs two genres with {FEWEST_TRACKS} tracks each "
            "outside the holdout"
        )
    return compared


def load_all(database: Database, dataset: str, models: Iterable[str] = ()) -> list[Samples]:
    """Load the usable segments of a dataset, one `Samples` a feature set and window length, longest first.

    Feature sets come in the order they were asked for; after all vectors come sequences, where one of `models` takes
    them.

    Raises
    ------
    InputError
        where nothing was extracted, or the holdout is not drawn yet
    """
    extracted = extracted_windows(database, dataset)
    if not extracted:
        raise InputError(
            f"dataset {dataset!r} has no segments yet, or none that are one vector each: run 02_extract first"
        )
    tracks = _numbered_tracks(database, dataset)
    wanted = [extracted]
    if any(find_entry(model).kind == "frames" for model in models):
        wanted.append(extracted_windows(database, dataset, sequences=True))
    names = [(feature_set, window_s) for of in wanted for feature_set in of for window_s in of[feature_set]]
    return [_load(database, dataset, tracks, *name) for name in names]


def load_one(
    database: Database, dataset: str, feature_set: str, window_s: float, shared: Path | None = None
) -> Samples:
    """Load the usable segments of one feature set and window length, as `load_all` does.

    `shared` is the folder that another process keeps their values in, where this machine sees it.
    """
    return _load(database, dataset, _numbered_tracks(database, dataset), feature_set, window_s, shared)


def _numbered_tracks(database: Database, dataset: str) -> pd.DataFrame:
    columns = ["track_id", "genre", "holdout", "duplicate_of", "same_recording_as", "artist", "predefined_split"]
    return number_tracks(read_settled(database, dataset, columns).set_index("track_id"))


def _load(
    database: Database,
    dataset: str,
    tracks: pd.DataFrame,
    feature_set: str,
    window_s: float,
    shared: Path | None = None,
) -> Samples:
    known = find_feature_set(feature_set)
    read = read_sequences if known and known.is_sequence else read_columns
    columns = (open_columns(shared) if shared else None) or read(database, dataset, feature_set, window_s)
    usable = are_among(columns.identity["track_id"], tracks.index)
    segments = columns.identity[usable].reset_index(drop=True)
    genres, rows = tuple(sorted(tracks["genre"].unique())), number_rows(segments, tracks)
    samples = Samples(
        feature_set=feature_set,
        window_s=float(window_s),
        features=columns.features,
        genres=genres,
        values=columns.values if usable.all() else columns.values.take(usable),
        y=pd.Categorical(tracks["genre"], categories=genres).codes.astype(int)[rows["track"].to_numpy()],
        rows=rows,
    )
    if at_hand() is None:
        return samples
    place = columns.place if get_settings().shared else None
    stored = Stored(address_of(database), dataset, feature_set, float(window_s), checksum_of(samples), place)
    return keep_origin(samples, Origin(stored))


def describe_split(samples: Sequence[Samples], policy: str) -> list[str]:
    """Say what a split policy makes of rows: what it lacks, leaves out, and can't test.

    Parameters
    ----------
    samples : sequence of Samples
        without the holdout
    policy : str

    Returns
    -------
    list of str
        sentences

    Raises
    ------
    InputError
        where the metadata lack what the policy needs, or it leaves fewer than two genres on both sides
    """
    chosen_policy = find_policy(policy)
    sentences = chosen_policy.say_split(samples[0].rows)
    for chosen in samples:
        if not chosen.comparable(policy):
            repeating = chosen_policy.say_repeating(chosen.rows)
            why = f", with {repeating}" if repeating else ""
            raise InputError(
                f"--split {policy} leaves fewer than two genres something to learn from and to test on, in the "
                f"{chosen.window_s:g}-second rows of {chosen.feature_set!r}{why}; choose --split {USUAL}"
            )
    untested: dict[float, list[str]] = {}
    for chosen in samples:
        _, test = split_rows(policy, chosen.rows, chosen.y, seed=0)
        met = set(chosen.y[test])
        untested[chosen.window_s] = [genre for i, genre in enumerate(chosen.genres) if i not in met]
    said = say_never_tested(untested)
    return [*sentences, f"Never tested {find_policy(policy).phrase}{said}."] if said else sentences


def say_never_tested(untested: Mapping[float, Sequence[str]]) -> str:
    """Say which genres are never tested, as the end of a sentence: of all windows, or where they differ, of each.

    Parameters
    ----------
    untested : mapping
        by window [s]

    Returns
    -------
    str
        begins with what follows "Never tested"; empty where all are tested
    """
    named = {window_s: ", ".join(genres) for window_s, genres in untested.items() if genres}
    if not named:
        return ""
    if len(set(named.values())) == 1 and len(named) == len(untested):
        return f": {next(iter(named.values()))}"
    return "; ".join(f" on {window_s:g}-second rows: {genres}" for window_s, genres in named.items())


def choose_policy(asked: str, samples: Sequence[Samples]) -> tuple[str, list[str]]:
    """Return the policy that results are read under, and what it makes of rows, as `describe_split` says it.

    Parameters
    ----------
    asked : str
        the policy that somebody asked for, or that the run is read under already; empty: decided from the tracks by
        `usual_policy`, unless that leaves too little to test on
    samples : sequence of Samples
        without the holdout

    Raises
    ------
    InputError
        as `describe_split`, of a policy that was asked for
    """
    if asked:
        return asked, describe_split(samples, asked)
    policy, why = usual_policy(samples[0].rows.drop_duplicates("track"))
    if not all(chosen.comparable(policy) for chosen in samples):
        fewer = f"Artists are known, but --split {policy} would leave fewer than two genres to test."
        policy, why = USUAL, f"{fewer} Results are read {find_policy(USUAL).phrase} (--split {USUAL})."
    return policy, [why, *describe_split(samples, policy)]


def of_main_set(samples: Sequence[Samples]) -> list[Samples]:
    """Return the samples of the first feature set, which tables without a column for the set are about."""
    return [chosen for chosen in samples if chosen.feature_set == samples[0].feature_set]
