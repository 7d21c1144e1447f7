"""Rows of another dataset that a model can be asked about: the same features, of windows of the same length."""

from collections.abc import Sequence

from pipeline.errors import InputError
from pipeline.evaluation.samples import Samples
from pipeline.features import find_feature_set
from pipeline.features.means import base_set
from pipeline.printable import count

MOST_NAMED = 8


def find_like(ours: Samples, theirs: Sequence[Samples], dataset: str) -> Samples:
    """Return the rows of another dataset with the columns of `ours`, in their order.

    Where both sets of features are known by name and version, these must be the same: columns of one name mean
    something else in another version. Columns of tables go by their names.

    Parameters
    ----------
    ours : Samples
    theirs : sequence of Samples
        all of the other dataset
    dataset : str
        its name

    Raises
    ------
    InputError
        where it has no such rows, naming what is missing
    """
    alike = _alike(ours, theirs, dataset)
    whole = [each for each in alike if set(ours.features) <= set(each.features)]
    if whole:
        return whole[0].only(ours.features) if whole[0].features != ours.features else whole[0]
    nearest = max(alike, key=lambda each: len(set(ours.features) & set(each.features)))
    missing = [name for name in ours.features if name not in nearest.features]
    n_common = len(ours.features) - len(missing)
    mend = f"; --common trains anew on the {count(n_common, 'column')} that both have" if n_common else ""
    raise InputError(
        f"dataset {dataset!r} lacks {len(missing)} of the {len(ours.features)} columns that the model takes: "
        f"{_some(missing)}{mend}"
    )


def common_columns(ours: Samples, theirs: Sequence[Samples], dataset: str) -> tuple[Samples, Samples]:
    """Return the rows of both datasets with the columns that both have.

    Raises
    ------
    InputError
        where there is no such column, or no such window
    """
    alike = _alike(ours, theirs, dataset)
    nearest = max(alike, key=lambda each: len(set(ours.features) & set(each.features)))
    names = [name for name in ours.features if name in nearest.features]
    if not names:
        raise InputError(
            f"no common columns: the model takes {_some(ours.features)}; dataset {dataset!r} has "
            f"{_some(nearest.features)}"
        )
    return ours.only(names), nearest.only(names)


def _alike(ours: Samples, theirs: Sequence[Samples], dataset: str) -> list[Samples]:
    wanted, is_known = base_set(ours.feature_set), find_feature_set(base_set(ours.feature_set)) is not None
    same_form = [each for each in theirs if each.values.ndim == ours.values.ndim]
    same_set = [
        each
        for each in same_form
        if base_set(each.feature_set) == wanted or not (is_known and find_feature_set(each.feature_set))
    ]
    if not same_set:
        there_are = ", ".join(dict.fromkeys(each.feature_set for each in theirs))
        raise InputError(
            f"the model takes features of {wanted!r}, and dataset {dataset!r} has those of {there_are}: "
            f"`genrelab run --dataset {dataset} --features {wanted} --to extract` makes them"
        )
    found = [each for each in same_set if each.window_s == ours.window_s]
    if not found:
        windows = ", ".join(dict.fromkeys(f"{each.window_s:g}" for each in same_set))
        raise InputError(
            f"the model takes rows of {ours.window_s:g} seconds, and those of dataset {dataset!r} are of {windows}: "
            "extract both in the same --windows"
        )
    return sorted(found, key=lambda each: base_set(each.feature_set) != wanted)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
