"""Every model under every policy: what each tells of each track, and how far off that is."""

import numpy as np
import pandas as pd

from pipeline.evaluation.threads import run_in_threads
from pipeline.globe.sphere import distance_km, to_degrees
from pipeline.places.folds import folds_of, policies_of, unit_of, whole
from pipeline.places.located import Located
from pipeline.places.models import BASELINES, MODELS, Answers, Learned, answer
from pipeline.places.say import ANNOUNCED
from pipeline.places.score import score_places

BASELINE = BASELINES[1]


def evaluate_places(located: Located, seed: int = 0, jobs: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let each model tell where each track is from, by others that it has learned from, and score that.

    Returns
    -------
    places, scores : pd.DataFrame
        rows of ``places``, of the announced model, and of ``place_scores``
    """
    places, scores = [], []
    done: dict[bytes, Answers] = {}
    for policy in policies_of(located):
        groups = whole(located, policy)
        if groups.tobytes() not in done:
            done[groups.tobytes()] = _out_of_fold(located, policy, groups, seed, jobs)
        by_model = done[groups.tobytes()]
        errors = {model: distance_km(answers, located.places) for model, answers in by_model.items()}
        units = unit_of(located, policy)
        about = {"feature_set": located.feature_set, "window_s": located.window_s, "split_policy": policy}
        for model, km in errors.items():
            beside = errors[BASELINE] if model not in BASELINES else None
            scores.append(score_places(km, units, seed, beside).assign(model=model, **about))
        places.append(_rows(located, by_model[ANNOUNCED], errors[ANNOUNCED]).assign(model=ANNOUNCED, **about))
    return pd.concat(places, ignore_index=True), pd.concat(scores, ignore_index=True)


def _out_of_fold(located: Located, policy: str, groups: np.ndarray, seed: int, jobs: int) -> Answers:
    countries = located.rows["country"].to_numpy() if located.rows["country"].notna().all() else None
    learned = Learned(located.X, located.places, countries, groups)
    folds = list(folds_of(located, policy, seed))
    found = run_in_threads(answer, ((learned.where(train), located.X[test], seed) for train, test in folds), jobs)
    by_model: dict[str, np.ndarray] = {}
    for (_, test), answers in zip(folds, found, strict=True):
        for model, places in answers.items():
            by_model.setdefault(model, np.empty_like(located.places))[test] = places
    return {model: by_model[model] for model in MODELS if model in by_model}


def _rows(located: Located, predicted: np.ndarray, errors_km: np.ndarray) -> pd.DataFrame:
    latitude, longitude = to_degrees(predicted)
    rows = located.rows[["track_id", "country", "latitude", "longitude"]]
    return rows.assign(predicted_latitude=latitude, predicted_longitude=longitude, error_km=errors_km)
