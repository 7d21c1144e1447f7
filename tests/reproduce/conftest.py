import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import Samples
from pipeline.reproduce import Bench
from pipeline.reproduce.bench import NOWHERE
from pipeline.settings import get_settings


def make_samples(genres, *, tracks=12, segments=1, genre_share=1.5, track_share=1.0, window_s=3.0, seed=0) -> Samples:
    """Rows whose genre shows by `genre_share` and whose track by `track_share`, beside noise of 0.2."""
    rng = np.random.default_rng(seed)
    n_tracks = tracks * len(genres)
    genre, of_track = np.arange(n_tracks) % len(genres), np.repeat(np.arange(n_tracks), segments)
    centre = genre_share * rng.normal(size=(len(genres), 4))[genre] + track_share * rng.normal(size=(n_tracks, 4))
    rows = pd.DataFrame(
        {
            "track_id": [f"row-{track}" for track in of_track],
            "start_s": np.tile(np.arange(segments) * window_s, n_tracks),
            "holdout": False,
            "track": of_track,
            "group": of_track,
            "artist": of_track // 2,
            "artist_known": True,
            "predefined": np.where(of_track // len(genres) % 3 == 0, "test", "train"),
        }
    )
    X = centre[of_track] + 0.2 * rng.normal(size=(len(of_track), 4))
    return Samples("test-v1", window_s, ("a_mean", "a_var", "b_mean", "b_var"), tuple(genres), X, genre[of_track], rows)


@pytest.fixture
def bench() -> Bench:
    """Return a bench for work that reads no data and no database."""
    return Bench(database=None, data=NOWHERE, repeats=2, seed=0, jobs=1, parts=(), settings=get_settings())
