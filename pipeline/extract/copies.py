"""Which tracks sound alike to the ear: pairs whose fingerprints agree, found by an inverted index.

1. A peak and three that follow are hashed. Tracks that have a hash in common are looked at where they stand beside
   each other in its list, `NEIGHBOURS` at most, so that a list may be long. `FEWEST_COMMON` such peaks at about the
   same shift make a candidate.
2. A candidate is a copy where enough of the pairs of peaks agree at one shift, played as fast or up to 1 % faster or
   slower.

Time and memory grow with the number of tracks, not with that of pairs. `benchmarks/copies.md` has what is found.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from pipeline.features.fingerprint import HASHES_A_BAND, PEAK, pair_hashes, quad_hashes

NEIGHBOURS = 16
FEWEST_COMMON, MANY_TRACKS = 2, 5_000
"""Of more than so many tracks a candidate needs one hash more: chance brings two together too often."""

AT_ONCE = 5_000
"""Tracks whose pairs with others are held in memory together."""

SHIFT_FRAMES = 8
"""Of candidates, shifts within 0.4 s are one: at 1 % another speed they drift by 0.3 s in half a minute."""

SPEEDS = (0.0, 0.005, 0.01, -0.005, -0.01)
"""By how much the other one may run faster. Its bands are then higher by a third of one, so some pairs by a whole."""

EXACT_FRAMES = 3
"""How far the shift of pairs that agree may vary at one speed, with the rounding of both."""

SHARE = 0.06
"""A copy has this part of the pairs of the shorter one at one shift and speed. `benchmarks/copies.md` has what copies
have at least, and different recordings at most."""

FEWEST_PAIRS = 30
"""Fewer say nothing, as of a second of music."""


def find_copies(
    track_ids: Sequence[str], fingerprints: Sequence[bytes], fewest_common: int | None = None
) -> pd.DataFrame:
    """Find pairs of tracks that hold the same recording, or a stretch of it.

    Parameters
    ----------
    track_ids : sequence of str
    fingerprints : sequence of bytes
        as `pipeline.features.fingerprint` makes them, one a track; an empty one is like no other
    fewest_common : int, optional
        hashes that a candidate shares at least; by the number of tracks

    Returns
    -------
    pd.DataFrame
        ``track_a``, ``track_b``, ``share`` (of the pairs of peaks of the shorter one that agree), most alike first.
        Of many copies of one recording not each two need be a pair, but all hang together.
    """
    peaks = [np.frombuffer(found, dtype=PEAK) for found in fingerprints]
    names = pd.Series(list(track_ids), dtype=object).to_numpy()
    fewest_common = fewest_common or FEWEST_COMMON + (len(peaks) > MANY_TRACKS)

    @lru_cache(maxsize=256)  # candidates come in the order of their first track
    def pairs_of(track: int) -> tuple[np.ndarray, np.ndarray]:
        return _ordered_pairs(peaks[track])

    found = [(a, b, share) for a, b in _candidates(peaks, fewest_common)
             if (share := _likeness(pairs_of(a), pairs_of(b))) >= SHARE]  # fmt: skip
    pairs = pd.DataFrame(found, columns=["a", "b", "share"]).astype({"a": int, "b": int, "share": float})
    pairs = pairs.sort_values(["share", "a", "b"], ascending=[False, True, True], ignore_index=True)
    return pd.DataFrame({"track_a": names[pairs["a"]], "track_b": names[pairs["b"]], "share": pairs["share"]})


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Return which part of the pairs of peaks of the shorter recording agree at the best shift; 0: too few to tell.

    Parameters
    ----------
    a, b : np.ndarray [dtype=PEAK]
    """
    return _likeness(_ordered_pairs(a), _ordered_pairs(b))


def _ordered_pairs(peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes of the pairs of peaks in order, and their frames."""
    if not len(peaks):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    hashes, frames = pair_hashes(peaks)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], frames[order]


def _likeness(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> float:
    common = {higher: _common(a, b, higher) for higher in (-1, 0, 1)}
    n_agreeing = 0
    for speed in SPEEDS:
        both = [common[0]] if not speed else [common[0], common[1 if speed > 0 else -1]]
        frames_a, frames_b = np.concatenate(both, axis=1)
        if len(frames_a):
            shifts = np.rint(frames_a - frames_b * (1 + speed)).astype(np.int64)
            n_at_shift = np.bincount(shifts - shifts.min())
            n_agreeing = max(n_agreeing, int(np.convolve(n_at_shift, np.ones(EXACT_FRAMES, dtype=int)).max()))
    return n_agreeing / min(len(a[0]), len(b[0])) if n_agreeing >= FEWEST_PAIRS else 0.0


def _common(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray], higher: int) -> np.ndarray:
    """Return the frames in `a` and in `b` of pairs that are the same but that those of `b` are so many bands higher."""
    wanted = a[0] + higher * HASHES_A_BAND
    first = np.searchsorted(b[0], wanted, "left")
    n_same = np.searchsorted(b[0], wanted, "right") - first
    which = np.arange(n_same.sum()) + np.repeat(first - np.cumsum(n_same) + n_same, n_same)
    return np.stack([np.repeat(a[1], n_same), b[1][which]])


def _candidates(peaks: list[np.ndarray], fewest_common: int) -> list[tuple[int, int]]:
    """Return pairs of tracks, the lower number first, that share hashes at about one shift."""
    index = _index(peaks)
    blocks = (range(first, min(first + AT_ONCE, len(peaks))) for first in range(0, len(peaks), AT_ONCE))
    return [pair for block in blocks for pair in _candidates_of(block, index, fewest_common)]


def _candidates_of(
    block: range, index: tuple[np.ndarray, np.ndarray, np.ndarray], fewest_common: int
) -> list[tuple[int, int]]:
    """Return the candidates whose lower number is in `block`."""
    hashes, tracks, frames = index
    is_here = (tracks >= block.start) & (tracks < block.stop)
    pairs, places = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for ahead in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(is_here[:-ahead] & (hashes[ahead:] == hashes[:-ahead]))
        same = same[tracks[same + ahead] != tracks[same]]
        shift = (frames[same + ahead] - frames[same] + 2**16) // SHIFT_FRAMES
        pairs.append(tracks[same].astype(np.int64) << 32 | tracks[same + ahead])
        places.append(shift.astype(np.int64) << 32 | frames[same])
    pair, place = np.concatenate(pairs), np.concatenate(places)
    order = np.lexsort([place, pair])
    pair, place = pair[order], place[order]
    is_new = np.r_[True, (np.diff(pair) != 0) | (np.diff(place) != 0)][: len(pair)]  # one peak counts once
    pair, shift, last = pair[is_new], place[is_new] >> 32, fewest_common - 1
    n = max(len(pair) - last, 0)
    near = (pair[last:] == pair[:n]) & (shift[last:] - shift[:n] <= 1)
    return [(int(both >> 32), int(both & 0xFFFFFFFF)) for both in np.unique(pair[:n][near])]


def _index(peaks: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sampled hashes of all tracks in order, with the numbers of their tracks, and their frames."""
    hashes, tracks, frames = [], [], []
    for number, of_track in enumerate(peaks):
        if len(of_track) < 3:
            continue
        found, starts = quad_hashes(of_track)
        hashes.append(found)
        frames.append(starts.astype(np.int32))
        tracks.append(np.full(len(found), number, dtype=np.int32))
    if not hashes:
        return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
    every_hash = np.concatenate(hashes)
    order = np.argsort(every_hash, kind="stable")
    return every_hash[order], np.concatenate(tracks)[order], np.concatenate(frames)[order]
