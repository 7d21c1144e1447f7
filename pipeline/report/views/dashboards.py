"""The dashboards: what they ask, what they show, how they are read; those of what was not done are left out."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pipeline.report.theme import SUBSET_COLOURS, genre_palette
from pipeline.report.views.choices import find_choices
from pipeline.report.views.description import Choice, Dashboard, Field, Mark, Sheet, Story
from pipeline.report.views.fields import ACTUAL, GENRE, GUESS, INTERVAL, MODEL, PREDICTED, REAL, SUBSET, WINDOW
from pipeline.report.views.findings import EVALUATED, say_findings
from pipeline.report.views.further import (
    genre_profiles,
    new_music,
    other_music,
    played_differently,
    playlists,
    subgroups,
    where_from,
)
from pipeline.splits import COMPARED
from pipeline.tables import FINDINGS

STATUS_COLOURS = {"ok": "#027a59", "warning": "#c04a00"}
TRUTH_COLOURS = {"true": "#027a59", "false": "#c04a00"}
ABOUT_COLOURS = dict.fromkeys(FINDINGS.column("about").values, "#0173b2") | {"Leak": "#9a5b00", "Beware": "#c04a00"}
ORDERS = {
    "subset": tuple(SUBSET_COLOURS),
    "status": ("warning", "ok"),
    "correct": ("false", "true"),
    "about": tuple(ABOUT_COLOURS),
}
MOST_IMPORTANCES = 20
MOST_MISTAKES = 15
CANDIDATES = "each model on each feature set and window, and each k of nearest neighbours"


def describe(frames: Mapping[str, pd.DataFrame]) -> Story:
    """Describe the dashboards of a set of exports.

    Parameters
    ----------
    frames : mapping
        conformed tables by name, all of them
    """
    choices = find_choices(frames)
    headings = say_findings(frames, choices)
    dashboards = tuple(
        replace(
            dashboard,
            findings=headings[dashboard.name].said,
            asks=headings[dashboard.name].asks,
            lines=tuple(tuple(_offered(sheet, choices) for sheet in line) for line in dashboard.lines),
        )
        for dashboard in (
            _overview(),
            _dataset(),
            _windows(frames["scores"], frames["summary_30s_vs_3s"]),
            _model(frames["feature_importance"]),
            _features(),
            *([genre_profiles()] if len(frames["genre_profile"]) else []),
            _pairs(),
            _holdout(),
            *([subgroups(is_across=len(frames["subgroup_transfers"]) > 0)] if len(frames["subgroups"]) else []),
            *([other_music()] if len(frames["transfers"]) else []),
            *([played_differently()] if len(frames["harmless_changes"]) else []),
            *([where_from()] if len(frames["places"]) else []),
            *([new_music()] if len(frames["new_music"]) else []),
            *([playlists()] if len(frames["playlists"]) else []),
        )
    )
    genres = genre_palette(pd.concat([frames["tracks"]["genre"], frames["holdout_predictions"]["actual"]]).unique())
    colours = {
        **dict.fromkeys(("genre", "actual"), genres),
        "subset": SUBSET_COLOURS,
        "about": ABOUT_COLOURS,
        "status": STATUS_COLOURS,
        "correct": TRUTH_COLOURS,
    }
    return Story(dashboards, choices, colours, ORDERS)


def _offered(sheet: Sheet, choices: Mapping[str, Choice]) -> Sheet:
    """Return the sheet with the choices that there are: a stage that was not run leaves its own out."""
    return replace(sheet, choices=tuple(name for name in sheet.choices if name in choices))


def _overview() -> Dashboard:
    cards = Sheet(
        "At a glance", "overview", Mark.CARDS,
        (
            Field("champion", "Best model"), Field("accuracy", "Right on test tracks, corrected", form="percent"),
            Field("ci_low", "95 % interval, from", form="percent"),
            Field("ci_high", "95 % interval, to", form="percent"),
            Field("other_recall", "On another dataset, at worst", form="percent"),
            Field("worst_change_accuracy", "Played differently, at worst", form="percent"),
            Field("leak_gap", "Largest leak gap of any model", form="percent"),
            Field("n_tracks", "Tracks", form="count"), Field("n_genres", "Genres", form="count"),
        ),
        choices=("run",),
    )  # fmt: skip
    about = Field("about", "About")
    says = Sheet(
        "What the run found, and what to beware of", "findings", Mark.LIST, (about, Field("says", "What it says")),
        colour=about, choices=("run",), nothing="No models were compared yet.", width=0.55,
    )  # fmt: skip
    bars = Sheet(
        "Accuracy on whole test tracks, as tested, with 95 % intervals", "bars_30s_vs_3s", Mark.DOT, (MODEL,),
        (Field("accuracy", "Accuracy", "mean", "percent"),), across=WINDOW, interval=INTERVAL, reference=GUESS,
        tooltip=(Field("n", "Tracks", "mean", "count"),), where={"subset": ("test",)} | REAL, choices=("run",),
        descending=True, domain=(0, 1), nothing="No models were compared yet.", width=0.45,
    )  # fmt: skip
    worst = Sheet(
        f"Its surest mistakes, {MOST_MISTAKES} at most", "worst_mistakes", Mark.LIST,
        (
            Field("rank", "No.", form="count"), Field("artist", "Artist"), Field("title", "Title"),
            Field("track_id", "Track"), ACTUAL, PREDICTED, Field("confidence", "Vote", form="percent"),
        ),
        where={"rank": tuple(str(rank) for rank in range(1, MOST_MISTAKES + 1))}, choices=("run",),
        nothing="None: no mistake was made, or no champion was chosen yet.",
    )  # fmt: skip
    return Dashboard(
        "Overview",
        "How well are genres recognised, and how far can that be believed?",
        "Test tracks are those that the model did not learn from, kept apart as the split policy says. A leak is what "
        "a score gains where pieces of one track, or songs of one artist, are learned from and tested: it is no skill. "
        f"The best model is chosen from many candidates: {CANDIDATES}. The highest of many scores is too high, so its "
        "figure is corrected for that; the dots are scores as tested.",
        ((cards,), (says, bars), (worst,)),
    )


def _dataset() -> Dashboard:
    tracks = Field("track_id", "Tracks", "count", "count")
    counts = Sheet(
        "Tracks of each genre", "tracks", Mark.BAR, (GENRE,), (tracks,), colour=GENRE, choices=("run",),
        descending=True, width=0.5,
    )  # fmt: skip
    durations = Sheet(
        "Length of each track", "tracks", Mark.DOT, (GENRE,), (Field("duration_s", "Length, s", "mean", "number"),),
        colour=GENRE, detail=(Field("track_id", "Track"),), tooltip=(Field("holdout", "Held out"),), choices=("run",),
        nothing="A table of features does not tell how long its tracks are.", width=0.5,
    )  # fmt: skip
    rejects = Sheet(
        "Rejected files by reason", "rejects", Mark.BAR, (Field("reason", "Reason"),),
        (Field("path", "Rejects", "count", "count"),), choices=("run",), descending=True,
        nothing="None: every file and row could be used.", width=0.35,
    )  # fmt: skip
    status = Field("status", "Status")
    checks = (status, Field("check", "Check"), Field("n", "n", form="count"), Field("detail", "What it found"))
    quality = Sheet(
        "Checks of the data", "data_quality", Mark.LIST, checks, colour=status, choices=("run",),
        width=0.65,
    )  # fmt: skip
    return Dashboard(
        "Dataset",
        "What is in the dataset, and is it fit to learn from?",
        "Genres of like size are easier to compare. A warning names what to look at before a score is believed.",
        ((counts, durations), (rejects, quality)),
    )


def _windows(compared: pd.DataFrame, summary: pd.DataFrame) -> Dashboard:
    accuracy = {"metric": ("accuracy",)} | REAL
    scores = Sheet(
        "Accuracy in training, on test and on holdout", "scores", Mark.DOT, (MODEL, SUBSET),
        (Field("value", "Accuracy", "mean", "percent"),), across=WINDOW, interval=INTERVAL, reference=GUESS,
        colour=SUBSET, tooltip=(Field("n", "Scored", "mean", "count"), Field("repeats", "Splits", "mean", "count")),
        where=accuracy, choices=("run", "policy", "level", "feature_set"), descending=True, domain=(0, 1), width=0.65,
    )  # fmt: skip
    leak = Sheet(
        "Leak gap: what shuffled rows claim beyond this split", "summary_30s_vs_3s", Mark.BAR, (MODEL,),
        (_leak_gap(summary),), where={"level": ("segment",)} | REAL, choices=("run", "policy", "feature_set"),
        descending=True,
        nothing=f"Not tested: there are no scores under {COMPARED[0]}, or each track is one row, so that shuffling "
        "rows and keeping tracks whole is the same.", width=0.35,
    )  # fmt: skip
    return Dashboard(
        "Windows",
        f"{_ask_windows(compared)}, and how much of that is real?",
        "A dot is an accuracy, its line the 95 % interval; the dashed line is what guessing gets. Choose policy "
        f"{COMPARED[0]} to see what shuffled rows would have claimed. The leak gap is how much more that is than under "
        f"the chosen policy (where {COMPARED[0]} is chosen: than under {COMPARED[1]}). Scores here are as tested; the "
        "overview corrects the best model's for being the highest of many. model_comparisons.csv says which "
        "differences a test backs.",
        ((scores, leak),),
    )


def _ask_windows(scores: pd.DataFrame) -> str:
    """Ask about the lengths of windows that there are scores of."""
    lengths = scores["window_s"].dropna()
    if lengths.nunique() < 2:
        return (
            f"How good is what models hear in windows of {lengths.iloc[0]:g} s"
            if len(lengths)
            else "How good is what models hear"
        )
    return f"Do windows of {lengths.min():g} s beat those of {lengths.max():g} s"


def _leak_gap(summary: pd.DataFrame) -> Field:
    """Return the leak gap of the shortest window: a track that is one row can't leak into itself."""
    gaps = {name: float(name.removeprefix("leak_gap_").removesuffix("s").replace("_", ".")) for name in summary.columns
            if name.startswith("leak_gap_") and summary[name].notna().any()}  # fmt: skip
    if not gaps:
        return Field("leak_gap_3s", "Leak gap", "mean", "percent")
    name = min(gaps, key=gaps.__getitem__)
    return Field(name, f"Leak gap, {gaps[name]:g}-second rows", "mean", "percent")


