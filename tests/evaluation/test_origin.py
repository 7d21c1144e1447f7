"""Where rows come from."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from distributed.protocol.pickle import dumps, loads

from pipeline.evaluation import spread
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
    assert replace(known, values=known.X * 2).origin is None


def test_the_same_steps_from_what_was_read_give_the_same_rows(known, monkeypatch):
    made = known.learning().under("track").only(known.features[:2]).known()
    monkeypatch.setattr(spread, "_read", lambda stored: replace(known))
    found = loads(dumps(made))
    assert len(dumps(made)) < 2000
    assert found.origin is None
    assert checksum_of(found) == checksum_of(made)


def test_rows_of_no_known_origin_travel_themselves(samples):
    assert checksum_of(loads(dumps(samples))) == checksum_of(samples)


@pytest.fixture
def of_a_list(samples):
    """Return rows whose names are numbers of a list, as those that were loaded have."""
    return replace(samples, rows=samples.rows.assign(track_id=samples.rows["track_id"].astype("category")))


def test_with_some_rows_only_their_names_travel(of_a_list):
    few = replace(of_a_list.where(np.arange(3)), policy="track")
    assert len(dumps(few)) < len(dumps(of_a_list)) / 5
    assert loads(dumps(few)).rows["track_id"].tolist() == few.rows["track_id"].tolist()


def test_the_checksum_does_not_hang_on_how_somebody_wants_tables_shown(of_a_list):
    known = checksum_of(of_a_list)
    with pd.option_context("display.width", 200, "display.max_seq_items", None):
        assert checksum_of(of_a_list) == known


@pytest.mark.parametrize("change", ["X", "y", "rows", "genres"])
def test_the_checksum_is_of_everything(samples, change):
    other = {
        "X": lambda: replace(samples, values=np.nextafter(samples.X, 1e9)),
        "y": lambda: replace(samples, y=samples.y[::-1].copy()),
        "rows": lambda: replace(samples, rows=samples.rows.assign(holdout=~samples.rows["holdout"])),
        "genres": lambda: replace(samples, genres=samples.genres[::-1]),
    }[change]()
    assert checksum_of(other) != checksum_of(samples)
