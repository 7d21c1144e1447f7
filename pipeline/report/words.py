"""Codes in words: beside the codes in every table that declares it, in their place where a person only reads."""

import re
from collections.abc import Callable

import pandas as pd

from pipeline.features.set_words import title_set
from pipeline.features.words import name_feature
from pipeline.models import display_name
from pipeline.places import MODEL_NAMES, POLICY_NAMES
from pipeline.quality import name_check
from pipeline.splits import POLICIES
from pipeline.tables import Table


def name_policy(policy: str) -> str:
    """Return a split policy, of genres or of places, in words; what is none, as it is."""
    return POLICIES[policy].label if policy in POLICIES else POLICY_NAMES.get(policy, policy)


VOCABULARIES: dict[str, Callable[[str], str]] = {
    "model": display_name,
    "place_model": lambda model: MODEL_NAMES.get(model, model),
    "place_measure": lambda measure: measure.replace("_", " "),
    "feature": name_feature,
    "feature_set": title_set,
    "split_policy": name_policy,
    "check": name_check,
}
"""How to say the codes of a column, by the column's name."""

HEADINGS = {
    "ci_low": "95 % interval from",
    "ci_high": "95 % interval to",
    "split_policy": "split",
    "place_model": "model",
    "p_value": "p",
    "p_adjusted": "p, adjusted for all pairs",
    "p_procedure": "p, were models made from other tracks",
    "sd": "standard deviation",
    "p05": "5th percentile",
    "p25": "25th percentile",
    "p50": "median",
    "p75": "75th percentile",
    "p95": "95th percentile",
    "change_name": "change",
    "drop_ci_low": "drop from",
    "drop_ci_high": "drop to",
    "flip_rate": "other answers",
    "flip_ci_low": "other answers from",
    "flip_ci_high": "other answers to",
    "support": "tracks",
    "f1": "F1",
    "track_id": "track",
}
"""What columns of a table are called above it, where blanks for underscores don't do."""

OF_WINDOW = {
    "train": "training accuracy",
    "test": "test accuracy",
    "holdout": "holdout accuracy",
    "leak_gap": "leak gap",
    "tracks": "tracks",
}
"""What columns of each window's length are called, as ``test_2_5s``."""

_WINDOW = re.compile(rf"({'|'.join(OF_WINDOW)})_(\d+(?:_\d+)?)s")
_OF_ONE = re.compile(r"_[ab]$")
"""Ends the names of two columns that say one thing of each of a pair, such as ``model_a``."""


def with_words(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared columns that say a code in words, each from its code; empty where that is."""
    said = {
        column.name: _said(frame[column.words_of], VOCABULARIES[column.vocabulary])
        for column in table.in_words
        if column.words_of in frame
    }
    return frame.assign(**said)


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with words in the place of codes, and headings that a reader of one table understands."""
    said = frame.copy(deep=False)
    for place, name in enumerate(frame.columns):
        if say := VOCABULARIES.get(_OF_ONE.sub("", str(name))):
            said.isetitem(place, _said(frame.iloc[:, place], say))
    return said.set_axis([_heading(name) for name in frame.columns], axis="columns")


def _heading(name: object) -> object:
    """Return what a column is called: ``window_s`` is ``window [s]``."""
    if not isinstance(name, str):
        return name
    if name in HEADINGS:
        return HEADINGS[name]
    if of_window := _WINDOW.fullmatch(name):
        return f"{OF_WINDOW[of_window[1]]}, {of_window[2].replace('_', '.')} s"
    one = _OF_ONE.search(name)
    base = _OF_ONE.sub("", name)
    words = base.removesuffix("_s").replace("_", " ") + (" [s]" if base.endswith("_s") else "")
    return f"{words}, {one[0][1:].upper()}" if one else words


def _said(codes: pd.Series, say: Callable[[str], str]) -> pd.Series:
    """Return each code in words: said once of each, since codes come again in row after row."""
    words = {code: say(code) if isinstance(code, str) else code for code in codes.dropna().unique()}
    return codes.map(words, na_action="ignore").astype("string")
