"""Music that is no track of the dataset, as a point of its space."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipeline.audio import cut, decode
from pipeline.errors import AudioError, InputError
from pipeline.features import Wanted, find_feature_set, get_feature_set
from pipeline.features.signal import Signal
from pipeline.playlist.space import Space
from pipeline.printable import libraries_quiet
from pipeline.set_names import parts_of


def measured(space: Space) -> list[Wanted]:
    """Return the feature sets and window lengths that a song has to be measured in.

    Raises
    ------
    InputError
        where this version does not measure what the dataset's tracks were measured in, or lacks what that takes
    """
    columns: set[str] = set()
    for part in parts_of(space.feature_set):
        known = find_feature_set(part)
        if known is None:
            raise InputError(
                f"a song can't be measured in the features of dataset {space.dataset!r}, {part!r}: they came in a "
                "table, or are of another version; name tracks of the dataset, or run it again on its audio"
            )
        if lacking := known.say_missing():
            raise InputError(f"to measure a song in {part!r} takes {lacking}")
        columns.update(known.columns)
    if other := set(space.features) - columns:
        raise InputError(
            f"the features of dataset {space.dataset!r} are of another version than those that a song is measured in "
            f"here, like {min(other)!r}: run the dataset again on its audio, or name its tracks"
        )
    return [(part, space.window_s) for part in parts_of(space.feature_set)]


def point_of(space: Space, vectors: Mapping[Wanted, np.ndarray]) -> np.ndarray:
    """Return the point of a song [shape=(p,)].

    Parameters
    ----------
    space : Space
    vectors : mapping of np.ndarray [shape=(n_windows, n_columns)]
        of all that `measured` names

    Raises
    ------
    InputError
        where it is shorter than a window
    """
    values: dict[str, float] = {}
    for (name, window_s), rows in vectors.items():
        if not len(rows):
            raise InputError(f"the song is shorter than the {window_s:g} s that are compared: give more of it")
        for column, value in zip(get_feature_set(name).columns, np.mean(rows, axis=0), strict=True):
            values.setdefault(column, float(value))
    return space.place(np.array([values[name] for name in space.features]))


def hear_song(space: Space, path: Path) -> np.ndarray:
    """Decode a file and return its point.

    Raises
    ------
    InputError
        where it is no usable audio, or `measured` and `point_of` refuse it
    """
    wanted = measured(space)
    try:
        with libraries_quiet():
            clip = decode(path)
    except AudioError as error:
        raise InputError(f"{str(path)!r} can't be heard: {error.detail}") from error
    signals = [Signal(window.y) for window in cut(clip.y, space.window_s)]
    return point_of(
        space, {key: np.array([get_feature_set(key[0]).compute(signal) for signal in signals]) for key in wanted}
    )
