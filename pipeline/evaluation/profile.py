"""What the features look like: their profile by genre, and a map of the tracks."""

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation.samples import Samples
from pipeline.random_streams import seed_of
from pipeline.tables import FEATURE_PROFILE, PERCENTILES

FEATURES_AT_ONCE = 4
"""Of the profile: values in long form take ten times the memory that they take as columns."""

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
    labelled = labelled_values(samples).set_index("genre").rename_axis(columns="feature")
    few = np.array_split(labelled.columns, int(np.ceil(len(labelled.columns) / FEATURES_AT_ONCE)))
    together = pd.concat([_describe(labelled[names].stack()) for names in few]).sort_index().reset_index()
    return together.assign(window_s=samples.window_s)[FEATURE_PROFILE.names]


def _describe(values: pd.Series) -> pd.DataFrame:
    grouped = values.groupby(["genre", "feature"], sort=True)
    described = grouped.agg(mean="mean", sd="std")
    quantiles = grouped.quantile([p / 100 for p in PERCENTILES]).unstack()
    quantiles.columns = [f"p{p:02d}" for p in PERCENTILES]
    return described.join(quantiles).assign(n=grouped.size())


def telling_features(samples: Samples, n_features: int = 9) -> list[str]:
    """Return the features whose means differ most between genres: by eta squared, the variance between them."""
    values = labelled_values(samples)
    grouped = values.groupby("genre")
    between = ((grouped.mean() - values.drop(columns="genre").mean()) ** 2).mul(grouped.size(), axis=0).sum()
    total = values.drop(columns="genre").var(ddof=0) * len(values)
    shares = (between / total.where(total > 0)).dropna().sort_values(ascending=False, kind="stable")
    return list(shares.index[:n_features])


def project(samples: Samples, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Project standardised rows on their first two principal components (Pearson 1901).

    Returns
    -------
    points : pd.DataFrame
        ``pc1``, ``pc2``, ``genre``; of many rows a sample of `MOST_POINTS`, drawn by `seed`
    explained : np.ndarray [shape=(2,)]
        share of the variance that each component explains
    """
    projection = make_pipeline(StandardScaler(), PCA(2, random_state=seed_of("projection", seed)))
    flat = np.zeros((len(samples), 1))  # a second direction even where there is a single feature
    places = projection.fit_transform(np.hstack([samples.X, flat]) if len(samples.features) == 1 else samples.X)
    points = pd.DataFrame(places, columns=["pc1", "pc2"]).assign(genre=labelled_values(samples)["genre"])
    if len(points) > MOST_POINTS:
        points = points.sample(MOST_POINTS, random_state=seed_of("points", seed)).sort_index(ignore_index=True)
    return points, projection[-1].explained_variance_ratio_
