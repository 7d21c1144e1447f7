"""Pieces of tracks are told by the whole list of names, and tracks with numbers stay tracks."""

import random

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.sources.counters import recognise_pieces

GENRES = ("blues", "hiphop", "rock")

CUT = {
    "{track}_{n}.wav", "{track}-chunk{n}.wav", "{track}.{n}.wav", "{track}/{n}.wav", "{track}_part{n:02d}.wav",
    "{track} ({n}).wav", "{track}/chunk_{n}.wav", "{track}/{track}_{n}.wav", "{track}_segment_{n}.mp3",
    "{n}-{track}.mp3", "{track}_seg{n:03d}.flac", "{track}_{start}-{end}.wav", "{track}[{n}].wav",
    "{track}_{start}.wav", "{genre}/{track}_{n}.wav", "{genre}/{track}/{n:04d}.wav", "{track}_{n}_3s.wav",
    "{track}_chunk{n}_mel.png", "chunk{n}_{track}.npy", "seg{n}/{track}.wav", "{track}_{n}of12.wav",
    "{track}-{start}to{end}.wav", "{genre}/07 - {track}_slice_{n:04d}.wav", "{track}_offset_{start}000.wav",
}  # fmt: skip


def cut(form, n_tracks, n_pieces, first=0):
    """Return names of pieces, the track of each, and its genre."""
    return zip(
        *(
            (form.format(genre=genre, track=name, n=n + first, start=3 * n, end=3 * n + 3), name, genre)
            for genre in GENRES
            for name in (f"{genre}.{track:05d}" for track in range(n_tracks))
            for n in range(n_pieces)
        ),
        strict=True,
    )


@given(
    st.sampled_from(sorted(CUT)), st.integers(2, 12), st.integers(3, 12), st.integers(0, 1), st.booleans(), st.randoms()
)
@example("{n}-{track}.mp3", 2, 3, 0, True, random.Random(0))
@settings(max_examples=60)
def test_pieces_are_grouped_by_track_in_any_order(form, n_tracks, n_pieces, first, is_timed, order):
    rows = list(zip(*cut(form, n_tracks, n_pieces, first), strict=True))
    order.shuffle(rows)
    names, tracks, labels = zip(*rows, strict=True)
    found = recognise_pieces(names, labels, [3.0] * len(names) if is_timed else None)
    assert all(piece and piece.sure for piece in found)
    stems = pd.Series([piece.stem for piece in found])
    assert (stems.groupby(list(tracks)).nunique() == 1).all()
    assert stems.nunique() == len(set(tracks))
    assert not pd.DataFrame({"stem": stems, "n": [piece.counter for piece in found]}).duplicated().any()


def albums(form, *, seconds=None):
    rng = random.Random(0)
    names = [
        form.format(genre=genre, artist=artist, album=album, n=n)
        for genre in GENRES for artist in range(4) for album in range(2) for n in range(1, rng.randint(8, 15))
    ]  # fmt: skip
    return names, [name.split("/")[0] for name in names], seconds and [rng.uniform(*seconds) for _ in names]


TRACKS = {
    "gtzan": ([f"{g}.{n:05d}.wav" for g in GENRES for n in range(100)], [g for g in GENRES for _ in range(100)], None),
    "gtzan_in_folders": (
        [f"{g}/{g}.{n:05d}.wav" for g in GENRES for n in range(9)], [g for g in GENRES for _ in range(9)], [30.0] * 27,
    ),
    "gtzan_by_mood": (
        [f"{g}.{n:05d}.wav" for g in GENRES for n in range(100)], ["calm", "wild"] * 150, None,
    ),
    "numbered": ([f"{g}{n}.wav" for g in GENRES for n in range(9)], [g for g in GENRES for _ in range(9)], None),
    "short_clips": (
        [f"{g}_{n}.wav" for g in GENRES for n in range(9)], [g for g in GENRES for _ in range(9)], [3.0] * 27,
    ),
    "album": albums("{genre}/a{artist}/b{album}/Track {n:02d}.mp3"),
    "album_numbers": albums("{genre}/a{artist}/b{album}/{n:02d}.mp3"),
    "album_titles": albums("{genre}/a{artist}/b{album}/{n:02d} - song {n}.mp3"),
    "album_timed": albums("{genre}/a{artist}/b{album}/{n:02d}.mp3", seconds=(120, 400)),
    "fma": ([f"{i % 7:03d}/{i * 37:06d}.mp3" for i in range(200)], [GENRES[i % 3] for i in range(200)], [30.0] * 200),
    "tail": ([f"{g}.{n:05d}_mel.png" for g in GENRES for n in range(50)], [g for g in GENRES for _ in range(50)], None),
    "few_parts": ([f"Song {chr(65 + i)}" for i in range(20)] + ["Mass part 1", "Mass part 2"], ["x", "y"] * 11, None),
}  # fmt: skip


@pytest.mark.parametrize("scene", TRACKS)
def test_numbered_tracks_are_tracks(scene):
    assert not any(recognise_pieces(*TRACKS[scene]))


def test_what_may_be_either_is_told_as_unsure():
    names, labels, _ = albums("{genre}/singer{artist}{album}x_{n}.wav")
    assert {piece.sure for piece in recognise_pieces(names, labels)} == {False}
    thirty = recognise_pieces(names, labels, [30.0] * len(names))
    assert {piece.sure for piece in thirty} == {False}
    assert not any(recognise_pieces(names, labels, [100.0 + i for i in range(len(names))]))


@pytest.mark.realdata
def test_no_real_table_of_tracks_is_taken_for_one_of_pieces(real_data):
    gtzan = pd.read_csv(real_data / "tables/features_30_sec.csv")
    assert not any(recognise_pieces(gtzan["filename"], gtzan["label"]))
    lists = pd.read_csv(real_data / "tables/spotify_playlists.csv", dtype=str).fillna("")
    for column in ("track_id", "track_name"):
        assert not any(recognise_pieces(lists[column], lists["playlist_genre"]))
