"""Every export of a run, gathered from MongoDB."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import drawn_share, extracted_windows, find_dataset
from pipeline.errors import InputError
from pipeline.evaluation import Headline, bars, beside_guesses, findings, headline, other_figures, overview, summarise
from pipeline.features import feature_unit, find_feature_set
from pipeline.features.words import explain_feature
from pipeline.models import baselines
from pipeline.predict import key_of, read_new_music
from pipeline.quality import check_quality
from pipeline.report.csv_export import column_safe
from pipeline.report.guess import mark_as_text
from pipeline.report.segment_rows import segment_rows
from pipeline.settled import read_settled
from pipeline.splits import holdout_policy
from pipeline.store import Run, read_frame
from pipeline.tables import BY_NAME, CHAMPION, FIGURES, GENRE_PAIRS, TRACKS, stored_in
from pipeline.without_places import without_places


def assemble_exports(run: Run) -> dict[str, Any]:
    """Return all tables of ``exports/`` by name; a stage that was not run, or is outdated, leaves its rows out.

    They are of one time, though a stage may be written meanwhile. All are DataFrames but ``features``, which are
    `SegmentRows`.
    """
    return run.steady(lambda _: _assemble(run))


def _assemble(run: Run) -> dict[str, Any]:
    database, dataset = run.database, run.dataset
    facts, scores, tracks = run.facts, run.scores(), _tracks(database, dataset)
    main_set = run.main_feature_set or next(iter(scores.get("feature_set", ())), "")  # runs of before don't say it
    read_as = (run.split_policy, main_set)
    found = headline(run)
    figures = other_figures(run.table("transfers"), run.table("harmless_changes")) if facts["champion"] else {}
    runs = _run(run, facts, found, figures)
    segments = segment_rows(database, dataset, run.run_id)
    tables = {
        "overview": overview(facts, scores, tracks, *read_as, warnings=runs["warnings"].iloc[0], figures=figures),
        "findings": findings(found),
        "runs": runs,
        "tracks": tracks,
        "rejects": _rejects(database, dataset),
        "feature_glossary": glossary(segments.features),
        **{table.name: run.table(table.name) for table in stored_in("results")},
        "genre_pairs": _pairs(run.table("genre_pairs")),
        "worst_mistakes": _ranked(run.table("worst_mistakes")),
        "scores": _scores(run, scores, facts["champion"]),
        "summary_30s_vs_3s": _with_baselines(summarise(scores)),
        "bars_30s_vs_3s": bars(scores, *read_as) if len(scores) else scores,
        "holdout_predictions": _predictions(run),
        "new_music": _new_music(run),
        "data_quality": pd.concat([check_quality(database, dataset), run.table("data_quality")]),
    }
    return {"features": segments} | {name: _with_run(name, frame, run) for name, frame in tables.items()}


def _with_run(name: str, frame: pd.DataFrame, run: Run) -> pd.DataFrame:
    table = BY_NAME[name]
    if frame.empty:
        frame = pd.DataFrame(columns=table.names)
    later = [column for column in table.names if column not in frame and not table.column(column).required]
    return frame.assign(**dict.fromkeys(later), run_id=run.run_id, dataset=run.dataset)  # later: declared since the run


def _with_baselines(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(is_baseline=rows["model"].isin(baselines())) if len(rows) else rows


def _new_music(run: Run) -> pd.DataFrame:
    key = key_of(run)
    if key is None:
        return pd.DataFrame()
    found = read_new_music(run, str(key))
    return found.assign(source=found["source"].map(without_places))


def _ranked(mistakes: pd.DataFrame) -> pd.DataFrame:
    if mistakes.empty:
        return mistakes
    surest_first = mistakes.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)
    return surest_first.assign(rank=surest_first.index + 1)


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return pairs called by their genres as these are written in all tables."""
    if rows.empty or "genre_a" not in rows:
        return rows
    genre_a, genre_b = (
        rows[name].map(partial(mark_as_text, prefix=GENRE_PAIRS.column(name).prefix)) for name in ("genre_a", "genre_b")
    )
    return rows.assign(pair=genre_a + "/" + genre_b)


