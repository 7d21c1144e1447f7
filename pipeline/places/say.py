"""What answers with a place come to, in sentences."""

import pandas as pd

from pipeline.places.folds import COUNTRY, POLICY_NAMES, RANDOM

ANNOUNCED = "mixture"
"""The model that is spoken of, whatever the data: its figure is not the highest of many.

Its parts were chosen among kinds of models that were tried on the 1,059 rows of Zhou, Claire and King's public table,
so on these rows alone it is a little too good.
"""


def say_places(scores: pd.DataFrame) -> list[str]:
    """Say how far off the announced model is under each policy, and whether it beats the baseline.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``place_scores``
    """
    table = scores.set_index(["split_policy", "model", "measure"])
    policies = list(dict.fromkeys(scores["split_policy"]))
    said = [_say(table, policy) for policy in policies]
    if RANDOM in policies and COUNTRY in policies:
        known, unknown = (table.loc[(policy, ANNOUNCED, "mean_error_km"), "value"] for policy in (RANDOM, COUNTRY))
        if unknown > known:
            said.append(
                f"Where it has learned from the country, it comes {unknown - known:,.0f} km nearer: that can be the "
                "country's music, or how its recordings were made."
            )
    return said


def _say(table: pd.DataFrame, policy: str) -> str:
    mean, middle = (table.loc[(policy, ANNOUNCED, measure)] for measure in ("mean_error_km", "median_error_km"))
    gain = table.loc[(policy, ANNOUNCED, "gain_km")]
    constant = "the place from which all are the nearest, which ignores the music"
    if gain.ci_low > 0:
        beside = f"{gain.value:z,.0f} km{_interval(gain)} less than {constant}"
    else:
        beside = f"that is not surely less than {constant}: {gain.value:z,.0f} km{_interval(gain)}"
    return (
        f"With {POLICY_NAMES[policy]}, the mixture is {mean.value:,.0f} km off on average{_interval(mean)} and half of "
        f"the answers are within {middle.value:,.0f} km; {beside}."
    )


def _interval(row: pd.Series) -> str:
    return "" if pd.isna(row.ci_low) else f" (95 % interval {row.ci_low:z,.0f} to {row.ci_high:z,.0f})"
