"""The sentence above each dashboard: what was found, of the figures that the dashboard shows by what is chosen."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from pipeline.evaluation import name_subgrouping, say_contrasts
from pipeline.places import ANNOUNCED, BASELINES, POLICY_NAMES
from pipeline.printable import count
from pipeline.report.views.description import Choice
from pipeline.splits import POLICIES

Frames = Mapping[str, pd.DataFrame]
Said = dict[tuple[str | float, ...], str]


class Heading(NamedTuple):
    """What can stand above a dashboard.

    Attributes
    ----------
    asks : tuple of str
        names of the choices that it follows
    said : dict
        by their values, the sentence; what is not told has none
    """

    asks: tuple[str, ...]
    said: Said


def say_findings(frames: Frames, choices: Mapping[str, Choice]) -> dict[str, Heading]:
    """Return by dashboard what can stand above it.

    Parameters
    ----------
    frames : mapping
        conformed tables by name
    choices : mapping
        those that there are, by name
    """
    headings = {}
    for name, (asks, find, say) in _HEADINGS.items():
        rows = find(frames)
        asked = tuple(choice for choice in asks if choice in choices)
        columns = [choices[choice].column for choice in asked]
        groups = rows.groupby(columns, observed=True, sort=False) if len(rows) else ()
        said = {values: words for values, here in groups if (words := say(here))}
        headings[name] = Heading(asked, said)
    return headings


def _overview(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    if pd.isna(row["accuracy"]):
        return ""
    low, high = row["ci_low"], row["ci_high"]
    spread = "" if pd.isna(low) or pd.isna(high) else f" ({low:.0%} to {high:.0%})"
    genres = count(row["n_genres"], "genre")
    return f"{row['champion']} names {row['accuracy']:.0%}{spread} of test tracks rightly, of {genres}"


def _windows(rows: pd.DataFrame) -> str:
    best = rows.sort_values("value", kind="stable").groupby("window_s").tail(1)
    figures = [
        f"{row.value:.0%} by {row.window_s:g}-second windows ({row.model_name})"
        for row in best.sort_values("window_s", ascending=False).itertuples()
    ]
    first = rows.iloc[0]
    of_what = "whole test tracks" if first["level"] == "track" else "single test rows"
    phrase = POLICIES[first["split_policy"]].phrase
    return f"{phrase[0].upper()}{phrase[1:]}, at best so many {of_what} are named rightly: {', '.join(figures)}"


def _model(rows: pd.DataFrame) -> str:
    wrong = rows[rows["actual"] != rows["predicted"]].dropna(subset=["share_of_actual"])
    name = rows["model_name"].iloc[0]
    if wrong.empty:
        return f"{name} confuses nothing here"
    worst = wrong.sort_values(["share_of_actual", "n"], ascending=False).iloc[0]
    taken = f"{worst['share_of_actual']:.0%} of {worst['actual']} is taken for {worst['predicted']}"
    return f"What {name} confuses most: {taken}"


def _features(rows: pd.DataFrame) -> str:
    ordered = rows.dropna(subset=["p50"]).sort_values("p50", kind="stable")
    if ordered["genre"].nunique() < 2:
        return ""
    name = str(ordered["feature_name"].iloc[0])
    return f"{name[0].upper()}{name[1:]}: lowest in {ordered['genre'].iloc[0]}, highest in {ordered['genre'].iloc[-1]}"


def _genres(rows: pd.DataFrame) -> str:
    (said,) = say_contrasts(rows)
    return said[0].upper() + said[1:]


def _pairs(rows: pd.DataFrame) -> str:
    mean = rows.groupby("pair")["accuracy"].mean().sort_values()
    name, (pair, right) = rows["model_name"].iloc[0], next(iter(mean.items()))
    hardest = f"{pair} is hardest to tell apart: {right:.0%} right"
    return f"Of the pairs that {name} was tried on, {hardest}, on average of what is shown"


def _holdout(rows: pd.DataFrame) -> str:
    n = count(len(rows), "held-out track")
    return f"{rows['model_name'].iloc[0]} names {rows['correct'].sum()} of {n} rightly"


def _dataset(rows: pd.DataFrame) -> str:
    size = f"{count(len(rows), 'track')} of {count(rows['genre'].nunique(), 'genre')}"
    checked = rows.iloc[0]
    return f"{size}; {count(int(checked['warned']), 'warning')} from {count(int(checked['checks']), 'check')}"


def _find_tracks(frames: Frames) -> pd.DataFrame:
    """Return the tracks, beside each what the checks of its run come to: ``checks``, and ``warned``, how many warn."""
    checks = frames["data_quality"]
    warns = checks["status"].eq("warning").astype(int).groupby(checks["run_id"])  # numbers also where there is no check
    counted = pd.DataFrame({"checks": warns.size(), "warned": warns.sum()})
    return (
        frames["tracks"]
        .merge(counted, left_on="run_id", right_index=True, how="left")
        .fillna({"checks": 0, "warned": 0})
    )


def _find_test_accuracies(frames: Frames) -> pd.DataFrame:
    """Return the accuracies on test of models that do not guess, under policies that are known."""
    scores = frames["scores"]
    here = scores[(scores["subset"] == "test") & (scores["metric"] == "accuracy")].dropna(subset=["value"])
    return here[here["split_policy"].isin(POLICIES) & ~here["is_baseline"].fillna(False).astype(bool)]


def _find_tested_pairs(frames: Frames) -> pd.DataFrame:
    pairs = frames["genre_pairs"]
    return pairs[pairs["subset"] == "test"].dropna(subset=["accuracy"])


def _find_held_out(frames: Frames) -> pd.DataFrame:
    rows = frames["holdout_predictions"]
    return rows[rows["level"] == "track"]


def _find_transfers(frames: Frames) -> pd.DataFrame:
    rows = frames["transfers"]
    return rows[rows["is_champion"].astype(object).eq(True)]


def _elsewhere(rows: pd.DataFrame) -> str:
    row = rows.sort_values("recall", kind="stable").iloc[0]
    there = f"{row['recall']:.0%} of tracks rightly on {row['tested_on']}"
    own = "" if pd.isna(row["own_recall"]) else f", {row['own_recall']:.0%} on its own dataset"
    return f"{row['model_name']} names {there}{own}, each genre in common counting alike"


def _find_played(frames: Frames) -> pd.DataFrame:
    rows = frames["harmless_changes"]
    return rows[rows["is_worst"].astype(object).eq(True)]


def _played(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    before = row["accuracy"] + row["drop"]
    return f"{before:.0%} are named rightly as they are, {row['accuracy']:.0%} at worst ({row['change_name']})"


def _new_music(rows: pd.DataFrame) -> str:
    genres = rows["genre"].value_counts()
    unlike = int(rows["unlike"].astype(object).eq(True).sum())
    most = f"{genres.iloc[0]} of {count(len(rows), 'file')} without a label are called {genres.index[0]}"
    return f"{most}, more than any other genre; {unlike} are unlike all training music"


def _subgroups(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    ends = f"{row['best']} {row['accuracy_best']:.0%} right, {row['worst']} {row['accuracy_worst']:.0%}"
    return (
        f"By {name_subgrouping(row['by'])}: {ends}; chance alone makes a gap of {100 * row['gap_by_chance']:.0f} points"
    )


def _find_mean_errors(frames: Frames) -> pd.DataFrame:
    rows = frames["place_scores"]
    return rows[rows["measure"] == "mean_error_km"]


def _places(rows: pd.DataFrame) -> str:
    km = rows.set_index("model")["value"]
    policy = POLICY_NAMES[rows["split_policy"].iloc[0]]
    off, ignoring = km[ANNOUNCED], km.reindex(BASELINES).min()
    return f"With {policy}, answers are {off:,.0f} km off on average; one that ignores the music, {ignoring:,.0f} km"


def _playlist(rows: pd.DataFrame) -> str:
    artists = rows["artist"].nunique()
    by = f" by {count(artists, 'artist')}" if artists else ""
    return f"{rows['playlist'].iloc[0]}: {count(len(rows), 'track')} of {count(rows['genre'].nunique(), 'genre')}{by}"


class _Recipe(NamedTuple):
    """By which choices a heading is made, of which rows, and how."""

    asks: tuple[str, ...]
    find: Callable[[Frames], pd.DataFrame]
    say: Callable[[pd.DataFrame], str]


EVALUATED = ("run", "model", "feature_set", "window", "policy", "subset", "level")
_HEADINGS = {
    "Overview": _Recipe(("run",), itemgetter("overview"), _overview),
    "Dataset": _Recipe(("run",), _find_tracks, _dataset),
    "Windows": _Recipe(("run", "policy", "level", "feature_set"), _find_test_accuracies, _windows),
    "One model": _Recipe(EVALUATED, itemgetter("confusion"), _model),
    "Feature explorer": _Recipe(("run", "feature", "window"), itemgetter("feature_profile"), _features),
    "Genre profiles": _Recipe(("run", "genre"), itemgetter("genre_profile"), _genres),
    "Genre pairs": _Recipe(("run", "pair_model"), _find_tested_pairs, _pairs),
    "Holdout": _Recipe(("run", "model", "feature_set", "window"), _find_held_out, _holdout),
    "Subgroups": _Recipe(("run", "by"), itemgetter("subgroup_gaps"), _subgroups),
    "Other music": _Recipe(("run", "tested_on"), _find_transfers, _elsewhere),
    "Played differently": _Recipe(("run",), _find_played, _played),
    "Where from": _Recipe(("run", "place_policy"), _find_mean_errors, _places),
    "New music": _Recipe(("run",), itemgetter("new_music"), _new_music),
    "Playlists": _Recipe(("run", "playlist"), itemgetter("playlists"), _playlist),
}
