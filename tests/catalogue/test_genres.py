"""Genres of public layouts: split folders, the Free Music Archive as downloaded, albums whose tags tell."""

import io

import av
import pytest
import soundfile

from pipeline.errors import InputError
from pipeline.extract import extract, settle
from pipeline.quality import check_quality, grave_warnings
from pipeline.sources import TableOptions
from pipeline.sources.demo import render_track
from tests.decoders.encode import encode, noise

ARCHIVE = """,album,artist,set,set,track,track
,title,name,split,subset,genre_top,title
track_id,,,,,,
2,AWOL,AWOL,training,small,Hip-Hop,Food
5,AWOL,AWOL,test,small,Hip-Hop,"This
World"
10,Constant Hitmaker,Kurt Vile,validation,small,Rock,Freeway
1003,Nothing,Nobody,training,large,,Untitled
"""


def tagged(container, codec, **tags):
    content, file = encode(noise(1), container, codec), io.BytesIO()
    with av.open(io.BytesIO(content)) as plain, av.open(file, "w", format=container) as out:
        out.metadata.update(tags)
        stream = out.add_stream_from_template(plain.streams.audio[0])
        for packet in plain.demux(plain.streams.audio[0]):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    return file.getvalue()


def genres(kept):
    return {name: track["genre"] for name, track in kept.tracks().items()}


@pytest.mark.parametrize("pattern", ["{side}/{genre}/{i}.wav", "{genre}/{side}/{i}.wav"])
def test_folders_of_sides_are_the_predefined_split(kept, pattern):
    for genre in ("rock", "jazz"):
        kept.write(*(pattern.format(side=side, genre=genre, i=i) for i, side in enumerate(("train", "val", "Test"))))
    report = kept.catalogue()
    tracks = kept.tracks().values()
    assert {track["genre"] for track in tracks} == {"rock", "jazz"}
    assert sorted(track["predefined_split"] for track in tracks) == ["Test", "Test", "train", "train", "val", "val"]
    assert "--split predefined uses it" in str(report)


def test_a_genre_called_test_beside_others_is_one(kept):
    kept.write("test/rock/1.wav", "jazz/new/2.wav")
    kept.catalogue()
    assert set(genres(kept).values()) == {"test", "jazz"}


def test_the_archive_is_read_as_it_is_downloaded(kept, tmp_path):
    kept.write("000/000002.mp3", "000/000005.mp3", "000/000010.mp3", "001/001003.mp3")
    with pytest.raises(InputError, match=r"the folders are numbers, like '000', .* --metadata tracks\.csv"):
        kept.catalogue()
    (tmp_path / "tracks.csv").write_text(ARCHIVE)
    report = kept.catalogue(metadata=str(tmp_path / "tracks.csv"))
    found = kept.tracks()
    assert genres(kept) == {"000/000002.mp3": "Hip-Hop", "000/000005.mp3": "Hip-Hop", "000/000010.mp3": "Rock"}
    assert [found["000/000010.mp3"][name] for name in ("artist", "title", "predefined_split")] == [
        "Kurt Vile", "Freeway", "validation"
    ]  # fmt: skip
    assert (report.n_rejects, report.n_tracks) == (1, 3)
    assert kept.database["rejects"].find_one({"dataset": "test-absent"})["reason"] == "no_genre"
    assert kept.catalogue(audio="").n_tracks == 3  # as it began


@pytest.mark.parametrize(
    ("container", "codec"), [("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "flac"), ("ipod", "aac")]
)
def test_albums_are_sorted_by_the_tags_of_their_files(kept, container, codec):
    about = {"A/One/1.x": ("Rock", "A"), "A/One/2.x": ("Rock; Pop", "A"), "3.x": ("Jazz", "B")}
    for name, (genre, artist) in about.items():
        path = (kept.folder / name).with_suffix(".mp3")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tagged(container, codec, genre=genre, artist=artist, title="So"))
    (kept.folder / "4.mp3").write_bytes(encode(noise(1), "mp3", "libmp3lame"))
    report = kept.catalogue(genre_from="tags")
    assert genres(kept) == {"A/One/1.mp3": "Rock", "A/One/2.mp3": "Rock", "3.mp3": "Jazz"}
    assert {(track["artist"], track["title"]) for track in kept.tracks().values()} == {("A", "So"), ("B", "So")}
    assert "genres are those of the tags: 2 for 3 of 4 files" in str(report)
    assert report.n_rejects == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [("mood", "none of folder, metadata, tags"), ("metadata", "needs --metadata"), ("tags", "none of the 2 files")],
)
def test_what_cannot_tell_genres_is_refused(kept, how, words):
    kept.write("rock/1.wav", "jazz/2.wav")
    with pytest.raises(InputError, match=words):
        kept.catalogue(genre_from=how)


def test_genres_that_differ_by_case_alone_are_one_unless_they_are_to_be_kept_apart(kept):
    kept.write("Rock/1.wav", "rock/2.wav", "rock/3.wav", "Hip-Hop/4.wav", "hiphop/5.wav")
    report = kept.catalogue()
    assert set(genres(kept).values()) == {"rock", "Hip-Hop", "hiphop"}
    assert "--merge-genres fold" in str(report)
    kept.catalogue(options=TableOptions(merge_genres="fold"))
    assert len(set(genres(kept).values())) == 2


def test_a_genre_that_is_lost_in_decoding_is_named_with_the_reason(kept):
    for genre in ("rock", "jazz"):
        for i in range(3):
            path = kept.folder / genre / f"{i}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, render_track(genre, i, duration_s=1.0), 22_050)
    kept.write("polka/1.mp3", "polka/2.mp3", content=b"<!DOCTYPE html><html>")
    kept.catalogue()
    extract(kept.database, "test-absent", windows_s=[0.5], feature_sets=["spectral-v1"], jobs=1)
    sentence = "genre 'polka' loses all 2, most as undecodable"
    assert sentence in str(settle(kept.database, "test-absent", holdout=0.0, seed=0))
    checks = check_quality(kept.database, "test-absent").set_index("check")
    detail = f"{sentence}; no score says anything about what is lost"
    assert (checks.at["lost_genres", "status"], checks.at["lost_genres", "detail"]) == ("warning", detail)
    assert detail in grave_warnings(kept.database, "test-absent")
