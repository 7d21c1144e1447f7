"""The model card counts the tracks that models learn from."""

import pandas as pd
import pytest

from pipeline.catalogue import catalogue
from pipeline.evaluation import load_samples
from pipeline.extract import settle
from pipeline.report.card import counted_tracks
from pipeline.settings import get_settings
from pipeline.splits import find_policy
from tests.closed import write_table

DATASET = "card"


@pytest.mark.parametrize(("policy", "n"), [("predefined", 36), ("track", 48)])
def test_its_tracks_are_those_that_count_under_the_policy(database, tmp_path, policy, n):
    table = write_table(tmp_path / "songs.csv")
    sides = pd.read_csv(table)[["filename"]].assign(split=["train", "valid", "test", "leave out"] * 12)
    sides.to_csv(tmp_path / "sides.csv", index=False)
    for name in ("datasets", "tracks", "segments", "rejects", "drawn"):
        database[name].delete_many({"dataset": DATASET})
    catalogue(database, DATASET, table=str(table), metadata=str(tmp_path / "sides.csv"), settings=get_settings())
    settle(database, DATASET, holdout=0.25, seed=0)
    tracks = counted_tracks(database, DATASET, find_policy(policy))
    [samples] = load_samples(database, DATASET)
    learned = samples.under(policy).learning().rows
    assert len(tracks) == n
    assert {*tracks["track_id"][~tracks["holdout"]]} == {*learned["track_id"]}
