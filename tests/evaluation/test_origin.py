"""Where rows come from, and the files that several machines may read them from."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from distributed.protocol.pickle import dumps, loads

from pipeline.errors import InputError
from pipeline.evaluation import spread
from pipeline.evaluation.columns import read_columns, write_columns
from pipeline.evaluation.origin import Origin, Stored, checksum_of, keep_origin
from pipeline.evaluation.samples import Samples
from pipeline.store.connection import Address


@pytest.fixture
def known(samples):
    """Return rows that know where they come from."""
    stored = Stored(Address("mongodb://host", "d"), "d", samples.feature_set, samples.window_s, checksum_of(samples))
    return keep_origin(replace(samples), Origin(stored))


def steps_of(samples: Samples) -> list[str]:
    return [name for name, _ in samples.origin.steps]


def test_rows_know_the_steps_that_made_them_and_not_the_steps_within(known):
    made = known.learning().under("track").where(np.arange(20)).pair(*known.genres[:2])
    assert steps_of(made) == ["learning", "under", "where", "pair"]
    assert steps_of(known) == []
    assert known.known() is known


def test_a_copy_made_in_any_other_way_knows_no_origin(known):
    assert replace(known, X=known.X * 2).origin is None


def test_the_same_steps_from_what_was_read_give_the_same_rows(known, monkeypatch):
    made = known.learning().under("track").only(known.features[:2]).known()
    monkeypatch.setattr(spread, "_read", lambda stored: replace(known))
    found = loads(dumps(made))
    assert len(dumps(made)) < 2000
    assert found.origin is None
    assert checksum_of(found) == checksum_of(made)


def test_rows_of_no_known_origin_travel_themselves(samples):
    assert checksum_of(loads(dumps(samples))) == checksum_of(samples)


@pytest.mark.parametrize("change", ["X", "y", "rows", "genres", "order"])
def test_the_checksum_is_of_everything(samples, change):
    other = {
        "X": lambda: replace(samples, X=np.nextafter(samples.X, 1e9)),
        "y": lambda: replace(samples, y=samples.y[::-1].copy()),
        "rows": lambda: replace(samples, rows=samples.rows.assign(holdout=~samples.rows["holdout"])),
        "genres": lambda: replace(samples, genres=samples.genres[::-1]),
        "order": lambda: replace(samples, X=np.asfortranarray(samples.X)),
    }[change]()
    assert checksum_of(other) != checksum_of(samples)


@pytest.mark.parametrize("kind", ["rows first", "columns first", "sequences"])
def test_what_is_read_from_files_is_what_was_written(samples, tmp_path, kind):
    X = {
        "rows first": np.ascontiguousarray(samples.X),
        "columns first": np.asfortranarray(samples.X),
        "sequences": np.ones((len(samples), 3, len(samples.features)), dtype=np.float16),
    }[kind]
    written = replace(samples, X=X)
    place = write_columns(written, tmp_path, "d", checksum_of(written))
    found = Samples(samples.feature_set, samples.window_s, **read_columns(place))
    assert checksum_of(found) == checksum_of(written)
    assert {field.name for field in fields(found)} >= {"X", "y", "rows"}


def test_files_take_the_place_of_those_of_earlier_rows_and_of_no_others(samples, tmp_path):
    first = write_columns(samples, tmp_path, "d", "1")
    other = write_columns(samples, tmp_path, "e", "1")
    assert write_columns(samples, tmp_path, "d", "1") == first
    second = write_columns(samples, tmp_path, "d", "2")
    assert {*tmp_path.iterdir()} == {other, second}


def test_a_folder_that_cannot_be_written_is_one_line(samples, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"can't write to '.*/file/below': .*; correct GENRELAB_SHARED"):
        write_columns(samples, Path(tmp_path / "file" / "below"), "d", "1")
