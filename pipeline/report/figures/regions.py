"""Pictures of where music is from: errors on a map of the world, and the errors of each model."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from pipeline.globe import countries
from pipeline.places import BASELINES, MODEL_NAMES, MODELS, POLICY_NAMES
from pipeline.report.theme import new_figure

LAND, SEA, INK = "#dfe4e8", "#ffffff", "#333333"
COLOURS = ("#0173b2", "#c87a00", "#029e73", "#d3400a")
FURTHEST_KM = 6000
"""The end of the colours: hardly better than an answer that ignores the music."""


def draw_place_map(places: pd.DataFrame) -> Figure:
    """Draw how far off the answers are for music from each place, a map a split policy that tears no recording.

    Parameters
    ----------
    places : pd.DataFrame
        rows of ``places``; those within a degree are one circle, as large as they are many
    """
    policies = [policy for policy in _unlike(places) if policy != "random"] or _unlike(places)
    figure, every = new_figure(len(policies), 1, width=10.5, height=0.4 + 3.9 * len(policies), squeeze=False)
    for axes, policy in zip(every[:, 0], policies, strict=True):
        _draw_land(axes)
        rows = places[places["split_policy"] == policy]
        at = rows.groupby([rows["latitude"].round(), rows["longitude"].round()])["error_km"].agg(["median", "size"])
        latitude, longitude = at.index.get_level_values(0), at.index.get_level_values(1)
        area = 25 + 260 * at["size"] / at["size"].max()
        dots = axes.scatter(
            longitude, latitude, s=area, c=at["median"], cmap="cividis", vmin=0, vmax=FURTHEST_KM,
            edgecolor="white", linewidth=0.8, zorder=3,
        )  # fmt: skip
        axes.set_title(f"With {POLICY_NAMES[policy]}", fontsize=11)
    figure.colorbar(dots, ax=every[:, 0], label="half of the answers are within … km", shrink=0.6, extend="max")
    return figure


def draw_place_scores(scores: pd.DataFrame) -> Figure:
    """Draw the mean error of each model under each split policy, with 95 % intervals.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``place_scores``
    """
    means = scores[scores["measure"] == "mean_error_km"]
    models = [model for model in MODELS if model in set(means["model"])]
    policies = _unlike(means.assign(error_km=means["value"]))
    figure, axes = new_figure(width=9.5, height=1.6 + 0.5 * len(models))
    for i, (policy, colour) in enumerate(zip(policies, COLOURS, strict=False)):
        rows = means[means["split_policy"] == policy].set_index("model").loc[models].astype({"value": float})
        reach = [(rows["value"] - rows["ci_low"]).fillna(0), (rows["ci_high"] - rows["value"]).fillna(0)]
        heights = np.arange(len(models)) + 0.22 * (i - (len(policies) - 1) / 2)
        axes.errorbar(
            rows["value"], heights, xerr=reach, fmt="o", color=colour, elinewidth=2, label=POLICY_NAMES[policy]
        )
    axes.set_yticks(
        range(len(models)), [MODEL_NAMES[model] + (" (baseline)" if model in BASELINES else "") for model in models]
    )
    axes.set(xlabel="mean great-circle error, km", ylim=(len(models) - 0.5, -0.5))
    axes.grid(visible=False, axis="y")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _unlike(rows: pd.DataFrame) -> list[str]:
    """Return the policies without those whose errors another one has too: where each recording is one track."""
    seen: dict[tuple[float, ...], str] = {}
    for policy in dict.fromkeys(rows["split_policy"]):
        seen[tuple(rows.loc[rows["split_policy"] == policy, "error_km"])] = policy
    return list(seen.values())


def _draw_land(axes: Any) -> None:
    rings = [ring for country in countries() for ring in country.rings]
    axes.add_collection(PolyCollection(rings, facecolor=LAND, edgecolor="white", linewidth=0.4))
    axes.set(xlim=(-180, 180), ylim=(-58, 84), aspect="equal", xticks=range(-180, 181, 60), yticks=range(-30, 61, 30))
    axes.tick_params(labelsize=8, colors="#777777")
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}°{'W' if x < 0 else 'E' if x else ''}")
    axes.yaxis.set_major_formatter(lambda y, _: f"{abs(y):g}°{'S' if y < 0 else 'N' if y else ''}")
    axes.grid(color="#eef1f3", linewidth=0.6, zorder=0)
