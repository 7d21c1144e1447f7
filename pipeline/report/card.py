"""The model card of a run's champion, after Mitchell et al. 2019, as Markdown.

It is made from the run alone, so that it never says anything else than the headline: 06_holdout keeps one with the
champion in ``runs``, 07_export writes one beside the notebooks, and the web page shows one.
"""

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.evaluation import CORRECTED, OWN_SPLITS, headline, say_gaps, say_styles
from pipeline.evaluation.score import name_metric
from pipeline.features.set_words import title_set
from pipeline.models import display_name, find_entry
from pipeline.printable import count, printable
from pipeline.settings import DEMO_DATASET
from pipeline.settled import read_settled
from pipeline.splits import Policy, artist_key, find_policy, holdout_policy, read_known
from pipeline.store import Run

CARD = "model_card.md"
CITATION = "Mitchell et al. 2019, Model cards for model reporting, doi:10.1145/3287560.3287596"
SYNTHETIC = (
    "It was trained on synthetic music, composed and rendered by genrelab. "
    "It knows those recipes, and nothing of music."
)
NOT_ELSEWHERE = "It was not tested on another collection, nor on music of other times or regions."
NOT_PLAYED = "It was not tested on other encodings, nor on music played differently."

_MARKS = re.compile(r"[\\`*\[\]|$~#]|(?<!\w)_|_(?!\w)")


