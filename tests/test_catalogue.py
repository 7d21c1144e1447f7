"""A source's listing in MongoDB follows the source: what is new, changed or gone, and what is said of it."""

import os
import shutil

import numpy as np
import pytest

from pipeline.catalogue import catalogue, find_dataset
from pipeline.errors import InputError
from pipeline.extract import settle
from pipeline.features import FEATURE_SETS
from pipeline.settings import get_settings
from pipeline.sources import TableOptions
from pipeline.store import read_segments

DATASET = "test-catalogue"


@pytest.fixture
def empty(database):
    """Return the database without anything of this module's dataset."""
    for name in database.list_collection_names():
        database[name].delete_many({"dataset": DATASET})
    return database


def bring_in(database, **source):
    return catalogue(database, DATASET, settings=get_settings(), **source)


def counts(report):
    return report.n_tracks, report.n_new, report.n_changed, report.n_gone, report.n_rejects


def tracks(database):
    return {track["track_id"]: track for track in database["tracks"].find({"dataset": DATASET})}


def rejects(database):
    return {reject["path"]: reject["reason"] for reject in database["rejects"].find({"dataset": DATASET})}


def touch(root, *names, content=b"never opened here"):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def table(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


TWO_TRACKS = "filename,x,y,label\na.1.0.wav,1,2,rock\na.1.1.wav,3,4,rock\nb.1.0.wav,5,6,jazz\n"


def values(database, window_s=15.0):
    found = read_segments(database, DATASET, "table", window_s)
    return {(row.track_id, row.start_s): (row.x, row.y) for row in found.itertuples()}


def test_new_changed_and_gone_files_are_told_apart_and_counted(empty, tmp_path):
    music = touch(tmp_path, "rock/a.wav", "rock/b.wav", "jazz/c.wav", "notes.txt", ".hidden.wav")
    report = bring_in(empty, audio=str(music))
    assert counts(report) == (3, 3, 0, 0, 0)
    assert "1 hidden files and 1 that are not audio were ignored" in str(report)
    assert counts(bring_in(empty, audio=str(music))) == (3, 0, 0, 0, 0)

    touch(music, "rock/a.wav", content=b"of another length")
    touch(music, "jazz/d.wav")
    os.utime(music / "rock" / "b.wav", ns=(1, 1))
    (music / "jazz" / "c.wav").unlink()
    report = bring_in(empty, audio=str(music), remove_missing=True)
    assert counts(report) == (3, 1, 2, 1, 0)
    assert "3 tracks: 1 new, 2 changed, 0 as before; 1 gone; 0 rejected" in str(report)
    assert {name: track["genre"] for name, track in tracks(empty).items()} == {
        "jazz/d.wav": "jazz",
        "rock/a.wav": "rock",
        "rock/b.wav": "rock",
    }


def test_what_was_found_out_about_an_unchanged_file_is_kept_and_about_a_changed_one_forgotten(empty, tmp_path):
    music = touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    bring_in(empty, audio=str(music))
    done = {"status": "ready", "extracted": ["spectral-v1/3"], "content_hash": "x", "holdout": True}
    empty["tracks"].update_many({"dataset": DATASET}, {"$set": done | {"duplicate_of": "y"}})
    for name in tracks(empty):
        segment = {"dataset": DATASET, "track_id": name, "feature_set": "spectral-v1", "window_s": 3.0, "start_s": 0.0}
        empty["segments"].insert_one(segment | {"length": 66150})
        empty["rejects"].insert_one(
            {
                "dataset": DATASET,
                "path": name,
                "reason": "too_short",
                "detail": "",
                "window_s": 30.0,
                "stage": "extract",
            }
        )
    touch(music, "rock/a.wav", content=b"a new take")
    bring_in(empty, audio=str(music))
    kept, changed = tracks(empty)["jazz/b.wav"], tracks(empty)["rock/a.wav"]
    assert {name: kept[name] for name in done} == done
    assert (changed["status"], changed["extracted"], changed["content_hash"]) == ("catalogued", [], None)
    assert changed["duplicate_of"] is None
    assert changed["holdout"] is True  # its place in the holdout stays
    assert empty["segments"].distinct("track_id", {"dataset": DATASET}) == ["jazz/b.wav"]
    assert rejects(empty) == {"jazz/b.wav": "too_short"}


def test_the_segments_and_rejects_of_a_file_that_is_gone_go_with_it(empty, tmp_path):
    music = touch(tmp_path, "rock/a.wav", "jazz/b.wav", "stray.wav")
    assert counts(bring_in(empty, audio=str(music))) == (2, 2, 0, 0, 1)
    assert rejects(empty) == {"stray.wav": "no_genre"}
    segment = {"dataset": DATASET, "track_id": "jazz/b.wav", "feature_set": "s", "window_s": 3.0, "start_s": 0.0}
    empty["segments"].insert_one(segment | {"length": 1})
    (music / "jazz" / "b.wav").unlink()
    (music / "stray.wav").unlink()
    assert counts(bring_in(empty, audio=str(music), remove_missing=True)) == (1, 0, 0, 1, 0)
    assert empty["segments"].count_documents({"dataset": DATASET}) == 0
    assert rejects(empty) == {}


def test_without_a_source_a_known_dataset_is_read_again_from_where_it_was(empty, tmp_path):
    music = touch(tmp_path, "Data/genres/rock/a.wav", "Data/genres/jazz/b.wav", "Data/genres/pop/c.wav")
    described = table(tmp_path, "file,artist\na.wav,A\n")
    bring_in(empty, audio=str(music), metadata=described)
    shutil.rmtree(tmp_path / "Data" / "genres" / "pop")
    assert counts(bring_in(empty, remove_missing=True)) == (2, 0, 0, 1, 0)
    assert tracks(empty)["rock/a.wav"]["artist"] == "A"


def test_a_renamed_file_is_one_gone_and_one_new(empty, tmp_path):
    music = touch(tmp_path, "rock/a.wav", "jazz/b.wav")
    bring_in(empty, audio=str(music))
    (music / "rock" / "a.wav").rename(music / "rock" / "A side.wav")
    assert counts(bring_in(empty, audio=str(music), remove_missing=True)) == (2, 1, 0, 1, 0)


def test_artist_title_and_split_are_joined_by_name_and_the_notes_count_them(empty, tmp_path):
    music = touch(tmp_path / "music", "rock/01.wav", "jazz/01.wav", "jazz/002.wav")
    described = table(
        tmp_path, "file,artist,title,ff_split\nrock/01.wav,A,One,train\njazz/01.wav,B,,test\n2.mp3,,,\nx,y,z\n"
    )
    report = bring_in(empty, audio=str(music), metadata=described)
    found = {name: (t["artist"], t["title"], t["predefined_split"]) for name, t in tracks(empty).items()}
    assert found == {
        "rock/01.wav": ("A", "One", "train"),
        "jazz/01.wav": ("B", None, "test"),
        "jazz/002.wav": (None, None, None),
    }
    assert "3 of 3 tracks found among 3 entries" in str(report)
    assert "1 rows left out" in str(report)


def test_what_metadata_say_no_more_is_forgotten(empty, tmp_path):
    music = touch(tmp_path / "music", "rock/a.wav", "jazz/b.wav")
    bring_in(empty, audio=str(music), metadata=table(tmp_path, "file,artist\na.wav,Wrong\nb.wav,B\n"))
    bring_in(empty, audio=str(music), metadata=table(tmp_path, "file,artist\nb.wav,B\n"))
    assert {name: track["artist"] for name, track in tracks(empty).items()} == {"rock/a.wav": None, "jazz/b.wav": "B"}


def test_a_table_brings_tracks_with_all_their_segments(empty, tmp_path):
    report = bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    assert counts(report) == (2, 2, 0, 0, 0)
    assert {name: (t["genre"], t["status"]) for name, t in tracks(empty).items()} == {
        "a.1": ("rock", "ready"),
        "b.1": ("jazz", "ready"),
    }
    assert values(empty) == {("a.1", 0): (1, 2), ("a.1", 15): (3, 4), ("b.1", 0): (5, 6)}


def test_the_same_table_again_changes_nothing(empty, tmp_path):
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    ids = {document["_id"] for document in empty["segments"].find({"dataset": DATASET})}
    before = tracks(empty)
    assert counts(bring_in(empty, table=table(tmp_path, TWO_TRACKS))) == (2, 0, 0, 0, 0)
    assert tracks(empty) == before
    assert {document["_id"] for document in empty["segments"].find({"dataset": DATASET})} == ids


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("5,6,jazz", "5,7,jazz", {("b.1", 0): (5, 7)}),  # another value
        ("filename,x,y,label", "filename,y,x,label", {("b.1", 0): (6, 5), ("a.1", 0): (2, 1)}),  # columns renamed
        ("b.1.0.wav", "b.1.1.wav", {("b.1", 15): (5, 6)}),  # another segment
    ],
)
def test_a_table_that_was_edited_shows_its_new_values_and_none_of_the_old(empty, tmp_path, old, new, expected):
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    report = bring_in(empty, table=table(tmp_path, TWO_TRACKS.replace(old, new)))
    assert report.n_changed == len({track for track, _ in expected})
    found = values(empty)
    assert len(found) == 3
    assert expected.items() <= found.items()


