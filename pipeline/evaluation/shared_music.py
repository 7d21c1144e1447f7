"""What two datasets have in common: recordings, and artists. A model that learned from them is not tested on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.evaluation.samples import Samples
from pipeline.evaluation.track_means import track_means
from pipeline.extract.copies import find_copies
from pipeline.extract.near_features import find_near_duplicates
from pipeline.printable import count
from pipeline.splits import artist_key, same_titles, telling
from pipeline.store import read_frame

MOST_NAMED = 6


@dataclass(frozen=True)
class SharedMusic:
    """Tracks of a dataset that are not tested, since the model learned from something too much like them.

    Attributes
    ----------
    copies : frozenset of str
        tracks that hold a recording that it learned from, and tracks with the same recording as these
    of_artists : frozenset of str
        other tracks by artists of whom it learned
    artists : tuple of str
        these artists, as the metadata of the dataset that is tested on name them
    n_unknown, n_tracks : int
        tracks whose artist is unknown, and all: of both datasets
    """

    copies: frozenset[str]
    of_artists: frozenset[str]
    artists: tuple[str, ...]
    n_unknown: int
    n_tracks: int

    @property
    def sentences(self) -> list[str]:
        """What is not tested for it, and what can't be told."""
        said = []
        if self.copies:
            said.append(f"{count(len(self.copies), 'track')} not tested: copies of recordings that it learned from.")
        if self.of_artists:
            named = ", ".join(self.artists[:MOST_NAMED])
            more = f" and {len(self.artists) - MOST_NAMED} more" if len(self.artists) > MOST_NAMED else ""
            tracks = count(len(self.of_artists), "track")
            said.append(f"{tracks} not tested: by artists that it learned from ({named}{more}).")
        if self.n_unknown:
            said.append(
                f"The artists of {self.n_unknown:,} of the {self.n_tracks:,} tracks of both datasets are unknown: "
                "whether these have artists in common can't be told."
            )
        return said


def find_shared(
    database: Database, pairs: Iterable[tuple[Samples, Samples]], dataset: str, tested_dataset: str
) -> SharedMusic:
    """Find which tracks that are tested are copies of tracks that were learned from, or by their artists.

    Recordings are told by their content, by artist and title, and by sound: by fingerprints where both are audio, else
    by features that are nearly the same.

    Parameters
    ----------
    database : Database
    pairs : iterable of (Samples, Samples)
        what is learned from and what is tested, of the same columns: a pair for each feature set and window, as other
        windows have other tracks; taken one at a time, as rows are many
    dataset, tested_dataset : str
        that they are of
    """
    learned: list[pd.DataFrame] = []
    tested: list[pd.DataFrame] = []
    means: list[pd.DataFrame] = []
    for pair in pairs:
        for side, tracks in zip(pair, (learned, tested), strict=True):
            tracks.append(side.rows.drop_duplicates("track_id").set_index("track_id")[["group", "artist"]])
        if pair[0].values.ndim == 2:
            means.append(pd.concat([_means(each, side) for side, each in enumerate(pair)]))
    heard, rows = (_once(tracks) for tracks in (learned, tested))
    ours, theirs = _about(database, dataset, heard.index), _about(database, tested_dataset, rows.index)
    copied = {name for column in ("content_hash", "recording") for name in _named_alike(ours, theirs, column)}
    copied |= _sounding_alike(database, (dataset, ours), (tested_dataset, theirs), means)
    copied |= set(rows.index[rows["group"].isin(rows.loc[list(copied), "group"])])
    known = set(ours["artist_key"].dropna())
    by_them = theirs.index[theirs["artist_key"].isin(known)]
    joined = set(rows.index[rows["artist"].isin(rows.loc[by_them, "artist"])])
    spelled = theirs.loc[by_them].drop_duplicates("artist_key")["artist"]
    return SharedMusic(
        copies=frozenset(copied),
        of_artists=frozenset(joined - copied),
        artists=tuple(sorted(spelled)),
        n_unknown=int(ours["artist_key"].isna().sum() + theirs["artist_key"].isna().sum()),
        n_tracks=len(ours) + len(theirs),
    )


def _once(tracks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    together = pd.concat(tracks)
    return together[~together.index.duplicated()]


def _about(database: Database, dataset: str, names: pd.Index) -> pd.DataFrame:
    """Return what is known of tracks, by ``track_id``."""
    columns = ["track_id", "artist", "title", "content_hash"]
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns).set_index("track_id")
    tracks = tracks.loc[names]
    return tracks.assign(artist_key=tracks["artist"].map(artist_key), recording=same_titles(tracks))


def _named_alike(ours: pd.DataFrame, theirs: pd.DataFrame, column: str) -> set[str]:
    return set(theirs.index[theirs[column].isin(set(ours[column].dropna()))])


def _sounding_alike(
    database: Database, ours: tuple[str, pd.DataFrame], theirs: tuple[str, pd.DataFrame], means: Sequence[pd.DataFrame]
) -> set[str]:
    """Return the tracks of the other dataset that sound like one of ours; `means` of both, of each pair of samples."""
    prints = [_fingerprints(database, *each) for each in (ours, theirs)]
    names = [*((0, name) for name in prints[0]), *((1, name) for name in prints[1])]
    labels = [f"{side}/{name}" for side, name in names]
    found = [find_copies(labels, [prints[side][name] for side, name in names])] if all(prints) else []
    if not all(prints):  # a few values may agree by chance
        found = [find_near_duplicates(each[telling(each.to_numpy())]).pairs for each in means]
    pairs = [(a, b) for frame in found for a, b in zip(frame["track_a"], frame["track_b"], strict=True)]
    across = [sorted(pair) for pair in pairs if pair[0][0] != pair[1][0]]
    return {b.partition("/")[2] for _, b in across}


def _fingerprints(database: Database, dataset: str, tracks: pd.DataFrame) -> dict[str, bytes]:
    asked = {"dataset": dataset, "status": "ready", "fingerprint": {"$nin": [None, b""]}}
    heard = database["tracks"].find(asked, {"_id": False, "track_id": True, "fingerprint": True}).sort("track_id")
    return {track["track_id"]: track["fingerprint"] for track in heard if track["track_id"] in tracks.index}


def _means(samples: Samples, side: int) -> pd.DataFrame:
    """Return the mean row of each track, by its side and name."""
    names = samples.rows.drop_duplicates("track").sort_values("track")["track_id"].astype(str).to_numpy()
    return pd.DataFrame(track_means(samples), columns=list(samples.features), index=f"{side}/" + names)
