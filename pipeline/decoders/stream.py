"""Audio in a file that is opened and not decoded yet, whatever decodes it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from pipeline.errors import AudioError

LOUDEST = 1e10
"""Samples beyond this multiple of full scale are no audio (32-bit integers stored as floats reach 2e9)."""

MANY_CHANNELS = 8
"""From so many on NumPy adds up numbers that lie side by side in another order, so that it has to do it itself."""


Block = TypeVar("Block")


@dataclass(frozen=True)
class Stream(ABC):
    """What can be said of a file's audio before it is decoded.

    Attributes
    ----------
    path : Path
    sample_rate_hz, channels : int
    n_frames : int or None
        its length, as far as it can be relied on: less may come, where the file is damaged, and never more. None: only
        decoding tells
    claimed_frames : int or None
        how long a whole copy of it is, by its header; None where the header says nothing, or nothing to believe
    """

    path: Path
    sample_rate_hz: int
    channels: int
    n_frames: int | None
    claimed_frames: int | None

    def read(self, start: int, n_frames: int) -> np.ndarray:
        """Return the mean of the channels from frame `start` on, [shape=(<= n_frames,), dtype=float32].

        Fewer than `n_frames` say that the file is damaged, or lies about its length.
        """
        return self.read_through(start, n_frames)

    def read_through(self, start: int, n_frames: int) -> np.ndarray:
        """Return the same, and decode all that is before it."""
        return mixed(between(self.blocks(), start, start + n_frames))

    def read_each(self, stretches: Sequence[tuple[int, int]]) -> Iterator[np.ndarray]:
        """Yield what `read` returns of each stretch, its first frame and its number of frames; they are in order."""
        return self.read_through_each(stretches)

    def read_through_each(self, stretches: Sequence[tuple[int, int]]) -> Iterator[np.ndarray]:
        """Yield the same, and decode all that is before and between them, once."""
        return mixed_each(self.blocks(), stretches, len, lambda block: block)

    @abstractmethod
    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all that can be decoded, from the start, [shape=(n, channels), dtype=float32]; every time the same."""

    def count(self) -> int:
        """Return how many frames can be decoded."""
        return sum(len(block) for block in self.blocks())


def between(blocks: Iterable[np.ndarray], start: int, stop: int) -> Iterator[np.ndarray]:
    """Yield what of the blocks lies from frame `start` to frame `stop`."""
    at = 0
    for block in blocks:
        if start < at + len(block):
            yield block[max(start - at, 0) : stop - at]
        at += len(block)
        if at >= stop:
            return


def mixed_each(
    blocks: Iterable[Block],
    stretches: Sequence[tuple[int, int]],
    length: Callable[[Block], int],
    as_floats: Callable[[Block], np.ndarray],
) -> Iterator[np.ndarray]:
    """Yield the mean of the channels of each stretch, empty where the blocks end before it.

    Parameters
    ----------
    blocks : iterable
        what a decoder gives, from the start
    stretches : sequence of (int, int)
        first frame and number of frames, in order, none into the next
    length : callable
        block -> how many frames it has
    as_floats : callable
        block -> its samples [shape=(n, channels), dtype=float32]; of blocks that are wanted only

    Raises
    ------
    AudioError
        as `mixed` does
    """
    left, pieces, at = list(stretches), [], 0
    for block in blocks:
        end = at + length(block)
        while left:
            start, stop = left[0][0], sum(left[0])
            if start < end:
                pieces.append(as_floats(block)[max(start - at, 0) : stop - at])
            if stop > end:
                break
            yield mixed(pieces)
            left, pieces = left[1:], []
        if not left:
            return
        at = end
    for _ in left:
        yield mixed(pieces)
        pieces = []


def mixed(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Return the mean of the channels, in one piece.

    Raises
    ------
    AudioError
        ``not_finite`` or ``out_of_range``
    """
    pieces = []
    for block in blocks:
        peak = max(float(block.max()), -float(block.min()))
        if not np.isfinite(peak):
            raise AudioError("not_finite", "the samples hold NaN or infinite values")
        if peak > LOUDEST:
            raise AudioError("out_of_range", f"a sample is {peak:.3g} times full scale")
        pieces.append(mix_down(block))
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate([np.empty(0, dtype=np.float32), *pieces])


def mix_down(block: np.ndarray) -> np.ndarray:
    """Return the mean of the channels, to the last bit that of ``librosa.to_mono``, at a tenth of its cost.

    Parameters
    ----------
    block : np.ndarray [shape=(n, channels), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
    """
    n_channels = block.shape[1]
    if n_channels >= MANY_CHANNELS:
        return block.mean(axis=1)
    y = block[:, 0].copy()
    for channel in range(1, n_channels):
        y += block[:, channel]
    y /= n_channels
    return y