def test_a_label_that_was_corrected_counts_as_a_change(empty, tmp_path):
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    assert counts(bring_in(empty, table=table(tmp_path, TWO_TRACKS.replace("jazz", "folk")))) == (2, 0, 1, 0, 0)
    assert tracks(empty)["b.1"]["genre"] == "folk"


def test_a_track_whose_row_changed_or_went_repeats_nothing_and_is_repeated_by_nothing(empty, tmp_path):
    table = tmp_path / "table.csv"
    values = dict(zip("abcdefg", (1, 1, 2, 2, 3, 3, 4), strict=True))
    lines = [f"{name},{value},{'jazz' if name == 'g' else 'rock'}" for name, value in values.items()]
    table.write_text("\n".join(["filename,x,label", *lines]) + "\n")
    bring_in(empty, table=str(table))
    for copy, original in ("ba", "dc", "fe"):
        found = {"dataset": DATASET, "track_id": f"{copy}"}
        assert empty["tracks"].update_one(found, {"$set": {"duplicate_of": f"{original}"}}).modified_count
    lines[1], lines[2:3] = "b,7,rock", []  # a copy changed, an original went
    table.write_text("\n".join(["filename,x,label", *lines]) + "\n")
    bring_in(empty, table=str(table))
    repeated = {name: track.get("duplicate_of") for name, track in tracks(empty).items()}
    assert repeated == {"a": None, "b": None, "d": None, "e": None, "f": "e", "g": None}


