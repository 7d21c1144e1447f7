"""All stages of a run by their functions, as the notebooks call them, in a process of its own; see test_determinism."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from pipeline.catalogue import catalogue
from pipeline.evaluation import (
    Candidate,
    check_labels,
    choose_pairs,
    compare,
    crown,
    crown_other_windows,
    doubt_labels,
    evaluate,
    evaluate_pairs,
    hold_out,
    hold_out_pairs,
    importance,
    load_samples,
    of_main_set,
    plan,
    profile,
    rank_features,
    ranking,
    read_scores,
    read_table,
    record_evaluation,
    record_table,
    search_k,
)
from pipeline.extract import extract, settle
from pipeline.models import load_champion, save_champion
from pipeline.quality import as_table, copied_tracks, read_usable
from pipeline.report import assemble_exports, write_exports
from pipeline.settings import get_settings
from pipeline.splits import policies_for
from pipeline.store import connect, replace_rows

RUN, DATASET, SPLIT, SEED, REPEATS = "run-20240102T030405-0000", "whole", "track", 3, 2
WINDOWS_S, SETS = (6.0, 3.0), ("spectral-v1",)
MODELS = ("dummy_stratified", "logistic_regression", "knn_3", "random_forest")


def extracted(database, folder: Path, jobs: int) -> None:
    metadata = str(folder.parent / "metadata.csv")
    catalogue(database, DATASET, audio=str(folder), metadata=metadata, settings=get_settings())
    extract(database, DATASET, windows_s=WINDOWS_S, feature_sets=SETS, jobs=jobs)
    settle(database, DATASET, holdout=0.2, seed=SEED)
    now = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    asked = {"windows": "6,3", "split": SPLIT, "holdout": 0.2, "seed": SEED}
    run = {"run_id": RUN, "dataset": DATASET, "status": "running", "parameters": asked, "started_at": now}
    database["runs"].insert_one(run)


def explored(database, jobs: int) -> None:
    samples = [window.learning() for window in of_main_set(load_samples(database, DATASET))]
    stage = (database, RUN, DATASET, "explore")
    record_table(*stage, "feature_profile", pd.concat([profile(window) for window in samples], ignore_index=True))
    doubted = doubt_labels(samples[0], seed=SEED, jobs=jobs)
    checks = check_labels(doubted, read_usable(database, DATASET), copied_tracks(database, DATASET))
    record_table(*stage, "data_quality", as_table(checks))


def compared(database, jobs: int) -> None:
    samples = [window.learning() for window in load_samples(database, DATASET, MODELS)]
    candidates = [
        *plan(samples, MODELS, policies_for(SPLIT)),
        Candidate("gradient_boosting", samples[0], SPLIT),
        Candidate("logistic_regression", samples[0].means_only(), "artist", "quick"),
    ]
    evaluation = evaluate(candidates, repeats=REPEATS, seed=SEED, jobs=jobs)
    record_evaluation(database, RUN, DATASET, "compare", evaluation)
    comparisons = compare(evaluation.tested, seed=SEED)
    record_table(database, RUN, DATASET, "compare", "model_comparisons", comparisons)


def optimised(database, jobs: int) -> None:
    stage = (database, RUN, DATASET, "optimise")
    of_models = set(read_scores(database, RUN, stage="compare")["model"])
    samples = [window.learning() for window in load_samples(database, DATASET, of_models)]
    main = of_main_set(samples)
    found = [
        search_k(window, policy, k_values=(1, 3, 5), repeats=REPEATS, seed=SEED)
        for window in main
        for policy in policies_for(SPLIT)
    ]
    record_table(*stage, "k_search", pd.concat(found, ignore_index=True))
    record_table(*stage, "feature_importance", rank_features(main[0], SPLIT, seed=SEED, jobs=jobs))
    ranked = ranking(read_scores(database, RUN), SPLIT)
    hardest_for = ranked.iloc[0]["model"]
    confusion = read_table(database, RUN, "confusion", split_policy=SPLIT, level="segment", model=hardest_for)
    pairs = choose_pairs("", samples[0].genres, confusion)
    pair_scores = evaluate_pairs(main, pairs, SPLIT, repeats=1, seed=SEED, jobs=jobs)
    record_table(*stage, "genre_pairs", pair_scores)
    champion = crown(ranked, samples, run_id=RUN, dataset=DATASET, policy=SPLIT, seed=SEED)
    save_champion(database, champion, crown_other_windows(champion, ranked, samples, seed=SEED))


def held_out(database) -> None:
    stage = (database, RUN, DATASET, "holdout")
    of_test = read_scores(database, RUN, subset="test")
    samples = load_samples(database, DATASET, set(of_test["model"]))
    champion = load_champion(database, RUN)
    evaluation, predictions = hold_out(champion, of_test, samples, seed=SEED)
    record_evaluation(*stage, evaluation)
    replace_rows(database["predictions"], {"run_id": RUN, "dataset": DATASET}, predictions)
    tested = read_table(database, RUN, "genre_pairs", subset="test")
    pairs = list(dict.fromkeys(zip(tested["genre_a"], tested["genre_b"], strict=True)))
    held = hold_out_pairs(of_main_set(samples), pairs, champion.split, seed=SEED)
    record_table(*stage, "genre_pairs", held)


importance.N_PERMUTATIONS = 1  # seconds each


def main(folder: str, exports: str, jobs: str) -> None:
    database = connect()
    extracted(database, Path(folder), int(jobs))
    explored(database, int(jobs))
    compared(database, int(jobs))
    optimised(database, int(jobs))
    held_out(database)
    write_exports(assemble_exports(database, DATASET, RUN), Path(exports), RUN)


if __name__ == "__main__":
    main(*sys.argv[1:])
