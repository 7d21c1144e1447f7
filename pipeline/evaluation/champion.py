"""The champion: chosen on test scores alone, refitted on all but the holdout."""

from collections.abc import Sequence

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.coverage import read_coverage
from pipeline.evaluation.fitting import fit
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.threads import on_one_core
from pipeline.features.means import means_set
from pipeline.models import FittedModel, baselines


def ranking(scores: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Return the candidates by test accuracy at track level under `policy`, best first; a baseline is none.

    Where some have no row of some tracks, by right answers among all tracks: ``right_of_all``, the accuracy ``value``
    on tracks that they answer times ``coverage``, the share of tracks that they do. Two equal ones are ranked by name,
    then by the longer window.

    Raises
    ------
    InputError
        where there is no such score
    """
    wanted = (
        (scores["subset"] == "test")
        & (scores["level"] == "track")
        & (scores["metric"] == "accuracy")
        & (scores["split_policy"] == policy)
        & ~scores["model"].isin(baselines())
    )
    if not wanted.any():
        raise InputError(
            f"no model but a baseline has a test score under split policy {policy!r}: run 04_compare on one"
        )
    columns = ["model", "feature_set", "window_s", "value", "ci_low", "ci_high", "n"]
    ranked, by = scores.loc[wanted, columns], "value"
    coverage = read_coverage(scores, policy)
    if len(coverage):
        ranked = ranked.merge(coverage.drop(columns="n_tracks"), on=["feature_set", "window_s"], how="left")
        ranked, by = ranked.assign(right_of_all=ranked["value"] * ranked["coverage"].fillna(1)), "right_of_all"
    order = [by, "model", "feature_set", "window_s"]
    return ranked.sort_values(order, ascending=[False, True, True, False], ignore_index=True)


@on_one_core
def crown(
    ranked: pd.DataFrame, samples: Sequence[Samples], *, policy: str, seed: int, search: str = "none"
) -> FittedModel:
    """Refit the first of `ranked` on all rows that are not held out and count under `policy`, with the same effort.

    It knows the genres that there are such rows of.
    """
    best = ranked.iloc[0]
    chosen = find_samples(samples, best["feature_set"], best["window_s"]).learning().under(policy).known()
    fitted = fit(best["model"], chosen, seed, search=search, policy=policy)
    return FittedModel(
        name=best["model"],
        feature_set=best["feature_set"],
        window_s=float(best["window_s"]),
        split=policy,
        features=chosen.features,
        genres=chosen.genres,
        estimator=fitted.estimator,
        n_tracks=chosen.rows["track"].iloc[fitted.learned].nunique(),
        test_accuracy=float(best["value"]),
        parameters=fitted.parameters,
    )


def crown_other_windows(
    champion: FittedModel, ranked: pd.DataFrame, samples: Sequence[Samples], *, seed: int, search: str = "none"
) -> list[FittedModel]:
    """Refit, for each window length that is not the champion's, the best of `ranked` on it.

    They name no track's genre: they tell what its shorter windows sound like, where the champion listens to the whole.
    """
    rest = ranked[ranked["window_s"] != champion.window_s]
    how = {"policy": champion.split, "seed": seed, "search": search}
    return [crown(of_window, samples, **how) for _, of_window in rest.groupby("window_s", sort=True)]


def find_samples(samples: Sequence[Samples], feature_set: str, window_s: float) -> Samples:
    """Return the rows of a feature set and window among `samples` and their means-only variants.

    Raises
    ------
    InputError
        where there are none
    """
    whole = find_whole(samples, feature_set, window_s)
    return whole if whole.feature_set == feature_set else whole.means()


def find_whole(samples: Sequence[Samples], feature_set: str, window_s: float) -> Samples:
    """Return the rows among `samples` that `find_samples` finds, or that it finds the means of; without a copy.

    Raises
    ------
    InputError
        where there are none
    """
    for chosen in samples:
        if chosen.window_s == window_s and feature_set in (chosen.feature_set, means_set(chosen.feature_set)):
            return chosen
    raise InputError(f"no {window_s:g}-second rows of {feature_set!r}; extract them first")