def _model(importances: pd.DataFrame) -> Dashboard:
    share = Field("share_of_actual", "Share of the actual genre", "mean", "percent")
    confusion = Sheet(
        "What is taken for what", "confusion", Mark.HEAT, (ACTUAL,), (share,), across=PREDICTED,
        beside=Field("n", "Rows", "mean", "count"), choices=EVALUATED, domain=(0, 1), width=0.55,
        nothing="No confusion matrix for this choice: another model, window or feature set has one.",
    )  # fmt: skip
    measures = tuple(Field(name, name.capitalize(), "mean", "percent") for name in ("precision", "recall", "f1"))
    report = Sheet(
        "Precision, recall and F1 of each genre", "class_report", Mark.BAR, (GENRE,), measures, colour=GENRE,
        tooltip=(Field("support", "Rows", "mean", "count"),), choices=EVALUATED, domain=(0, 1), width=0.45,
        nothing="No report for this choice: another model, window or feature set has one.",
    )  # fmt: skip
    ranks = tuple(str(rank) for rank in range(1, MOST_IMPORTANCES + 1))
    models = " and ".join(sorted(importances["model_name"].dropna().unique())) or "no model"
    ranking = Sheet(
        f"The {MOST_IMPORTANCES} features that matter most to the model", "feature_importance", Mark.BAR,
        (Field("feature_name", "Feature"),), (Field("importance", "Importance", "mean", "percent"),),
        tooltip=(Field("sd", "Deviation", "mean", "percent"), Field("rank", "Rank", "mean", "count"), MODEL),
        where={"rank": ranks}, choices=("run", "model", "window", "method"),
        descending=True,
        nothing=f"No importances for this choice: there are some of {models}, whatever the window and the method.",
    )  # fmt: skip
    return Dashboard(
        "One model",
        "What does one model confuse, and what does it listen to?",
        "A row of the matrix is an actual genre and adds up to 100 %; its diagonal is the recall. Below "
        "each share stands how many rows that is, over all repeats.",
        ((confusion, report), (ranking,)),
    )


