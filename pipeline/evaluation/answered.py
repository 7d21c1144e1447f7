"""What candidates answered to the tracks that they were tested on, packed: a few bytes a track, none of them a row.

The choice of the champion is made again from these (`choice`), maybe by another process and much later: they are stored
with the rows of the stage that tested the candidates.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from bson import Binary

from pipeline.evaluation.samples import Samples
from pipeline.evaluation.tally import Answers

AnsweredKey = tuple[str, str, float, str]
"""Model, feature set, window [s] and split policy of a candidate."""

AT_ONCE = 200_000
"""Tracks in one document: MongoDB takes none above 16 MB."""

_NAMES = ("model", "feature_set", "window_s", "split_policy")
_COUNT = np.dtype("<u2")


@dataclass(frozen=True)
class AnsweredTracks:
    """How many answers for each track were right, summed over the repeats that tested it.

    Attributes
    ----------
    track_ids : np.ndarray of str [shape=(n_tracks,)]
    right, n : np.ndarray of int [shape=(n_tracks,)]
        `n` is never 0
    """

    track_ids: np.ndarray
    right: np.ndarray
    n: np.ndarray


def answered_tracks(samples: Samples, repeats: Sequence[Answers]) -> AnsweredTracks:
    """Sum answers at the level of tracks over repeats.

    Parameters
    ----------
    samples : Samples
    repeats : sequence of Answers
        whose rows are numbers of tracks
    """
    names = samples.rows.drop_duplicates("track").set_index("track")["track_id"]
    size = int(names.index.max()) + 1
    right, n = np.zeros(size), np.zeros(size)
    for answers in repeats:
        right += np.bincount(answers.rows, answers.right, size)
        n += np.bincount(answers.rows, minlength=size)
    tested = np.flatnonzero(n)
    return AnsweredTracks(names.loc[tested].to_numpy(), right[tested].astype(int), n[tested].astype(int))


def pack_answers(answered: Mapping[AnsweredKey, AnsweredTracks]) -> pd.DataFrame:
    """Return documents of ``answers``, a row a candidate, or several where tracks are very many."""
    return pd.DataFrame([row for key, tracks in answered.items() for row in _documents(key, tracks)])


def unpack_answers(documents: pd.DataFrame) -> dict[AnsweredKey, AnsweredTracks]:
    """Return what `pack_answers` packed."""
    if documents.empty:
        return {}
    return {
        key: AnsweredTracks(
            np.array([name for packed in rows["track_ids"] for name in json.loads(zlib.decompress(packed))]),
            *(np.concatenate([_counts(packed) for packed in rows[name]]) for name in ("right", "n")),
        )
        for key, rows in documents.sort_values([*_NAMES, "part"]).groupby(list(_NAMES), sort=True)
    }


def _documents(key: AnsweredKey, tracks: AnsweredTracks) -> Iterator[dict]:
    for part, first in enumerate(range(0, len(tracks.n), AT_ONCE)):
        some = slice(first, first + AT_ONCE)
        names = json.dumps(tracks.track_ids[some].tolist()).encode()
        counts = {name: getattr(tracks, name)[some].astype(_COUNT).tobytes() for name in ("right", "n")}
        packed = {name: Binary(zlib.compress(content)) for name, content in ({"track_ids": names} | counts).items()}
        yield {**dict(zip(_NAMES, key, strict=True)), "part": part, **packed}


def _counts(packed: bytes) -> np.ndarray:
    return np.frombuffer(zlib.decompress(packed), dtype=_COUNT).astype(int)