def test_a_row_that_left_the_table_takes_its_segment_along_and_another_window_replaces_the_old(empty, tmp_path):
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    shorter = table(tmp_path, TWO_TRACKS.replace("a.1.1.wav,3,4,rock\n", ""))
    bring_in(empty, table=shorter, remove_missing=True)
    assert values(empty, 30.0) == {("a.1", 0): (1, 2), ("b.1", 0): (5, 6)}
    assert empty["segments"].count_documents({"dataset": DATASET}) == 2
    bring_in(empty, table=table(tmp_path, TWO_TRACKS), options=TableOptions(window_s=0.7))
    assert sorted(start for _, start in values(empty, 0.7)) == [0.0, 0.0, 0.7]


def test_rejected_rows_are_listed_by_line_and_forgotten_once_mended(empty, tmp_path):
    bad = TWO_TRACKS + "c.1.0.wav,nan,1,jazz\nd.1.0.wav,1,1,\n"
    report = bring_in(empty, table=table(tmp_path, bad))
    assert counts(report) == (2, 2, 0, 0, 2)
    assert rejects(empty) == {"table.csv:5": "not_a_number", "table.csv:6": "missing_label"}
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    assert rejects(empty) == {}


def test_artist_and_title_of_a_table_are_kept_where_metadata_say_nothing_of_them(empty, tmp_path):
    source = table(tmp_path, "filename,artist,title,x,label\na.wav,A,One,1,rock\nb.wav,B,,2,jazz\nc.wav,,,3,jazz\n")
    described = table(tmp_path, "file,artist,title\na.wav,,Uno\nb.wav,BB,\n", "metadata.csv")
    bring_in(empty, table=source, metadata=described)
    found = {name: (track["artist"], track["title"]) for name, track in tracks(empty).items()}
    assert found == {"a": ("A", "Uno"), "b": ("BB", None), "c": (None, None)}


def test_tracks_with_equal_rows_are_duplicates_in_whatever_order_the_rows_come(empty, tmp_path):
    text = (
        "filename,x,label\nb.1.1.wav,2,rock\na.1.0.wav,1,rock\na.1.1.wav,2,rock\nb.1.0.wav,1,rock\nc.1.0.wav,1,jazz\n"
    )
    bring_in(empty, table=table(tmp_path, text))
    assert settle(empty, DATASET, holdout=0.1, seed=0).n_duplicates == 1
    assert {name: track["duplicate_of"] for name, track in tracks(empty).items()} == {
        "a.1": None,
        "b.1": "a.1",
        "c.1": None,
    }


