"""Where a song was cut, its pieces find each other, whatever they are called; songs that are whole find nobody."""

import numpy as np
import pytest

from pipeline.features.joints import EDGE, edges, find_joints
from pipeline.sources.demo import render_track

PIECE, N_PIECES = 11_025, 10


def chord(seed):
    """Return five seconds of a chord that swells, with a little noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(N_PIECES * PIECE) / 22_050
    tones = [np.sin(2 * np.pi * hz * t + phase) for hz, phase in rng.uniform((80, 0), (3000, 6), (6, 2))]
    return (1.2 + np.sin(2 * np.pi * rng.uniform(0.5, 3) * t)) * sum(tones) / 20 + 1e-3 * rng.standard_normal(len(t))


def pieces(n_tracks, step=1):
    """Return pieces of half a second, each track's in order; with `step` 2 every second one is missing."""
    cut = [chord(track).reshape(N_PIECES, PIECE)[::step] for track in range(n_tracks)]
    return np.concatenate(cut), len(cut[0])


def test_most_joints_are_found_in_any_order_and_none_that_is_not_there():
    cut, of_track = pieces(12)
    order = np.random.default_rng(0).permutation(len(cut))
    found = order[find_joints([edges(cut[i]) for i in order])]
    assert (found[:, 1] == found[:, 0] + 1).all()
    assert (found[:, 0] % of_track != of_track - 1).all()
    assert len(found) > 0.5 * len(cut)


@pytest.mark.parametrize("step", [2, 3])
def test_pieces_that_do_not_follow_each_other_hardly_ever_seem_to(step):
    cut, _ = pieces(12, step)
    assert len(find_joints([edges(piece) for piece in cut])) <= 0.02 * len(cut)


def test_whole_songs_silence_constants_and_clicks_join_nothing():
    songs = [render_track(genre, i, duration_s=3.2) for genre in ("rock", "jazz") for i in range(10)]
    click = np.zeros(4 * EDGE, dtype=np.float32)
    click[0] = 1
    dull = [np.zeros(4 * EDGE), np.zeros(4 * EDGE), np.full(4 * EDGE, 0.3), click, click, np.zeros(10)]
    assert len(find_joints([edges(y) for y in [*songs, *dull]])) == 0
