"""What two-level labels come to, in the sentences that every face prints."""

import pandas as pd

from pipeline.evaluation.compare import SIGNIFICANCE
from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.styles import BACK_OFF, CHILDREN, COMMONEST, PARENTS, TESTED, is_better

_NAMES = {
    CHILDREN: "styles named by one model",
    COMMONEST: "genres with their commonest style",
    PARENTS: "genres alone",
}

_BACKING_OFF = "To name a style where a model of styles is sure, and else the genre alone,"


def say_styles(scores: pd.DataFrame) -> list[str]:
    """Say how well genres and styles are told, and whether that is better than by one model.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``style_scores`` of one run
    """
    if scores.empty:
        return []
    of = scores[scores["way"] == BACK_OFF].set_index("measure")
    named = of.loc["style_named", "value"]
    right = ""
    if "right_where_named" in of.index:
        alone = scores[(scores["way"] == CHILDREN) & (scores["measure"] == "exact")]["value"].iloc[0]
        right = f", {of.loc['right_where_named', 'value']:.0%} of these rightly"
        right += f" (one model that names a style in any case: {alone:.0%})"
    at_large = (
        f"Out of fold the genre of {_share(of.loc['genre_right'])} of {of['n'].iloc[0]:,} tracks is named rightly, and "
        f"a style where a model of styles is sure: for {named:.0%} of them{right}."
    )
    return [at_large, say_verdict(scores)]


def say_verdict(scores: pd.DataFrame) -> str:
    """Say whether backing off to the genre is better than flat; empty where no styles were scored.

    Parameters
    ----------
    scores : pd.DataFrame
        as `say_styles` takes them
    """
    if scores.empty:
        return ""
    tested = scores[scores["gain"].notna()]
    f1 = scores[(scores["way"] == BACK_OFF) & (scores["measure"] == TESTED)].iloc[0]
    gains = ", ".join(f"{_signed(row.gain)} beside {_NAMES[row.way]} ({_bounds(row)})" for row in tested.itertuples())
    return f"{_BACKING_OFF} {_compare(tested)}: its hierarchical F1 is {_number(f1)}, {gains}."


def _compare(tested: pd.DataFrame) -> str:
    if is_better(tested):
        return "is better than flat"
    worse = tested[(tested["p_adjusted"] < SIGNIFICANCE) & (tested["gain"] < 0)]
    if len(worse):
        return f"is not better than flat, but worse than {' and '.join(_NAMES[way] for way in worse['way'])}"
    return "is not better than flat, as far as a test can tell"


def _share(row: pd.Series) -> str:
    bounds = TOO_FEW if pd.isna(row["ci_low"]) else f"95 % interval {row['ci_low']:.0%} to {row['ci_high']:.0%}"
    return f"{row['value']:.0%} ({bounds})"


def _number(row: pd.Series) -> str:
    bounds = TOO_FEW if pd.isna(row["ci_low"]) else f"95 % interval {row['ci_low']:.2f} to {row['ci_high']:.2f}"
    return f"{row['value']:.2f} ({bounds})"


def _signed(gain: float) -> str:
    return f"{gain:+z.3f}".replace("-", "\N{MINUS SIGN}")


def _bounds(row) -> str:
    p = "below 0.001" if row.p_adjusted < 0.001 else f"{row.p_adjusted:.3f}"
    bounds = TOO_FEW if pd.isna(row.gain_low) else f"{_signed(row.gain_low)} to {_signed(row.gain_high)}"
    return f"{bounds}, adjusted p {p}"
