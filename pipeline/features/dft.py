"""Discrete Fourier transforms of the overlapping real frames of a signal, several frames side by side.

Conventions
-----------
- A signal lies hop by hop: sample `i` of hop `h` is ``hops[i, h]``. So the same sample of neighbouring frames lies side
  by side, as the same bin does in their spectra.
- A frame of 2048 real samples is taken for one of 1024 complex ones: the even samples are their real parts, the odd
  ones their imaginary parts (Press and others, Numerical Recipes, ch. 12.3).
- These are transformed as a matrix of 32 × 32, row by row in memory: each column, then, after a turn of each number,
  each row (Gentleman and Sande 1966). Number `n` of the result then lies where the matrix has its ``n``-th by columns.
"""

import numpy as np
from numba import njit

from pipeline.features.lanes import N_LANES, lanewise

N_FFT = 2048
HOP_LENGTH = 512
N_BINS = N_FFT // 2 + 1

_N = N_FFT // 2
_SIDE = 32
_HOPS = N_FFT // HOP_LENGTH
_ROW, _COLUMN = np.divmod(np.arange(_N), _SIDE)
_TURNS = np.exp(-2j * np.pi * _ROW * _COLUMN / _N)
_BIN_TURNS = np.exp(-2j * np.pi * np.arange(_N // 2 + 1) / N_FFT)


def _parts(turns: np.ndarray, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    return turns.real.astype(dtype), turns.imag.astype(dtype)


_TABLES = *_parts(_TURNS, np.float64), *_parts(_BIN_TURNS, np.float64)
_SINGLE_TABLES = *_parts(_TURNS, np.float32), *_parts(_BIN_TURNS, np.float32)


def forward(hops: np.ndarray, window: np.ndarray, n_frames: int) -> np.ndarray:
    """Transform frames in double precision, and round.

    Parameters
    ----------
    hops : np.ndarray [shape=(512, m), dtype=float32]
        m >= n_frames + 10, for frames are transformed by eights
    window : np.ndarray [shape=(2048,), dtype=float64]
        weighs the samples of each frame
    n_frames : int

    Returns
    -------
    np.ndarray [shape=(1025, n_frames), dtype=complex64]
        part of a larger array, always, for compiled code is made for one layout
    """
    spectra = np.empty((N_BINS, (n_frames // N_LANES + 1) * N_LANES), dtype=np.complex64)
    _forward(hops, window, spectra, *_TABLES)
    return spectra[:, :n_frames]


def inverse(spectra: np.ndarray, share: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Transform parts of frames back in single precision, weigh their samples, and add up where frames overlap.

    Parameters
    ----------
    spectra : np.ndarray [shape=(1025, n_frames), dtype=complex64]
        first and last bin real
    share : np.ndarray [shape=(1025, n_frames), dtype=float32]
        of each bin that is taken
    window : np.ndarray [shape=(2048,), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(512, n_frames + 3), dtype=float32]
        hop by hop
    """
    n_frames = spectra.shape[1]
    n_whole = n_frames // N_LANES * N_LANES
    hops = np.zeros((HOP_LENGTH, n_whole + N_LANES + _HOPS - 1), dtype=np.float32)
    left = (0, 0), (0, n_whole + N_LANES - n_frames)
    scaled = window / np.float32(_N)
    _inverse(spectra, share, n_whole, 0, hops, scaled, *_SINGLE_TABLES)
    rest = np.pad(spectra[:, n_whole:], left), np.pad(share[:, n_whole:], left)
    _inverse(*rest, N_LANES, n_whole, hops, scaled, *_SINGLE_TABLES)
    return hops[:, : n_frames + _HOPS - 1]


def dft(values):
    """Return the discrete Fourier transform of 1, 2, 4, … complex numbers (Cooley and Tukey 1965).

    Parameters
    ----------
    values : list of (real, imaginary)
        numbers, or what is added, subtracted and multiplied like them
    """
    n = len(values)
    if n == 1:
        return values
    lower, upper = [], []
    for k, (even, odd) in enumerate(zip(dft(values[::2]), dft(values[1::2]), strict=True)):
        if 4 * k == n:
            turned = odd[1], odd[0] * -1.0
        elif k:
            turned = _product(odd, (float(np.cos(2 * np.pi * k / n)), float(-np.sin(2 * np.pi * k / n))))
        else:
            turned = odd
        lower.append((even[0] + turned[0], even[1] + turned[1]))
        upper.append((even[0] - turned[0], even[1] - turned[1]))
    return lower + upper


def _product(a, b):
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _transform(values, real, imaginary, places):
    """Transform 32 numbers of each frame, and write them to places of the matrix."""
    none = places[0] * 0
    for place, (re, im) in zip(places, dft(values), strict=True):
        real.store(place, none, re)
        imaginary.store(place, none, im)


@lanewise
def _transform_samples(hops, first_frame, window, column, real, imaginary):
    """Fill a column of the matrix from the samples of frames, and transform it."""

    def sample(i, row):  # the i-th behind number 32 * row + column
        hop, in_hop = divmod(2 * _SIDE * row, HOP_LENGTH)
        at = column * 2 + i
        return hops.load(at + in_hop, first_frame + hop).double() * window.same(at + 2 * _SIDE * row)

    values = [(sample(0, row), sample(1, row)) for row in range(_SIDE)]
    _transform(values, real, imaginary, [column + _SIDE * row for row in range(_SIDE)])


@lanewise
def _transform_column(real, imaginary, column):
    """Transform a column of the matrix."""
    places, none = [column + _SIDE * row for row in range(_SIDE)], column * 0
    _transform([(real.load(at, none), imaginary.load(at, none)) for at in places], real, imaginary, places)


@lanewise
def _transform_row(real, imaginary, row, cosines, sines):
    """Turn the numbers of a row of the matrix, and transform it."""
    places, none = [row * _SIDE + column for column in range(_SIDE)], row * 0
    values = [
        _product((real.load(at, none), imaginary.load(at, none)), (cosines.same(at), sines.same(at))) for at in places
    ]
    _transform(values, real, imaginary, places)


@lanewise
def _separate(real, imaginary, near, far, k, mirrored, cosines, sines, spectra, first_frame):
    """Find two bins of the real samples, `k` and its mirror image, from those of the complex ones, at two places."""
    none = k * 0
    a = real.load(near, none), imaginary.load(near, none)
    b = real.load(far, none), imaginary.load(far, none)
    even = (a[0] + b[0]) * 0.5, (a[1] - b[1]) * 0.5
    odd = _product(((a[1] + b[1]) * 0.5, (b[0] - a[0]) * 0.5), (cosines.same(k), sines.same(k)))
    spectra.store_complex(k, first_frame, ((even[0] + odd[0]).single(), (even[1] + odd[1]).single()))
    spectra.store_complex(mirrored, first_frame, ((even[0] - odd[0]).single(), (odd[1] - even[1]).single()))


@lanewise
def _join(spectra, share, first_frame, k, mirrored, cosines, sines, near, far, real, imaginary):
    """Undo what `_separate` does, with a share of the two bins."""
    none = k * 0
    a, b = (
        [part * share.load(row, first_frame) for part in spectra.load_complex(row, first_frame)]
        for row in (k, mirrored)
    )
    even = (a[0] + b[0]) * 0.5, (a[1] - b[1]) * 0.5
    odd = _product(((a[0] - b[0]) * 0.5, (a[1] + b[1]) * 0.5), (cosines.same(k), sines.same(k) * -1.0))
    real.store(near, none, even[0] - odd[1])
    imaginary.store(near, none, even[1] + odd[0])
    real.store(far, none, even[0] + odd[1])
    imaginary.store(far, none, odd[0] - even[1])


@lanewise
def _add_samples(real, imaginary, place, window, sample, hops, in_hop, frame):
    """Weigh two samples of frames, the real and the imaginary part of a number, and add them to the signal."""
    none = place * 0
    for i, part in enumerate((real, imaginary)):
        weighed = part.load(place, none) * window.same(sample + i)
        hops.store(in_hop + i, frame, hops.load(in_hop + i, frame) + weighed)


@njit(cache=True, nogil=True)
def _place(k):
    """Return where number `k` of a transform lies in the matrix."""
    return k % _SIDE * _SIDE + k // _SIDE


@njit(cache=True, nogil=True)
def _forward(hops, window, spectra, cosines, sines, bin_cosines, bin_sines):
    real, imaginary = np.empty((_N, N_LANES)), np.empty((_N, N_LANES))
    for first in range(0, spectra.shape[1], N_LANES):
        for column in range(_SIDE):
            _transform_samples((hops, first, window, column, real, imaginary))
        for row in range(_SIDE):
            _transform_row((real, imaginary, row, cosines, sines))
        for k in range(_N // 2 + 1):
            near, far = _place(k), _place((_N - k) % _N)
            _separate((real, imaginary, near, far, k, _N - k, bin_cosines, bin_sines, spectra, first))


@njit(cache=True, nogil=True)
def _inverse(spectra, share, n_frames, begin, hops, window, cosines, sines, bin_cosines, bin_sines):
    """Add the frames of `spectra` to `hops` from `begin` on."""
    real, imaginary = np.empty((_N, N_LANES), np.float32), np.empty((_N, N_LANES), np.float32)
    for first in range(0, n_frames, N_LANES):
        for k in range(_N // 2 + 1):
            _join((spectra, share, first, k, _N - k, bin_cosines, bin_sines, k, (_N - k) % _N, real, imaginary))
        # With real and imaginary parts exchanged, a transform is the inverse one.
        for column in range(_SIDE):
            _transform_column((imaginary, real, column))
        for row in range(_SIDE):
            _transform_row((imaginary, real, row, cosines, sines))
        for n in range(_N):
            hop, in_hop = divmod(2 * n, HOP_LENGTH)
            _add_samples((real, imaginary, _place(n), window, 2 * n, hops, in_hop, begin + first + hop))
