"""Styles below genres in stage 06: what models of the champion's kind name, and what is said where none can."""

from uuid import uuid4

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import Samples, answer_out_of_fold
from pipeline.models import FittedModel
from pipeline.stages.styles import NO_STYLES, NOTHING_TO_TELL, by_style
from pipeline.store.runs import start_run

STYLES = {"jazz": ("bebop", "swing"), "rock": ("indie", "punk")}
N = 160


@pytest.fixture
def given(database):
    """Return a run whose tracks have styles that are heard, samples of it, and its champion."""
    dataset = f"styles-{uuid4().hex}"
    rng = np.random.default_rng(0)
    genre, style = np.arange(N) % 2, np.arange(N) // 2 % 2
    X = np.column_stack([3.0 * genre, 3.0 * style]) + rng.standard_normal((N, 2))
    names = [f"t{i:03d}" for i in range(N)]
    genres = tuple(STYLES)
    told = [STYLES[genres[g]][s] for g, s in zip(genre, style, strict=True)]
    tracks = pd.DataFrame({"dataset": dataset, "track_id": names, "style": pd.Series(told, dtype=object)})
    tracks = tracks.assign(genre=[genres[g] for g in genre], status="ready")
    tracks.loc[:3, "style"] = None
    database["tracks"].insert_many(tracks.to_dict("records"), bypass_document_validation=True)
    rows = pd.DataFrame(
        {"track_id": names, "start_s": 0.0, "holdout": False, "track": np.arange(N), "group": np.arange(N),
         "artist": np.arange(N), "artist_known": False, "predefined": ""}
    )  # fmt: skip
    samples = Samples("f", 30.0, ("x", "y"), genres, X, genre, rows)
    champion = FittedModel(
        name="logistic_regression", feature_set="f", window_s=30.0, split="track", genres=genres,
        features=("x", "y"), estimator=None, n_tracks=N, test_accuracy=0.9,
    )  # fmt: skip
    yield start_run(database, dataset, {}), samples, champion
    for name in ("tracks", "runs"):
        database[name].delete_many({"dataset": dataset})


def told_by(run, samples, champion):
    return by_style(run, samples, champion, answer_out_of_fold(champion, samples, 0), 0, 1)


def test_both_levels_are_told_by_models_of_the_champions_kind(given):
    found = told_by(*given)
    assert set(found.rows["style"]) == {"bebop", "swing", "indie", "punk"}
    assert found.rows["n"].sum() == N - 4
    scores = found.scores.set_index(["way", "measure"])["value"]
    assert scores["top_down", "exact"] > 0.75
    assert scores["back_off", "genre_right"] == scores["genres", "genre_right"] > 0.85
    assert scores["back_off", "right_where_named"] >= scores["top_down", "exact"]
    assert found.board["way"].tolist() == ["back_off", "top_down", "styles", "commonest_style", "genres"]
    assert found.remarks[-1] == "4 of 160 tracks have no style."


def test_where_no_track_or_only_one_style_of_each_genre_is_known_that_is_said(given, database):
    run, *_ = given
    database["tracks"].update_many({"dataset": run.dataset}, {"$set": {"style": None}})
    found = told_by(*given)
    assert (found.remarks, len(found.scores), len(found.board)) == ([NO_STYLES], 0, 0)
    for i in range(2):
        odd = {"$in": [f"t{j:03d}" for j in range(N) if j % 2 == i]}
        database["tracks"].update_many({"dataset": run.dataset, "track_id": odd}, {"$set": {"style": f"only {i}"}})
    assert told_by(*given).remarks == [
        "Nothing to tell below jazz, rock: the only style left there says no more than the genre.",
        NOTHING_TO_TELL,
    ]
