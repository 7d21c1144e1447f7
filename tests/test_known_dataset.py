"""What a run asks for that its dataset, as it is known, does not bear is told before anything is begun."""

import pytest

from pipeline.catalogue import catalogue, drawn_share, find_dataset
from pipeline.errors import InputError
from pipeline.extract import settle
from pipeline.settings import get_settings
from tests.closed import write_table

DATASET = "known-dataset"


@pytest.fixture
def listed(database, tmp_path):
    for name in ("tracks", "segments", "rejects", "removed", "drawn", "datasets"):
        database[name].delete_many({"dataset": DATASET})
    catalogue(database, DATASET, table=str(write_table(tmp_path / "songs.csv")), settings=get_settings())
    return database


@pytest.fixture
def told(main, monkeypatch):
    """Return a function that gives what a run says before its first stage, without the line that names it."""

    def begin(*options: str) -> str:
        monkeypatch.setattr("pipeline.runner.run", no_further)
        said = main("run", "--dataset", DATASET, *options).err.removesuffix("genrelab: no further\n")
        return said.partition(f"dataset {DATASET}, stages")[0]

    def no_further(*_, **__):
        raise InputError("no further")

    return begin


@pytest.mark.parametrize("option", [("--windows", "5"), ("--features", "spectral-v1"), ("--excerpts", "all")])
def test_what_is_asked_of_audio_is_refused_where_the_dataset_is_a_table(listed, told, option):
    assert f"{option[0]} is for audio: the rows of dataset 'known-dataset' are features" in told(*option)
    assert "is for audio" not in told()


def test_a_share_that_is_not_the_one_drawn_counts_for_new_tracks_alone_and_that_is_said(listed, told):
    assert told("--holdout", "0.25") == "", "none is drawn yet"
    settle(listed, DATASET, holdout=0.0, seed=0)
    assert told("--holdout", "0.25") == "", "none was drawn"
    first = settle(listed, DATASET, holdout=0.25, seed=0)
    again = settle(listed, DATASET, holdout=0.5, seed=0)
    assert (again.n_holdout, again.notes) == (first.n_holdout, first.notes), "nobody asked for 24 tracks"
    assert drawn_share(find_dataset(listed, DATASET)) == 0.25
    assert "drawn with a share of 0.25" in told("--holdout", "0.5").replace("\n", " ")
    for silent in ([], ["--holdout", "0.25"], ["--holdout", "0.5", "--quiet"], ["--holdout", "0.5", "--to", "1"]):
        assert told(*silent) == ""