def _features() -> Dashboard:
    choices = ("run", "feature", "window")
    tooltip = (Field("sd", "Deviation", "mean", "number"), Field("n", "Segments", "mean", "count"))

    def percentile(p: str, label: str) -> Field:
        return Field(p, label, "mean", "number")

    wide = Sheet(
        "Nine segments of ten, and the median", "feature_profile", Mark.DOT, (GENRE,), (percentile("p50", "Median"),),
        interval=(percentile("p05", "5th percentile"), percentile("p95", "95th percentile")), colour=GENRE,
        tooltip=tooltip, choices=choices, width=0.5,
    )  # fmt: skip
    narrow = Sheet(
        "The middle half, and the mean", "feature_profile", Mark.DOT, (GENRE,), (percentile("mean", "Mean"),),
        interval=(percentile("p25", "25th percentile"), percentile("p75", "75th percentile")), colour=GENRE,
        tooltip=tooltip, choices=choices, width=0.5,
    )  # fmt: skip
    return Dashboard(
        "Feature explorer",
        "How is a feature distributed in each genre?",
        "It opens on what the best model needs most, or the random forest where that is not known. "
        "Lines that barely overlap are easy for a model; where all overlap, it needs features together.",
        ((wide, narrow),),
    )


def _pairs() -> Dashboard:
    pairs = Sheet(
        "Accuracy of telling two genres apart", "genre_pairs", Mark.DOT, (Field("pair", "Pair"), SUBSET),
        (Field("accuracy", "Accuracy", "mean", "percent"),), across=WINDOW, interval=INTERVAL, colour=SUBSET,
        tooltip=(Field("n", "Rows", "mean", "count"),), choices=("run", "pair_model"), domain=(0, 1),
    )  # fmt: skip
    return Dashboard(
        "Genre pairs",
        "Which two genres are hard to tell apart, and how hard?",
        "It first shows the champion where that was tried on pairs, else the model that did best on them. "
        "Each pair is a problem of its own; 50 % is a coin. What is good in training only was learned by heart.",
        ((pairs,),),
    )


