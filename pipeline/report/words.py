"""Codes in words, beside the codes, in every table that declares it."""

from collections.abc import Callable

import pandas as pd

from pipeline.features.words import name_feature
from pipeline.models import display_name
from pipeline.tables import Table

VOCABULARIES: dict[str, Callable[[str], str]] = {"model": display_name, "feature": name_feature}


def with_words(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared columns that say a code in words, each from its code; empty where that is."""
    said = {
        column.name: _said(frame[column.words_of], VOCABULARIES[column.vocabulary])
        for column in table.in_words
        if column.words_of in frame
    }
    return frame.assign(**said)


def _said(codes: pd.Series, say: Callable[[str], str]) -> pd.Series:
    """Return each code in words: said once of each, since codes come again in row after row."""
    words = {code: say(code) for code in codes.dropna().unique()}
    return codes.map(words, na_action="ignore").astype("string")
