"""The Free Music Archive's table of features, whose genres are in its table of tracks."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError

GENRES = ["Hip-Hop", "Rock", None]
N_TRACKS = 30


@pytest.fixture
def archive(tmp_path):
    """The archive's two tables, as its script writes them; every third track has no genre."""
    ids = pd.Index(range(2, 2 + N_TRACKS), name="track_id")
    levels = [(name, moment, number) for name in ("mfcc", "rmse") for moment in ("mean", "std") for number in
              (("01", "02") if name == "mfcc" else ("01",))]  # fmt: skip
    columns = pd.MultiIndex.from_tuples(levels, names=("feature", "statistics", "number"))
    values = np.random.default_rng(0).normal(size=(N_TRACKS, len(levels)))
    pd.DataFrame(values, ids, columns).to_csv(tmp_path / "features.csv", float_format="%.10e")
    about = {
        ("album", "title"): [f"Album {i}" for i in range(N_TRACKS)],
        ("artist", "name"): [f"Artist, {i // 3}" for i in range(N_TRACKS)],
        ("set", "split"): ["training"] * 20 + ["validation"] * 5 + ["test"] * 5,
        ("set", "subset"): "small",
        ("track", "genre_top"): [GENRES[i % 3] for i in range(N_TRACKS)],
        ("track", "genres"): "[21]",
        ("track", "information"): '<p>all\n"of" it</p>',
        ("track", "title"): [f"Song {i}" for i in range(N_TRACKS)],
    }
    pd.DataFrame(about, ids).to_csv(tmp_path / "tracks.csv")
    return tmp_path


def test_its_genres_artists_and_split_come_from_the_metadata(kept, archive):
    table, metadata = str(archive / "features.csv"), str(archive / "tracks.csv")
    report = kept.catalogue(table=table, metadata=metadata)
    tracks = kept.tracks()
    assert (len(tracks), report.n_rejects) == (20, 10)
    told = [tracks["3"][field] for field in ("genre", "artist", "title", "predefined_split")]
    assert told == ["Rock", "Artist, 0", "Song 1", "training"]
    assert "genres of the metadata" in str(report)
    assert kept.database["rejects"].distinct("reason", {"dataset": "test-absent"}) == ["missing_label"]
    segment = kept.database["segments"].find_one({"dataset": "test-absent"})
    assert {"mfcc_mean_01", "mfcc_std_02", "rmse_std_01"} <= segment.keys()
    assert kept.catalogue(audio="").n_tracks == 20  # as it began


def test_without_metadata_or_with_those_of_other_tracks_it_says_what_to_give(kept, archive):
    table = str(archive / "features.csv")
    with pytest.raises(InputError, match=r"no label column.*--label-column, or give --metadata"):
        kept.catalogue(table=table)
    (archive / "other.csv").write_text("file,genre\na.wav,Rock\nb.wav,Jazz\n")
    with pytest.raises(InputError, match="name no genre for any id"):
        kept.catalogue(table=table, metadata=str(archive / "other.csv"))
    with pytest.raises(InputError, match="is for --audio"):
        kept.catalogue(table=table, genre_from="tags")


def test_metadata_may_be_preferred_to_the_label_column(kept, archive):
    (archive / "x.csv").write_text("file,x,y,label\na.wav,1,5,p\nb.wav,2,7,q\nc.wav,4,6,p\n")
    (archive / "about.csv").write_text("file,genre\na,Rock\nb,Jazz\nc,Jazz\n")
    kept.catalogue(table=str(archive / "x.csv"), metadata=str(archive / "about.csv"), genre_from="metadata")
    assert {name: track["genre"] for name, track in kept.tracks().items()} == {"a": "Rock", "b": "Jazz", "c": "Jazz"}
    with pytest.raises(InputError, match="needs --metadata"):
        kept.catalogue(table=str(archive / "x.csv"))