@pytest.mark.parametrize("known", FEATURE_SETS.values(), ids=FEATURE_SETS)
def test_a_table_with_the_columns_of_a_set_is_of_that_set_unless_it_holds_frames(empty, tmp_path, known):
    numbers = np.random.default_rng(0).normal(size=(4, len(known.columns)))
    lines = [f"{i}.wav,{','.join(map(repr, row.tolist()))},{'AB'[i % 2]}" for i, row in enumerate(numbers)]
    bring_in(empty, table=table(tmp_path, "\n".join([f"filename,{','.join(known.columns)},label", *lines])))
    recognised = "table" if known.is_sequence else known.name
    assert find_dataset(empty, DATASET)["feature_sets"][0] == recognised
    found = read_segments(empty, DATASET, recognised, 30.0)
    assert np.array_equal(found[list(known.columns)].to_numpy(), numbers)


def test_a_thousand_odd_rows_and_many_columns_come_in_whole(empty, tmp_path):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(1100, 20))
    lines = [",".join([*map(repr, row.tolist()), "AB"[i % 2]]) for i, row in enumerate(numbers)]
    header = ",".join([*(f"f.{i}" for i in range(20)), "label"])
    bring_in(empty, table=table(tmp_path, "\n".join([header, *lines])))
    found = read_segments(empty, DATASET, "table", 30.0)
    came = found.iloc[:, 3:].to_numpy()  # in the order of the rows' names, which are made of their values
    assert np.array_equal(came[np.argsort(came[:, 0])], numbers[np.argsort(numbers[:, 0])])


def test_a_dataset_can_change_from_audio_to_a_table_and_back(empty, tmp_path):
    music = touch(tmp_path / "music", "rock/a.wav", "jazz/b.wav")
    bring_in(empty, audio=str(music))
    of_features = table(tmp_path, TWO_TRACKS)
    assert counts(bring_in(empty, table=of_features, remove_missing=True)) == (2, 2, 0, 2, 0)
    assert counts(bring_in(empty, audio=str(music), remove_missing=True)) == (2, 0, 0, 2, 0)  # which are back
    assert empty["segments"].count_documents({"dataset": DATASET}) == 0


def test_an_unknown_dataset_is_refused_naming_those_there_are(empty, tmp_path):
    bring_in(empty, table=table(tmp_path, TWO_TRACKS))
    with pytest.raises(InputError, match=f"there is no dataset 'nope'; there are: .*{DATASET}.*01_catalogue"):
        find_dataset(empty, "nope")
    with pytest.raises(InputError, match=r"dataset 'nope' is not known yet: .*--audio or --table"):
        catalogue(empty, "nope", settings=get_settings())


def test_two_sources_at_once_are_refused_and_nothing_is_written(empty, tmp_path):
    with pytest.raises(InputError, match="not both"):
        bring_in(empty, audio=str(tmp_path), table=table(tmp_path, TWO_TRACKS))
    with pytest.raises(InputError, match="can't be read"):
        bring_in(empty, table=table(tmp_path, TWO_TRACKS), metadata=str(tmp_path / "none.csv"))
    assert tracks(empty) == {}
    assert empty["datasets"].find_one({"dataset": DATASET}) is None


def test_where_music_is_from_is_kept_on_the_track_and_the_equator_counts(empty, tmp_path):
    path = tmp_path / "songs.csv"
    lines = [f"s{i},{i % 7 / 7},{'ab'[i % 2]},{'Kenya' if i else ''},{0 if i % 2 else 1.5}" for i in range(12)]
    path.write_text("\n".join(["id,x,label,country,latitude", *lines]))
    (tmp_path / "said.csv").write_text("id,year,latitude\ns1,1971,0\ns2,1972,\n")
    bring_in(empty, table=str(path), metadata=str(tmp_path / "said.csv"))
    of = tracks(empty)
    assert (of["s1"]["country"], of["s1"]["latitude"], of["s1"]["year"]) == ("Kenya", 0.0, 1971)
    assert (of["s2"]["latitude"], of["s2"]["year"], of["s2"]["longitude"]) == (1.5, 1972, None)
    assert (of["s0"]["country"], of["s0"]["region"]) == (None, None)
