"""All stages of a run by their functions, in a process of its own; see test_determinism."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.evaluation import importance
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.export import ExportOptions, export
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store import Run, connect
from pipeline.store.runs import start_run

SEED, REPEATS = 3, 2
MODELS = "dummy_stratified,logistic_regression,knn_3,random_forest,gradient_boosting"

importance.N_PERMUTATIONS = 1  # seconds each


def begun(number: int) -> Run:
    """Return a run of a name and a time that are always the same."""
    run = start_run(connect(), "whole", {"windows": "6,3", "split": "track", "holdout": 0.2, "seed": SEED})
    same = {"run_id": f"run-20240102T03040{number}-0000", "started_at": datetime(2024, 1, 2, 3, 4, number, tzinfo=UTC)}
    run.database["runs"].update_one({"run_id": run.run_id}, {"$set": same})
    return Run(run.database, run.dataset, same["run_id"])


def main(folder: str, exports: str, workers: str) -> None:
    """Run all stages; then compare searched models under another split, in a run beside it."""
    jobs, run = int(workers), begun(1)
    catalogue(run, CatalogueOptions(audio=folder, metadata=str(Path(folder).parent / "metadata.csv")))
    extract(run, ExtractOptions(features="spectral-v1", windows="6,3", holdout=0.2, seed=SEED, jobs=jobs))
    explore(run, ExploreOptions(seed=SEED, jobs=jobs))
    compare(run, CompareOptions(models=MODELS, repeats=REPEATS, seed=SEED, jobs=jobs))
    optimise(run, OptimiseOptions(k_max=5, repeats=1, seed=SEED, jobs=jobs))
    holdout(run, HoldoutOptions(seed=SEED))
    export(run, ExportOptions(exports=exports))
    searched = begun(2)
    of_artists = {"split": "artist", "search": "quick", "repeats": 1, "seed": SEED, "jobs": jobs}
    compare(searched, CompareOptions(models="logistic_regression", **of_artists))
    export(searched, ExportOptions(exports=exports, append=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
