"""What the features look like: their profile by genre, and a map of the tracks."""

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation.samples import Samples
from pipeline.random_streams import seed_of, stream
from pipeline.store import few_features
from pipeline.tables import FEATURE_PROFILE, PERCENTILES

MOST_FITTED = 200_000
"""Rows that the map's directions are found from."""

MOST_POINTS = 5000
"""Of the map: more hide each other."""


def labelled_values(samples: Samples) -> pd.DataFrame:
    """Return ``genre`` and the features, a row a segment."""
    values = pd.DataFrame(samples.X, columns=list(samples.features))
    values.insert(0, "genre", np.asarray(samples.genres, dtype=object)[samples.y])
    return values


def profile(samples: Samples) -> pd.DataFrame:
    """Describe each feature by genre.

    Returns
    -------
    pd.DataFrame
        ``genre, window_s, feature, mean, sd, p05 … p95, n``
    """
    described = [
        _describe(values[name], samples.y)
        for values in few_features(samples.values, samples.features)
        for name in values
    ]
    together = pd.concat(described, keys=samples.features, names=["feature", "genre"]).reset_index()
    together["genre"] = np.asarray(samples.genres, dtype=object)[together["genre"]]
    ordered = together.sort_values(["genre", "feature"], ignore_index=True)
    return ordered.assign(window_s=samples.window_s)[FEATURE_PROFILE.names]


def _describe(values: pd.Series, genres: np.ndarray) -> pd.DataFrame:
    grouped = values.groupby(genres)
    described = grouped.agg(mean="mean", sd="std")
    quantiles = grouped.quantile([p / 100 for p in PERCENTILES]).unstack()
    quantiles.columns = [f"p{p:02d}" for p in PERCENTILES]
    return described.join(quantiles).assign(n=grouped.size())


def telling_features(samples: Samples, n_features: int = 9) -> list[str]:
    """Return the features whose means differ most between genres: by eta squared, the variance between them."""
    shares = pd.concat([_explained(values, samples.y) for values in few_features(samples.values, samples.features)])
    return list(shares.dropna().sort_values(ascending=False, kind="stable").index[:n_features])


def _explained(values: pd.DataFrame, genres: np.ndarray) -> pd.Series:
    grouped = values.groupby(genres)
    between = ((grouped.mean() - values.mean()) ** 2).mul(grouped.size(), axis=0).sum()
    total = values.var(ddof=0) * len(values)
    return between / total.where(total > 0)


def project(samples: Samples, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Project standardised rows on their first two principal components (Pearson 1901).

    Returns
    -------
    points : pd.DataFrame
        ``pc1``, ``pc2``, ``genre``; of many rows a sample of `MOST_POINTS`, drawn by `seed`
    explained : np.ndarray [shape=(2,)]
        share of the variance that each component explains; of many rows those of a sample of `MOST_FITTED`
    """
    projection = make_pipeline(StandardScaler(), PCA(2, random_state=seed_of("projection", seed)))
    fitted = _some(len(samples), MOST_FITTED, stream("projected rows", seed))
    shown = _some(len(samples), MOST_POINTS, stream("points", seed))
    projection.fit(_two_columns(samples.read(fitted)))
    places = projection.transform(_two_columns(samples.read(shown)))
    genres = np.asarray(samples.genres, dtype=object)[samples.y[shown]]
    return pd.DataFrame(places, columns=["pc1", "pc2"]).assign(genre=genres), projection[-1].explained_variance_ratio_


def _some(n: int, most: int, rng: np.random.Generator) -> np.ndarray:
    """Return the numbers of `most` of n rows, ascending; all of fewer."""
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def _two_columns(X: np.ndarray) -> np.ndarray:
    """Return the values, with a second direction even where there is a single feature."""
    return np.hstack([X, np.zeros((len(X), 1))]) if X.shape[1] == 1 else X
