from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import Samples

GENRES = ("blues", "jazz", "rock")


def make_samples(*, tracks_a_genre=20, segments=4, n_features=6, track_share=2.0, seed=0) -> Samples:
    """Rows whose genre shows a little and whose track shows a lot, as with real segments."""
    rng = np.random.default_rng(seed)
    n_tracks = tracks_a_genre * len(GENRES)
    of_track = np.repeat(np.arange(n_tracks), segments)
    genre = np.arange(n_tracks) % len(GENRES)
    centre = rng.normal(size=(len(GENRES), n_features))[genre] + track_share * rng.normal(size=(n_tracks, n_features))
    rows = pd.DataFrame(
        {
            "track_id": [f"t{track:03d}" for track in of_track],
            "start_s": np.tile(np.arange(segments) * 3.0, n_tracks),
            "holdout": np.isin(of_track, np.arange(0, n_tracks, 10)),
            "track": of_track,
            "group": of_track,
            "artist": of_track // (2 * len(GENRES)) * len(GENRES) + of_track % len(GENRES),  # of two tracks each
            "artist_known": True,
            "predefined": np.array(["train", "valid", "test", ""])[of_track // len(GENRES) % 4],
        }
    )
    X = centre[of_track] + 0.3 * rng.normal(size=(len(of_track), n_features))
    names = tuple(f"f{i // 2}_{'mean' if i % 2 == 0 else 'var'}" for i in range(n_features))
    return Samples("test-v1", 3.0, names, GENRES, X, genre[of_track], rows)


def make_sequences(**options) -> Samples:
    """The rows of `make_samples` as eight frames: four like the vector, then four with the other sign."""
    vectors = make_samples(**options)
    sign = np.repeat([1.0, -1.0], 4)[None, :, None]
    X = (vectors.X[:, None, :] * sign).astype(np.float16)
    return replace(vectors, feature_set="test-frames-v1", features=tuple(f"b{i}" for i in range(X.shape[2])), values=X)


@pytest.fixture(scope="session")
def samples() -> Samples:
    return make_samples()
