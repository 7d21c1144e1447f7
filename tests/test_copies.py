"""Copies of a recording are one group, and other music is not."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.copies import make_copies
from pipeline.extract.copies import find_copies
from pipeline.extract.recordings import HANDFUL, group_recordings
from pipeline.features.fingerprint import fingerprint
from pipeline.splits import same_titles, title_key

RATE_HZ = 22_050


def notes(seed: int, seconds: float = 20.0) -> np.ndarray:
    """Return plucked notes of a few partials at random times and pitches, over a little noise."""
    rng, n = np.random.default_rng(seed), int(seconds * RATE_HZ)
    y = 0.003 * rng.standard_normal(n)
    for start in rng.integers(0, n - RATE_HZ, int(8 * seconds)):
        t = np.arange(RATE_HZ) / RATE_HZ
        hz = 110 * 2 ** rng.uniform(0, 3)
        y[start : start + RATE_HZ] += np.exp(-4 * t) * sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 6))
    return (0.5 * y / np.abs(y).max()).astype(np.float32)


def test_every_kind_of_copy_is_found_and_nothing_else():
    music = {f"song {seed}": notes(seed) for seed in range(4)}
    names, prints = list(music), [fingerprint(y) for y in music.values()]
    for name in list(music)[:2]:
        for kind, copy in make_copies(music[name]):
            names.append(f"{name}|{kind}")
            prints.append(fingerprint(copy))
    found = find_copies(names, prints)
    songs = found.map(lambda name: name.split("|")[0] if isinstance(name, str) else name)
    assert (songs["track_a"] == songs["track_b"]).all()
    none = pd.Series([None] * len(names), index=names, dtype=object)
    groups = group_recordings(pd.Series(names, index=names), none, none, none, {"fingerprint": found})
    copies = [name for name in names if "|" in name]
    missed = [name for name in copies if groups.at[name, "by"] is None]
    assert len(missed) <= len(copies) // 20


@pytest.mark.parametrize("y", [np.zeros(RATE_HZ, dtype=np.float32), np.zeros(10, dtype=np.float32)])
def test_silence_is_like_nothing(y):
    assert fingerprint(y) == b""
    assert find_copies(["a", "b"], [b"", b""]).empty


def test_a_chain_of_likenesses_is_cut_and_a_crowd_around_one_track_is_not():
    names = [f"t{i:02}" for i in range(3 * HANDFUL)]
    exact, none = pd.Series(names, index=names), pd.Series([None] * len(names), index=names, dtype=object)
    chain = pd.DataFrame({"track_a": names[:-1], "track_b": names[1:]})
    assert group_recordings(exact, none, none, none, {"features": chain}).groupby("first").size().max() <= 3
    crowd = pd.DataFrame({"track_a": [names[0]] * (len(names) - 1), "track_b": names[1:]})
    assert group_recordings(exact, none, none, none, {"features": crowd})["first"].nunique() == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("That's the way (I like it)", "THATS THE WAY [I Like It]", True),
        ("Déjà vu", "Deja  Vu (Remastered 2009)", True),
        ("Crazy in love (feat. Jay-Z)", "Crazy In Love", True),
        ("Crazy", "Crazy (live)", False),
        ("Crazy", "Crazy - Stop remix", False),
        ("Symphony 6, mvt. 1", "Symphony 6, mvt. 2", False),
    ],
)
def test_titles_are_folded_with_care(one, other, same):
    assert (title_key(one) == title_key(other)) == same


def test_titles_that_say_nothing_join_nothing():
    tracks = pd.DataFrame({"artist": ["A", "A", None], "title": ["Intro", "Track 1", "Song"]})
    assert same_titles(tracks).isna().all()
