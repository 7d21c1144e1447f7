"""Who is held out stays held out under another name, and a copy goes where its original is."""

import numpy as np
import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.evaluation import load_samples
from pipeline.extract import extract, settle
from pipeline.settings import get_settings
from pipeline.splits import split_rows
from tests.test_copies import RATE_HZ, notes

DATASET = "renamed"


@pytest.fixture
def empty(database):
    for name in ("tracks", "segments", "rejects", "removed", "drawn", "datasets"):
        database[name].delete_many({"dataset": DATASET})
    return database


def bring_in(database, **source):
    catalogue(database, DATASET, **source, settings=get_settings())
    if "audio" in source:
        extract(database, DATASET, windows_s=[3.0], feature_sets=["mfcc-gaussian-v1"], jobs=1)
    return settle(database, DATASET, holdout=0.3, seed=0)


def held_out(database) -> set[str]:
    return set(database["tracks"].distinct("track_id", {"dataset": DATASET, "holdout": True}))


def test_a_held_out_file_that_is_renamed_stays_held_out_and_its_copy_joins_it(empty, tmp_path):
    for seed in range(12):
        folder = tmp_path / ("rock" if seed % 2 else "jazz")
        folder.mkdir(exist_ok=True)
        soundfile.write(folder / f"{seed:02}.wav", notes(seed, 8.0), RATE_HZ)
    bring_in(empty, audio=str(tmp_path))
    before = held_out(empty)
    name = min(before)
    renamed = str((tmp_path / name).rename((tmp_path / name).with_name("another name.wav")).relative_to(tmp_path))
    report = bring_in(empty, audio=str(tmp_path))
    assert held_out(empty) == before - {name} | {renamed}
    assert any(f"{name} is {renamed} (held out)" in note for note in report.notes)
    louder = np.clip(2 * soundfile.read(tmp_path / renamed)[0], -1, 1)
    copy = (tmp_path / renamed).with_name("copy.flac")
    soundfile.write(copy, louder[RATE_HZ // 2 :], RATE_HZ)
    bring_in(empty, audio=str(tmp_path))
    found = empty["tracks"].find_one({"dataset": DATASET, "path": str(copy.relative_to(tmp_path))})
    assert (found["holdout"], found["same_recording_by"]) == (True, "fingerprint")


@pytest.mark.parametrize("n_deleted", [1, 3])
def test_rows_without_ids_stay_held_out_wherever_they_stand(empty, tmp_path, n_deleted):
    values = np.random.default_rng(0).normal(size=(60, 4)).round(6)
    lines = [",".join([*map(str, row), "ab"[i % 2]]) for i, row in enumerate(values)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["w,x,y,z,label", *lines]))
    bring_in(empty, table=str(path))
    before = held_out(empty)
    path.write_text("\n".join(["w,x,y,z,label", *reversed(lines[n_deleted:])]))
    bring_in(empty, table=str(path), remove_missing=True)
    there = set(empty["tracks"].distinct("track_id", {"dataset": DATASET}))
    assert before & there <= held_out(empty)
    assert len(there) == 60 - n_deleted
    assert len(before - held_out(empty)) <= n_deleted


def test_recordings_of_one_title_are_never_on_both_sides(empty, tmp_path):
    rng = np.random.default_rng(1)
    lines, described = ["id,w,x,y,z,label"], ["id,artist,title,split"]
    for i in range(80):
        lines.append(",".join([f"t{i:02}", *map(str, rng.normal(size=4).round(6)), "ab"[i % 2]]))
        title = f'"Song {i // 4} (feat. {i})"' if i % 4 == 0 else f"SONG {i // 4}"  # four of each
        described.append(f"t{i:02},Band {i // 4 % 10},{title},{rng.choice(['train', 'test'])}")
    table, metadata = tmp_path / "table.csv", tmp_path / "metadata.csv"
    table.write_text("\n".join(lines))
    metadata.write_text("\n".join(described))
    report = bring_in(empty, table=str(table), metadata=str(metadata))
    assert report.n_copies == 60
    samples = load_samples(empty, DATASET)[0]
    song = samples.rows["track_id"].str[1:].astype(int).to_numpy() // 4
    assert not set(song[samples.rows["holdout"]]) & set(song[~samples.rows["holdout"]])
    learning = samples.learning()
    song = learning.rows["track_id"].str[1:].astype(int).to_numpy() // 4
    for policy in ("track", "artist", "predefined"):
        for repeat in range(3):
            train, test = split_rows(policy, learning.rows, learning.y, seed=0, repeat=repeat)
            assert len(test)
            assert not set(song[train]) & set(song[test])
