"""Pictures of what was tuned: the K curve, feature importances, genre pairs, the learning curve."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.theme import SUBSET_COLOURS, new_figure
from pipeline.splits import find_policy, in_order

N_FEATURES = 15
BESIDE = 0.4
"""Of the room of a genre pair: how far the first and the last model's points lie apart."""


def draw_k_search(found: pd.DataFrame) -> Figure:
    """Draw train and test accuracy over k, a panel a window, a line style a split policy.

    Parameters
    ----------
    found : pd.DataFrame
        rows of ``k_search``
    """
    windows = sorted(found["window_s"].unique(), reverse=True)
    figure, axes = new_figure(1, len(windows), width=1.5 + 4.8 * len(windows), height=4, squeeze=False, sharey=True)
    for axis, window_s in zip(axes[0], windows, strict=True):
        for policy in in_order(found["split_policy"]):
            rows = found[(found["window_s"] == window_s) & (found["split_policy"] == policy.name)]
            for subset in ("train", "test"):
                label = f"{subset}, {policy.label}"
                colour = SUBSET_COLOURS[subset] if subset == "test" else "#7f8c99"
                axis.plot(rows["k"], rows[f"{subset}_accuracy"], linestyle=policy.line, color=colour, label=label)
            best = rows[rows["chosen"]]
            axis.plot(best["k"], best["test_accuracy"], "o", color=SUBSET_COLOURS["test"])
        axis.axvline(3, color="#999999", linewidth=0.8)
        axis.text(3.2, axis.get_ylim()[0], "k = 3", va="bottom", fontsize=8, color="#666666")
        axis.set(title=f"{window_s:g}-second rows", xlabel="k, neighbours that vote", ylim=(None, 1.02))
    axes[0, 0].set_ylabel("accuracy of a segment")
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


def draw_importances(importances: pd.DataFrame) -> Figure:
    """Draw the features that matter most, a row a window and a column a method.

    Parameters
    ----------
    importances : pd.DataFrame
        rows of ``feature_importance``
    """
    windows = sorted(importances["window_s"].unique(), reverse=True)
    methods = {"impurity": "mean decrease of impurity", "permutation": "loss of test accuracy when shuffled"}
    figure, axes = new_figure(len(windows), 2, width=11, height=4.2 * len(windows), squeeze=False)
    for row, window_s in zip(axes, windows, strict=True):
        for axis, (method, label) in zip(row, methods.items(), strict=True):
            best = importances[(importances["window_s"] == window_s) & (importances["method"] == method)]
            best = best.nsmallest(N_FEATURES, "rank").iloc[::-1]
            axis.barh(best["feature"], best["importance"], xerr=best["sd"], color="#0173b2", ecolor="#888888")
            axis.set(title=f"{window_s:g}-second rows: {method}", xlabel=label)
            axis.grid(axis="y", visible=False)
    return figure


def draw_pairs(pairs: pd.DataFrame) -> Figure:
    """Draw the accuracy on each genre pair with its 95 % interval, a panel a window.

    Parameters
    ----------
    pairs : pd.DataFrame
        rows of ``genre_pairs``, test or holdout
    """
    windows = sorted(pairs["window_s"].unique(), reverse=True)
    names = list(dict.fromkeys(pairs["pair"]))
    models = sorted(pairs["model"].unique())
    colours = dict(zip(models, sns.color_palette("colorblind", len(models)), strict=True))
    shifts = BESIDE * (np.arange(len(models)) - (len(models) - 1) / 2) / max(len(models) - 1, 1)
    of_pair = max(0.6, 0.2 * len(models))
    figure, axes = new_figure(
        1, len(windows), width=2.5 + 4.4 * len(windows), height=1.5 + of_pair * len(names), squeeze=False, sharey=True
    )
    for axis, window_s in zip(axes[0], windows, strict=True):
        for shift, model in zip(shifts, models, strict=True):
            rows = pairs[(pairs["window_s"] == window_s) & (pairs["model"] == model)]
            places = [names.index(pair) + shift for pair in rows["pair"]]
            errors = [rows["accuracy"] - rows["ci_low"], rows["ci_high"] - rows["accuracy"]]
            axis.errorbar(
                rows["accuracy"], places, xerr=[error.clip(lower=0).fillna(0) for error in errors], fmt="o",
                color=colours[model], label=model, capsize=2,
            )  # fmt: skip
        axis.axvline(0.5, color="#999999", linestyle=":", linewidth=1)
        axis.set(title=f"{window_s:g}-second rows", xlabel="accuracy (0.5: a coin)", xlim=(0.3, 1.03))
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(len(names) - 0.5, -0.5)
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


def draw_learning_curve(rows: pd.DataFrame) -> Figure:
    """Draw accuracy over the number of tracks learned from, in training and on test tracks, the latter with intervals.

    Parameters
    ----------
    rows : pd.DataFrame
        rows of ``learning_curve``
    """
    figure, axis = new_figure(width=7, height=4.2)
    tracks, first = rows["n_tracks"], rows.iloc[0]
    axis.plot(tracks, rows["train_accuracy"], "o--", color="#7f8c99", label="on the tracks it learned from")
    errors = [rows["accuracy"] - rows["ci_low"], rows["ci_high"] - rows["accuracy"]]
    axis.errorbar(
        tracks, rows["accuracy"], yerr=[error.clip(lower=0).fillna(0) for error in errors], fmt="o-", capsize=3,
        color=SUBSET_COLOURS["test"], label="on test tracks, always the same, 95 % interval",
    )  # fmt: skip
    for n, share, value in zip(tracks, rows["share"], rows["accuracy"], strict=True):
        axis.annotate(f"{share:.0%}", (n, value), textcoords="offset points", xytext=(7, -12), fontsize=9)
    axis.set(xlabel="tracks learned from", ylabel="accuracy of whole tracks")
    axis.set(xlim=(0, 1.08 * max(tracks)), ylim=(0, 1.03))
    axis.set_title(f"{first['model']}, {find_policy(first['split_policy']).label}", fontsize=11)
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure
