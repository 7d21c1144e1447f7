"""Labels for a folder: the page's and the batch's answers, resumed where they stopped."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.features import TAGS
from pipeline.listen.heard import hear
from pipeline.listen.judge import load_judge
from pipeline.models import load_champion
from pipeline.playlist import say_unlisted
from pipeline.predict import NoModelError, champion_of, label_folder, tag_folder
from pipeline.predict import folder as folder_module
from pipeline.predict.labels import read_label_segments
from pipeline.report.csv_export import read_csv
from pipeline.settings import PROJECT_DIR
from pipeline.stages.predict import PredictOptions, predict
from pipeline.tables import PREDICTIONS
from tests.finished import crown_in, finished_run, remove
from tests.patience import HANG_S, until


def test_a_file_s_answer_is_the_run_s_own_whatever_it_is_called(songs, key, unlabelled):
    labels, _ = label_folder(key, unlabelled.folder)
    of_track = labels.assign(track_id=labels["path"].map(unlabelled.tracks)).set_index("track_id")
    champion = load_champion(songs.run)
    stored = songs.run.predictions(
        level="track", model=champion.name, feature_set=champion.feature_set, window_s=champion.window_s
    )
    assert len(stored)
    for own in stored.itertuples():
        label = of_track.loc[own.track_id]
        assert label["genre"] == own.predicted
        assert label["probability"] == pytest.approx(max(own.probabilities), abs=1e-12)
        assert (label["genre_set"] or None) == own.genre_set
        assert not label["known"]
    assert of_track["known"].sum() == 1  # the track that was learned from


def test_a_file_s_answer_is_the_page_s(songs, key, unlabelled):
    judge = load_judge(key)
    path = next(iter(unlabelled.tracks))
    answer = judge.answer(hear(unlabelled.folder / path, judge.wanted))
    labels, _ = label_folder(key, unlabelled.folder, segments=True)
    label = labels.set_index("path").loc[path]
    assert (label["genre"], label["second_genre"], label["unlike"]) == (answer.genre, answer.second, answer.is_novel)
    assert label["probability"] == answer.probabilities.max()
    segments = read_label_segments(songs.run, str(unlabelled.folder), [path])
    assert list(segments["genre"]) == [segment.genre for segment in answer.segments]
    assert list(segments["start_s"]) == [segment.start_s for segment in answer.segments]


def test_what_is_no_music_is_told_of_and_nothing_is_heard_twice(key, unlabelled, monkeypatch):
    labels, heard = label_folder(key, unlabelled.folder)
    n = len(unlabelled.tracks)
    assert labels["genre"].notna().sum() == n
    assert labels.loc[labels["genre"].isna(), ["path", "reason"]].to_numpy().tolist() == [
        ["no music.mp3", "undecodable"]
    ]
    assert (heard.n_now, heard.n_before) == (n + 1, 0)
    changed = unlabelled.folder / next(iter(unlabelled.tracks))
    os.utime(changed, ns=(0, 0))
    again, heard = label_folder(key, unlabelled.folder)
    assert (heard.n_now, heard.n_before) == (1, n)
    pd.testing.assert_frame_equal(again, labels)
    changed.unlink()
    assert len(label_folder(key, unlabelled.folder)[0]) == n


def test_a_file_that_changes_while_it_is_heard_gets_no_answer_until_it_is_whole(key, unlabelled, monkeypatch):
    path = next(iter(unlabelled.tracks))
    answer = folder_module.why_not

    def written_to(root, track, *rest):
        if track["track_id"] == path:
            os.utime(root / path, ns=(1, 1))
        return answer(root, track, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "why_not", written_to)
        labels, _ = label_folder(key, unlabelled.folder)
    assert labels.set_index("path").loc[path, "reason"] == "changed"
    again, heard = label_folder(key, unlabelled.folder)
    assert again.set_index("path").loc[path, "genre"]
    assert heard.n_now == 1


@pytest.mark.faults
def test_killed_in_between_it_goes_on_where_it_was(songs, key, unlabelled, tmp_path):
    command = [sys.executable, "-m", "pipeline", "predict", str(unlabelled.folder), "--dataset", songs.dataset,
               "--jobs", "1", "--out", str(tmp_path / "out.csv")]  # fmt: skip
    ours = {"cwd": PROJECT_DIR, "env": songs.environment, "stdout": subprocess.DEVNULL}
    killed = subprocess.Popen(command, **ours)
    answered = partial(songs.database["labels"].count_documents, {"genre": {"$ne": None}})
    until(lambda: killed.poll() is not None or answered())
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    done = list(songs.database["labels"].find({"size_bytes": {"$ne": None}}))
    assert done
    assert not (tmp_path / "out.csv").exists()
    subprocess.run(command, check=True, timeout=HANG_S, **ours)
    written = read_csv(PREDICTIONS, tmp_path / "out.csv")
    assert len(written) == len(unlabelled.tracks) + 1
    assert not {label["_id"] for label in done} - {
        label["_id"] for label in songs.database["labels"].find({}, {"_id": True})
    }


def test_playlists_hold_the_files_of_each_genre_but_those_that_no_playlist_can(key, unlabelled, tmp_path):
    broken = unlabelled.folder / "two\nlines.wav"
    shutil.copyfile(unlabelled.folder / next(iter(unlabelled.tracks)), broken)
    options = PredictOptions(
        source=str(unlabelled.folder), out=str(tmp_path / "p.csv"), playlists=str(tmp_path / "m"), jobs=1
    )
    try:
        done = predict(key, options)
    finally:
        broken.unlink()
    assert [words for words in done.sentences if "in no playlist" in words] == say_unlisted([broken.name])
    listed = [
        line
        for path in (tmp_path / "m").glob("*.m3u8")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert sorted(listed) == sorted(str(unlabelled.folder / path) for path in unlabelled.tracks)
    assert {path.stem for path in done.written[1:]} == set(done.genres.index)
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("content", [None, "la la la"])
def test_a_folder_with_nothing_usable_is_said_to_be_one(key, tmp_path, content):
    (tmp_path / "music").mkdir()
    if content:
        (tmp_path / "music" / "a.wav").write_text(content)
    options = PredictOptions(source=str(tmp_path / "music"), out=str(tmp_path / "p.csv"))
    with pytest.raises(InputError, match="none of the 1 files" if content else r"no audio in .*at any depth"):
        predict(key, options)
    assert (tmp_path / "p.csv").exists() == bool(content)


def test_who_can_not_be_asked_says_why(songs, tmp_path):
    with pytest.raises(NoModelError, match=r"dataset 'unheard' has no champion yet \(those that have one: .*songs"):
        champion_of(songs.database, "unheard")
    strange = replace(load_champion(songs.run), feature_set="table", features=["mood", "size"])
    run = crown_in(finished_run(songs.database, "moods"), strange)
    try:
        with pytest.raises(NoModelError, match="a table with its 2 columns: mood, size"):
            label_folder(champion_of(songs.database, "moods"), tmp_path)
    finally:
        remove(run)


@pytest.mark.skipif(not TAGS.is_here, reason=TAGS.say_missing())
def test_tags_are_the_set_s_own_activations_of_files_without_genres(songs, unlabelled):
    path = next(iter(unlabelled.tracks))
    for other in list(unlabelled.tracks)[2:]:
        (unlabelled.folder / other).unlink()
    found, heard = tag_folder(songs.database, unlabelled.folder)
    row = found.set_index("path").loc[path]
    expected = hear(unlabelled.folder / path, [(TAGS.name, 3.0)]).vectors[TAGS.name, 3.0].mean(axis=0)
    assert row[list(TAGS.columns)].astype(float).to_numpy() == pytest.approx(expected, abs=1e-12)
    assert list(found["reason"].dropna()) == ["undecodable"]
    assert heard.n_now == 3
    assert tag_folder(songs.database, unlabelled.folder)[1].n_now == 0