def _holdout() -> Dashboard:
    whole = {"level": ("track",)}
    choices = ("run", "model", "feature_set", "window")
    matrix = Sheet(
        "Predicted against actual", "holdout_predictions", Mark.HEAT, (ACTUAL,),
        (Field("track_id", "Tracks", "count", "count"),), across=PREDICTED, where=whole, choices=choices, width=0.5,
        nothing="No track is held out, or this model did not meet the holdout in this window.",
    )  # fmt: skip
    right = Field("correct", "Answer")
    tracks = Sheet(
        "Every held-out track, wrong ones first", "holdout_predictions", Mark.LIST,
        (right, Field("track_id", "Track"), ACTUAL, PREDICTED), colour=right, where=whole, choices=choices, width=0.5,
        nothing="No track is held out, or this model did not meet the holdout in this window.",
    )  # fmt: skip
    says = Sheet(
        "What the run says of the champion here", "findings", Mark.LIST, (Field("says", "What it says"),),
        where={"about": ("Holdout",)}, choices=("run",), nothing="Nothing: the champion has not met the holdout.",
    )  # fmt: skip
    return Dashboard(
        "Holdout",
        "How good is a model on tracks that nobody has seen?",
        "The champion was chosen before it met these tracks. Others are shown for the record.",
        ((says,), (matrix, tracks)),
    )
