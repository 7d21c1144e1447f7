"""Stage 02: from audio to features; then which tracks are copies, and which are held out."""

from dataclasses import dataclass

import pandas as pd

from pipeline.extract import ExtractReport, SettleReport, parse_features, parse_windows, settle
from pipeline.extract import extract as extract_segments
from pipeline.features import usual_features
from pipeline.settings import get_settings
from pipeline.stages.options import ExtractOptions
from pipeline.stages.recording import writes_to_dataset
from pipeline.store import Run, count_segments, read_frame
from pipeline.store.datasets import revise

__all__ = ["ExtractOptions", "Extracted", "extract"]


@dataclass(frozen=True)
class Extracted:
    """What extraction made.

    Attributes
    ----------
    report : ExtractReport
    settled : SettleReport
    sides : pd.DataFrame
        tracks of each genre that are held out, and to learn from
    rejects : pd.DataFrame
    n_segments : dict
        by feature set and window length, like ``spectral-v1/3``
    """

    report: ExtractReport
    settled: SettleReport
    sides: pd.DataFrame
    rejects: pd.DataFrame
    n_segments: dict[str, int]


@writes_to_dataset
def extract(run: Run, options: ExtractOptions) -> Extracted:
    """Decode and analyse what is not done yet, mark copies, and draw the holdout.

    Raises
    ------
    InputError
        where options are wrong, or too few tracks can be used
    """
    database, dataset = run.database, run.dataset
    revise(database, dataset)
    report = extract_segments(
        database,
        dataset,
        windows_s=parse_windows(options.windows),
        feature_sets=parse_features(options.features or usual_features(dataset)),
        jobs=options.jobs or get_settings().jobs,
        scheduler=options.scheduler,
        excerpts=options.excerpts,
    )
    settled = settle(
        database,
        dataset,
        holdout=options.holdout,
        seed=options.seed,
        scheduler=options.scheduler,
        jobs=options.jobs,
    )
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, ["genre", "holdout"])
    side = tracks["holdout"].map({True: "held out", False: "to learn from"})
    return Extracted(
        report=report,
        settled=settled,
        sides=pd.crosstab(tracks["genre"], side),
        rejects=read_frame(database["rejects"], {"dataset": dataset}, ["path", "reason", "detail"]),
        n_segments=count_segments(database, dataset),
    )
