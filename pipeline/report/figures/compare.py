"""Pictures of the comparison: 30 s against 3 s, train against test, rows against tracks, model against model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.models import baselines, display_name
from pipeline.report.theme import SUBSET_COLOURS, ink_on, new_figure, turn_labels
from pipeline.splits import find_policy, in_order

FULL_COLOUR = 25.0
"""Points of difference between two models from which on the colour is full; a dummy would pale all others."""


def draw_comparison(scores: pd.DataFrame, level: str = "segment") -> Figure:
    """Draw train and test accuracy of each model, a column a window and a row a split policy, with 95 % intervals.

    The best test accuracy under the strictest policy stands on top; what guessing gets is a line across.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores`` of one feature set
    level : str
        ``segment`` or ``track``
    """
    shown = scores[(scores["metric"] == "accuracy") & (scores["level"] == level) & (scores["subset"] != "holdout")]
    windows = sorted(shown["window_s"].unique(), reverse=True)
    policies = in_order(shown["split_policy"])
    guesses = shown[shown["model"].isin(baselines()) & (shown["subset"] == "test")]
    real = shown[~shown["model"].isin(baselines())]
    shown = shown if real.empty else real
    honest = shown[(shown["subset"] == "test") & (shown["split_policy"] == policies[-1].name)]
    models = list((honest if len(honest) else shown).groupby("model")["value"].max().sort_values().index)
    figure, axes = new_figure(
        len(policies), len(windows), width=2 + 4.6 * len(windows), height=len(policies) * (0.9 + 0.42 * len(models)),
        squeeze=False, sharex=True, sharey=True,
    )  # fmt: skip
    for row, policy in zip(axes, policies, strict=True):
        for axis, window_s in zip(row, windows, strict=True):
            here, guessed = (
                frame[(frame["split_policy"] == policy.name) & (frame["window_s"] == window_s)]
                for frame in (shown, guesses)
            )
            _draw_bars(axis, here, guessed, models)
            axis.set_title(f"{window_s:g}-second rows, {policy.label}", fontsize=11)
    for axis in axes[-1]:
        axis.set_xlabel(f"accuracy of a {level}")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_bars(axis, shown: pd.DataFrame, guesses: pd.DataFrame, models: Sequence[str]) -> None:
    if len(guesses):
        axis.axvline(guesses["value"].max(), color="#8a5a00", linestyle="--", linewidth=1.2, label="guessing")
    for shift, subset in ((0.2, "train"), (-0.2, "test")):
        values = shown[shown["subset"] == subset].set_index("model").reindex(models)
        places = [place + shift for place in range(len(models))]
        errors = [values["value"] - values["ci_low"], values["ci_high"] - values["value"]]
        axis.barh(
            places, values["value"], height=0.38, color=SUBSET_COLOURS[subset], label=subset,
            xerr=[error.clip(lower=0).fillna(0) for error in errors], ecolor="#444444", error_kw={"linewidth": 1},
        )  # fmt: skip
        if subset == "test":
            ends = values[["value", "ci_high"]].max(axis=1)
            for place, value, end in zip(places, values["value"], ends, strict=True):
                if not np.isnan(value):
                    axis.text(end + 0.01, place, f"{value:.0%}", va="center", color="#222222", fontsize=9)
    axis.set_yticks(range(len(models)), [display_name(model) for model in models])
    axis.set_xlim(0, 1.13)
    axis.set_xticks(np.linspace(0, 1, 6))
    axis.grid(axis="y", visible=False)


def draw_differences(comparisons: pd.DataFrame, feature_set: str, policy: str) -> Figure | None:
    """Draw by how much each model's accuracy of whole tracks exceeds each other's, coloured where a test backs it.

    Without those that only guess, beside which all others would look alike.

    Parameters
    ----------
    comparisons : pd.DataFrame
        rows of ``model_comparisons``
    feature_set, policy : str
        which of them to draw, a panel a window

    Returns
    -------
    Figure or None
        None where there is nothing to compare
    """
    pairs = comparisons[
        (comparisons["comparison"] == "models")
        & (comparisons["feature_set_a"] == feature_set)
        & (comparisons["split_policy"] == policy)
        & ~comparisons["model_a"].isin(baselines())
        & ~comparisons["model_b"].isin(baselines())
    ]
    if pairs.empty:
        return None
    other = pairs.rename(columns={"model_a": "model_b", "model_b": "model_a", "accuracy_a": "accuracy_b",
                                  "accuracy_b": "accuracy_a"}).assign(difference=-pairs["difference"])  # fmt: skip
    both = pd.concat([pairs, other], ignore_index=True)
    models = list(both.groupby("model_a")["accuracy_a"].mean().sort_values(ascending=False).index)
    windows = sorted(both["window_a_s"].unique(), reverse=True)
    side = 0.52 * len(models)
    figure, axes = new_figure(
        1, len(windows), width=2.6 + (side + 0.4) * len(windows), height=side + 3, squeeze=False, sharey=True
    )
    for axis, window_s in zip(axes[0], windows, strict=True):
        _draw_matrix(axis, both[both["window_a_s"] == window_s], models)
        axis.set(title=f"{window_s:g}-second rows", xlabel="… than this one", ylabel="")
    axes[0, 0].set_ylabel("points more by this model …")
    title = f"Accuracy of whole tracks, {find_policy(policy).label}. Coloured: backed by the adjusted test"
    figure.suptitle(title, fontsize=10)
    return figure


def _draw_matrix(axis, pairs: pd.DataFrame, models: Sequence[str]) -> None:
    square = pairs.pivot(index="model_a", columns="model_b", values="difference").reindex(index=models, columns=models)
    points = 100 * square
    backed = pairs.assign(backed=pairs["better"].notna()).pivot(index="model_a", columns="model_b", values="backed")
    backed = backed.reindex(index=models, columns=models).eq(True)
    texts = points.map(lambda value: "" if np.isnan(value) else f"{value:+.0f}" if abs(value) >= 0.5 else "0")
    sns.heatmap(
        points.where(backed), vmin=-FULL_COLOUR, vmax=FULL_COLOUR, cmap="vlag_r", cbar=False, square=True, ax=axis,
        linewidths=0.5, linecolor="#dddddd",
    )  # fmt: skip
    mesh = axis.collections[0]
    mesh.update_scalarmappable()
    shades = mesh.get_facecolors()
    for (row, column), text in np.ndenumerate(texts.to_numpy()):
        strong = backed.to_numpy()[row, column]
        axis.text(
            column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=9,
            color=ink_on(shades[row * len(models) + column][:3]) if strong else "#737373",
            weight="bold" if strong else "normal",
        )  # fmt: skip
    axis.grid(visible=False)
    axis.set_xticklabels([display_name(model) for model in models])
    axis.set_yticklabels([display_name(model) for model in models])
    turn_labels(axis)