def _run(run: Run, facts: Mapping[str, Any], found: Headline | None, figures: Mapping[str, Any]) -> pd.DataFrame:
    asked, champion = facts.get("parameters") or {}, facts["champion"] or {}
    known = find_dataset(run.database, run.dataset)
    windows = [f"{window_s:g} s" for window_s in sorted(known.get("windows_s") or [], reverse=True)]
    row = {
        "number": facts["number"],
        "run_date": facts["started_at"].date(),
        "started_at": facts["started_at"].replace(tzinfo=None, microsecond=0),
        "windows": ", ".join(windows) or None,
        "split_policy": run.split_policy or None,
        "holdout_share": drawn_share(known),
        "seed": asked.get("seed"),
        **{column.name: champion.get(column.name.removeprefix("champion_")) for column in CHAMPION},
        **{column.name: figures.get(column.name) for column in FIGURES},
        "headline": " ".join(found.claims) if found else None,
        "warnings": (" ".join(found.warnings) if found else "") or None,
    }
    return pd.DataFrame([row])


def _scores(run: Run, own: pd.DataFrame, champion: Mapping[str, Any] | None) -> pd.DataFrame:
    """Return the run's scores, those on its own dataset first, then those on others."""
    scores = beside_guesses(own).assign(is_champion=_is_champion(own, champion), tested_on=run.dataset)
    away = run.scores_elsewhere()
    if len(away):
        is_champion = _is_of(away, champion) if champion else False
        scores = pd.concat([scores, beside_guesses(away).assign(is_champion=is_champion)], ignore_index=True)
    return scores.assign(trained_on=run.dataset) if len(scores) else scores


def _is_of(scores: pd.DataFrame, champion: Mapping[str, Any]) -> pd.Series:
    return (
        scores[["model", "feature_set", "window_s"]] == [champion[n] for n in ("model", "feature_set", "window_s")]
    ).all(axis=1)


def _is_champion(scores: pd.DataFrame, champion: Mapping[str, Any] | None) -> pd.Series:
    """Tell which scores are the champion's own, under the policy that it was chosen under."""
    if champion is None:
        return pd.Series(False, index=scores.index)
    policy = champion["split_policy"]
    policies = scores["subset"].map({"holdout": holdout_policy(policy)}).fillna(policy)
    return _is_of(scores, champion) & (scores["split_policy"] == policies)


def _tracks(database: Database, dataset: str) -> pd.DataFrame:
    tracks = read_settled(database, dataset, TRACKS.names)
    if not extracted_windows(database, dataset):
        raise InputError(f"dataset {dataset!r} is not extracted yet: run 02_extract first")
    return tracks


def _rejects(database: Database, dataset: str) -> pd.DataFrame:
    rejects = read_frame(database["rejects"], {"dataset": dataset}, ["path", "reason", "detail", "window_s"])
    return rejects.sort_values(["path", "window_s"], ignore_index=True).drop(columns="window_s")


def glossary(features: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return what features stand for, a row a feature and set; `features` are their names by set."""
    rows: list[dict[str, Any]] = []
    for feature_set, names in features.items():
        known = find_feature_set(feature_set)
        for name in names:
            ours = known is not None and name in known.columns
            explained = {"unit": feature_unit(name), "meaning": explain_feature(name)} if ours else {}
            texts = {key: explained.get(key) or None for key in ("unit", "meaning")}
            rows.append({"feature_set": feature_set, "feature": name} | texts)
    return pd.DataFrame(rows)


def _predictions(run: Run) -> pd.DataFrame:
    rows = run.predictions()
    if rows.empty:
        return rows
    genres = rows["genres"].iloc[0]
    names = pd.Index([f"p_{column_safe(genre)}" for genre in genres])
    names = [
        f"{name}_{i}" if repeated else name
        for i, (name, repeated) in enumerate(zip(names, names.duplicated(keep=False), strict=True))
    ]
    probabilities = pd.DataFrame(rows["probabilities"].tolist(), columns=names)
    rows = rows.drop(columns=["genres", "probabilities"])
    return pd.concat([rows, probabilities], axis=1)