def model_card(run: Run) -> str:
    """Return the card of a run's champion; empty where it has none."""
    champion = run.champion
    found = headline(run)
    if not champion or found is None:
        return ""
    if run.facts.get("imported"):  # its tracks are elsewhere
        return champion.get("card", "")
    documents = run.model_documents(champion=True)
    model = documents[0] if documents else {}
    policy = find_policy(champion["split_policy"])
    tracks = counted_tracks(run.database, run.dataset, policy)
    learned = tracks[~tracks["holdout"]]
    n_artists = learned["artist"].map(artist_key).nunique()
    facts = run.facts
    lines = [
        f"# Model card: {display_name(champion['model'])}",
        "",
        f"Champion of run `{run.run_id}` on dataset {plain(run.dataset)}. The sections are those of {CITATION}.",
        "",
        *_section("Model", [
            f"{display_name(champion['model'])} (`{champion['model']}`): {_about(champion['model'])}",
            f"It takes {count(len(model.get('features', [])), 'feature')}: {plain(title_set(champion['feature_set']))} "
            f"(`{champion['feature_set']}`), from windows of {champion['window_s']:g} s; the windows of a track vote "
            "by their mean log-probability.",
            f"Parameters that a search found: {_parameters(model)}.",
            f"Made by genrelab {facts['versions'].get('genrelab', '')} (scikit-learn "
            f"{facts['versions'].get('scikit-learn', '')}), {facts['started_at']:%Y-%m-%d}, seed "
            f"{facts.get('parameters', {}).get('seed', 0)}.",
        ]),
        *_section("Intended use", [
            "To name the genre of a recording as one of those below, in research and teaching, by somebody who reads "
            "the scores and limits that stand here.",
            "Not meant for decisions about people, for royalties, or as the only judge of what music is called.",
        ]),
        *_section("Trained on", [
            *([SYNTHETIC] if run.dataset == DEMO_DATASET else []),
            f"{champion['n_tracks']} tracks of dataset {plain(run.dataset)}, none of them held out; "
            + (f"{n_artists} artists are known." if n_artists else "no artist is known."),
        ]),
        *_table("Genres that it knows", ("genre", "tracks to learn from", "held out"), [
            (plain(genre), int((~here["holdout"]).sum()), int(here["holdout"].sum()))
            for genre, here in tracks.groupby("genre")
        ]),
        *_section("How good it is", [
            *map(plain, filter(None, [*found.claims, found.candidates])), f"Scores are read {policy.phrase}.",
        ]),
        *_table("Side by side", ("figure", "named rightly (95 % interval)"), [
            (plain(what), plain(rate)) for what, rate in found.figures
        ]),
        *_table("Scores of whole tracks", ("metric", "tracks", "value", "95 % interval", "n"), _scores(run, champion)),
        *_section("Would more music help?", _curve(run)),
        *_table("By genre, on test", ("genre", "precision", "recall", "F1", "answers"), _by_genre(run, champion)),
        *_section("Styles below genres", map(plain, say_styles(run.table("style_scores")))),
        *_section("By subgroup", map(plain, say_gaps(run.table("subgroup_gaps")))),
        *_table("Each subgroup", ("by", "subgroup", "tracks", "accuracy", "95 % interval", "rest"), _subgroups(run)),
        *_section("Limits and warnings", [
            *(f"**Beware:** {plain(warning)}" for warning in found.warnings),
            "It names one of its genres, whatever it hears: also for music of none of them, for speech, and for noise.",
            "Genres are the labels that somebody gave the training tracks. Where those are wrong, so is the model; "
            "`data_quality.csv` names labels to listen to.",
            *(map(plain, found.elsewhere) if found.elsewhere else [NOT_ELSEWHERE]),
            plain(found.harmless) or NOT_PLAYED,
        ]),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def counted_tracks(database: Database, dataset: str, policy: Policy) -> pd.DataFrame:
    """Return the tracks that are learned from, or scored, under a policy: ``track_id, genre, artist, holdout``."""
    tracks = read_known(read_settled(database, dataset, ["track_id", "genre", "artist", "holdout", "predefined_split"]))
    return tracks[policy.counted(tracks)]


def plain(text: str) -> str:
    """Return foreign text as Markdown shows it: no mark, tag, entity or line of its own."""
    shown = " ".join(printable(text).split())
    escaped = _MARKS.sub(lambda found: "\\" + found[0], shown)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(title: str, sentences: Iterable[str]) -> list[str]:
    listed = list(sentences)
    return [f"## {title}", "", *(f"- {sentence}" for sentence in listed), ""] if listed else []


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    listed = list(rows)
    if not listed:
        return []
    lines = [f"| {' | '.join(map(str, row))} |" for row in (columns, ["---"] * len(columns), *listed)]
    return [f"## {title}", "", *lines, ""]


def _about(name: str) -> str:
    return find_entry(name).about


def _parameters(model: dict[str, Any]) -> str:
    found = model.get("parameters") or {}
    return ", ".join(f"`{name} = {value}`" for name, value in found.items()) or "none, it has the defaults"


def _scores(run: Run, champion: dict[str, Any]) -> Iterable[tuple[object, ...]]:
    of_champion = {name: champion[name] for name in ("model", "feature_set", "window_s")}
    if champion.get("corrected_accuracy") is not None:
        bounds = _bounds(champion.get("corrected_ci_low"), champion.get("corrected_ci_high"))
        expected = f"{champion['corrected_accuracy']:.3f}"
        yield "accuracy to expect, less what being the highest adds", "test", expected, bounds, ""
    for subset in ("test", "holdout"):
        policy = champion["split_policy"] if subset == "test" else holdout_policy(champion["split_policy"])
        scores = run.scores(**of_champion, level="track", subset=subset, split_policy=policy)
        shown = ~(scores["metric"].str.startswith("accuracy_repeat") | scores["metric"].eq(CORRECTED))
        for row in scores[shown].itertuples():
            yield name_metric(row.metric), subset, f"{row.value:.3f}", _bounds(row.ci_low, row.ci_high), row.n


def _bounds(low: float | None, high: float | None) -> str:
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return "too few to say"
    return f"{low:.3f} to {high:.3f}"


def _curve(run: Run) -> list[str]:
    rows = run.table("learning_curve")
    points = [
        f"{row.accuracy:.0%} right with {row.n_tracks} training tracks"
        + ("" if pd.isna(row.ci_low) else f" (95 % interval {row.ci_low:.0%} to {row.ci_high:.0%})")
        for row in rows.itertuples()
    ]
    return [*points, OWN_SPLITS] if points else []


def _subgroups(run: Run) -> Iterable[tuple[object, ...]]:
    for row in run.table("subgroups").itertuples():
        bounds = _bounds(row.ci_low, row.ci_high)
        yield plain(row.by), plain(row.subgroup), row.n, f"{row.accuracy:.3f}", bounds, f"{row.accuracy_rest:.3f}"


def _by_genre(run: Run, champion: dict[str, Any]) -> Iterable[tuple[object, ...]]:
    of_champion = {name: champion[name] for name in ("model", "feature_set", "window_s", "split_policy")}
    for row in run.table("class_report", **of_champion, level="track", subset="test").itertuples():
        cells = ("" if pd.isna(value) else f"{value:.2f}" for value in (row.precision, row.recall, row.f1))
        yield plain(row.genre), *cells, row.support
