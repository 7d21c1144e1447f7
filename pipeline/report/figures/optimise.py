"""Pictures of what was tuned: the K curve, feature importances, genre pairs, the learning curve."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.features.words import name_feature
from pipeline.models import display_name
from pipeline.report.theme import SUBSET_COLOURS, new_figure
from pipeline.splits import find_policy, in_order

N_FEATURES = 15
METHODS = {"impurity": "mean decrease of impurity", "permutation": "loss of test accuracy when shuffled"}
LONG_PAIR = 28
"""Characters of a genre pair that has two lines."""

BESIDE = 0.4
"""Of the room of a genre pair: how far the first and the last model's points lie apart."""


def draw_k_search(found: pd.DataFrame) -> Figure:
    """Draw train and test accuracy over k, a panel a window, a line style a split policy; a band spans the splits.

    Parameters
    ----------
    found : pd.DataFrame
        rows of ``k_search``
    """
    windows = sorted(found["window_s"].unique(), reverse=True)
    figure, axes = new_figure(1, len(windows), width=1.5 + 4.8 * len(windows), height=4.4, squeeze=False, sharey=True)
    largest = found["k"].max()
    for axis, window_s in zip(axes[0], windows, strict=True):
        for policy in in_order(found["split_policy"]):
            rows = found[(found["window_s"] == window_s) & (found["split_policy"] == policy.name)]
            for subset in ("train", "test"):
                label = f"{subset}, {policy.label}"
                colour = SUBSET_COLOURS[subset] if subset == "test" else "#7f8c99"
                axis.plot(rows["k"], rows[f"{subset}_accuracy"], linestyle=policy.line, color=colour, label=label)
            if "test_lowest" in rows and rows["test_lowest"].notna().all():  # runs of before don't say it
                low, high = (rows[name].astype(float) for name in ("test_lowest", "test_highest"))
                axis.fill_between(rows["k"], low, high, color=SUBSET_COLOURS["test"], alpha=0.12, linewidth=0)
            best = rows[rows["chosen"]]
            axis.plot(best["k"], best["test_accuracy"], "o", color=SUBSET_COLOURS["test"])
            for k, value in zip(best["k"], best["test_accuracy"], strict=True):
                note = f"k = {k}" + (", the largest tried" if k == largest else "")
                axis.annotate(note, (k, value), textcoords="offset points", xytext=(4, 5), fontsize=8)
        axis.set(title=f"{window_s:g}-second rows", xlabel="k, neighbours that vote", ylim=(0, 1.02))
    axes[0, 0].set_ylabel("accuracy of a segment")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    figure.supxlabel("Dot: the best k. Band: from the lowest to the highest of the splits, on test rows.", fontsize=9)
    return figure


def draw_importances(importances: pd.DataFrame) -> Figure:
    """Draw the features that matter most, a panel a model, window and method.

    Parameters
    ----------
    importances : pd.DataFrame
        rows of ``feature_importance``
    """
    panels = [
        (model, window_s, method, rows)
        for (model, window_s), found in importances.groupby(["model", "window_s"], sort=False)
        for method, rows in found.groupby("method", sort=False)
    ]
    n_rows = -(-len(panels) // 2)
    figure, axes = new_figure(n_rows, 2, width=13, height=0.5 + 4.4 * n_rows, squeeze=False)
    for axis in axes.ravel()[len(panels) :]:
        axis.set_visible(False)
    for axis, (model, window_s, method, rows) in zip(axes.ravel(), panels, strict=False):
        best = rows.nsmallest(N_FEATURES, "rank").iloc[::-1]
        names = [name_feature(feature) for feature in best["feature"]]
        axis.barh(names, best["importance"], xerr=best["sd"], color="#0173b2", ecolor="#888888")
        axis.set_title(f"{display_name(model)}, {window_s:g}-second rows: {method}", fontsize=11)
        axis.set_xlabel(METHODS[method])
        axis.tick_params(axis="y", labelsize=9)
        axis.grid(axis="y", visible=False)
    figure.supxlabel(
        "Whiskers: one standard deviation, over the trees (impurity) or over the shuffles (permutation).", fontsize=9
    )
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
    both = pairs.drop_duplicates("pair")[["genre_a", "genre_b"]]
    labels = [_pair_label(*genres) for genres in both.itertuples(index=False)]
    room = 0.09 * max(len(line) for label in labels for line in label.split("\n"))
    models = sorted(pairs["model"].unique())
    colours = dict(zip(models, sns.color_palette("colorblind", len(models)), strict=True))
    shifts = BESIDE * (np.arange(len(models)) - (len(models) - 1) / 2) / max(len(models) - 1, 1)
    lowest = min(0.3, pairs["ci_low"].min() - 0.03)
    of_pair = max(0.6, 0.2 * len(models))
    width, height = 2 + room + 3.9 * len(windows), 1.5 + of_pair * len(names)
    figure, axes = new_figure(1, len(windows), width=width, height=height, squeeze=False, sharey=True)
    for axis, window_s in zip(axes[0], windows, strict=True):
        for shift, model in zip(shifts, models, strict=True):
            rows = pairs[(pairs["window_s"] == window_s) & (pairs["model"] == model)]
            places = [names.index(pair) + shift for pair in rows["pair"]]
            errors = [rows["accuracy"] - rows["ci_low"], rows["ci_high"] - rows["accuracy"]]
            axis.errorbar(
                rows["accuracy"], places, xerr=[error.clip(lower=0).fillna(0) for error in errors], fmt="o",
                color=colours[model], label=display_name(model), capsize=2,
            )  # fmt: skip
        axis.axvline(0.5, color="#999999", linestyle=":", linewidth=1)
        axis.set(
            title=f"{window_s:g}-second rows",
            xlabel="accuracy (0.5: a coin)",
            xlim=(lowest, 1.03),
        )
        axis.set_yticks(range(len(names)), labels)
        axis.set_ylim(len(names) - 0.5, -0.5)
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


def _pair_label(first: str, second: str) -> str:
    """Return a pair on one line, or on two where it is long."""
    return f"{first} /\n{second}" if len(first) + len(second) > LONG_PAIR else f"{first}/{second}"


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
    axis.set_title(f"{display_name(first['model'])}, {find_policy(first['split_policy']).label}", fontsize=11)
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure
