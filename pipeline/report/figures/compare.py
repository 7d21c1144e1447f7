"""Pictures of the comparison: 30 s against 3 s, train against test, shuffled rows against whole tracks."""

from collections.abc import Sequence

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.theme import POLICY_NAMES, SUBSET_COLOURS, new_figure


def draw_comparison(scores: pd.DataFrame, level: str = "segment") -> Figure:
    """Draw train and test accuracy of each model, a column a window and a row a split policy, with 95 % intervals.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores`` of one feature set
    level : str
        ``segment`` or ``track``
    """
    shown = scores[(scores["metric"] == "accuracy") & (scores["level"] == level) & (scores["subset"] != "holdout")]
    windows = sorted(shown["window_s"].unique(), reverse=True)
    policies = [policy for policy in POLICY_NAMES if policy in set(shown["split_policy"])]
    models = list(shown.groupby("model")["value"].max().sort_values().index)
    figure, axes = new_figure(
        len(policies), len(windows), width=2 + 4.6 * len(windows), height=len(policies) * (0.9 + 0.42 * len(models)),
        squeeze=False, sharex=True, sharey=True,
    )  # fmt: skip
    for row, policy in zip(axes, policies, strict=True):
        for axis, window_s in zip(row, windows, strict=True):
            _draw_bars(axis, shown[(shown["split_policy"] == policy) & (shown["window_s"] == window_s)], models)
            axis.set_title(f"{window_s:g}-second rows, {POLICY_NAMES[policy]}", fontsize=11)
    for axis in axes[-1]:
        axis.set_xlabel(f"accuracy of a {level}")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _draw_bars(axis, shown: pd.DataFrame, models: Sequence[str]) -> None:
    for shift, subset in ((0.2, "train"), (-0.2, "test")):
        values = shown[shown["subset"] == subset].set_index("model").reindex(models)
        places = [place + shift for place in range(len(models))]
        errors = [values["value"] - values["ci_low"], values["ci_high"] - values["value"]]
        axis.barh(
            places, values["value"], height=0.38, color=SUBSET_COLOURS[subset], label=subset,
            xerr=[error.clip(lower=0).fillna(0) for error in errors], ecolor="#444444", error_kw={"linewidth": 1},
        )  # fmt: skip
        if subset == "test":
            for place, value in zip(places, values["value"], strict=True):
                axis.text(0.01, place, f"{value:.2f}", va="center", color="white", fontsize=8)
    axis.set_yticks(range(len(models)), models)
    axis.set_xlim(0, 1.02)
    axis.grid(axis="y", visible=False)


def draw_confusion(confusion: pd.DataFrame, title: str) -> Figure:
    """Draw a confusion matrix as shares of the actual genre.

    Parameters
    ----------
    confusion : pd.DataFrame
        ``actual``, ``predicted``, ``share_of_actual``
    """
    shares = confusion.pivot(index="actual", columns="predicted", values="share_of_actual")
    side = 2.2 + 0.45 * len(shares)
    figure, axes = new_figure(width=side + 1.2, height=side)
    sns.heatmap(
        shares, vmin=0, vmax=1, cmap="Blues", annot=len(shares) <= 20, fmt=".2f", annot_kws={"size": 8}, square=True,
        cbar_kws={"label": "share of the actual genre", "shrink": 0.7}, ax=axes,
    )  # fmt: skip
    axes.set(title=title, xlabel="predicted", ylabel="actual")
    return figure
