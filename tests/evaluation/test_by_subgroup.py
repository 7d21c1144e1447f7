"""What makes subgroups in stage 06, and what is said where nothing does."""

from uuid import uuid4

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import Samples
from pipeline.evaluation.out_of_fold import OutOfFold
from pipeline.stages.subgroups import USUAL, by_subgroup, check_subgroups
from pipeline.store.runs import start_run

N = 120


@pytest.fixture
def given(database):
    """Return a run of tracks with years and regions, the samples, and answers of which those before 1970 are wrong."""
    dataset = f"subgroups-{uuid4().hex}"
    genre, year = np.arange(N) % 2, 1960 + np.arange(N) // 6
    names = [f"t{i:03d}" for i in range(N)]
    tracks = pd.DataFrame({"dataset": dataset, "track_id": names, "region": np.where(genre, "Asia", "Europe")})
    tracks = tracks.assign(year=year.astype(object), channels=1)
    tracks.loc[:3, "year"] = None
    database["tracks"].insert_many(tracks.to_dict("records"), bypass_document_validation=True)
    rows = pd.DataFrame({"track_id": names, "track": np.arange(N), "group": np.arange(N), "artist": np.arange(N)})
    samples = Samples("f", 30.0, ("x",), ("jazz", "rock"), np.zeros((N, 1)), genre, rows)
    votes = np.eye(2)[np.where(year < 1970, 1 - genre, genre)]
    yield start_run(database, dataset, {}), samples, OutOfFold(votes, genre, np.arange(N), np.arange(N))
    for name in ("tracks", "runs"):
        database[name].delete_many({"dataset": dataset})


def test_years_are_told_by_decade_and_tracks_without_one_are_counted(given):
    found = by_subgroup(*given, "", 0)
    rows = found.rows.set_index("subgroup")
    assert rows["accuracy"].to_dict() == {"1960s": 0.0, "1970s": 1.0}
    assert rows["is_worse"].to_dict() == {"1960s": True, "1970s": False}
    assert rows["n"].sum() == N - 4
    assert found.remarks[0].endswith("the champion gets 50% of 120 tracks right: compare with that.")
    assert "4 tracks without decade: not compared." in found.remarks
    assert set(found.board["by"]) == {"decade"}, "the region is the genre by another name"


def test_what_was_asked_for_and_tells_nothing_is_said_with_its_reason(given):
    found = by_subgroup(*given, "region, country,channels", 0)
    assert found.rows.empty
    assert found.remarks == [
        "No subgroups by region: it is the label that the model names, class_report.csv tells of each.",
        "No subgroups by country: too few tracks have one.",
        "No subgroups by channels: all tracks have the same.",
    ]


def test_a_column_that_there_is_not_is_refused_with_those_there_are():
    assert check_subgroups("") == list(USUAL)
    assert check_subgroups(" year,country,year") == ["year", "country"]
    with pytest.raises(InputError, match="--subgroups 'mood': no such column; there are: country, region, culture"):
        check_subgroups("country,mood")
