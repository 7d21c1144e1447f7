"""Whole songs: the page and the folder hear the same of them, and a song that is short is answered all the same."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.evaluation import crown, load_samples, ranking
from pipeline.evaluation.vote import pool
from pipeline.excerpts import EXCERPTS
from pipeline.listen.heard import hear
from pipeline.listen.judge import load_judge
from pipeline.predict import champion_of, label_folder
from pipeline.predict.champion import load_classifier
from pipeline.predict.classifier import rows_of
from pipeline.predict.labels import read_label_segments
from tests.finished import crown_in, finished_run, remove


@pytest.fixture(scope="module")
def whole_songs(songs, tmp_path_factory):
    """A folder of a song of a hundred seconds, whose middle the champion learned from, and of pieces of one."""
    folder = tmp_path_factory.mktemp("whole songs")
    held = [songs.folder / track["path"] for track in songs.database["tracks"].find({"holdout": True}).limit(2)]
    before, after = (soundfile.read(path, dtype="int16")[0] for path in held)
    known = soundfile.read(songs.path(holdout=False), dtype="int16")[0]
    long = np.concatenate([np.resize(before, 35 * SAMPLE_RATE_HZ), known, np.resize(after, 35 * SAMPLE_RATE_HZ)])
    soundfile.write(folder / "long.flac", long, SAMPLE_RATE_HZ)
    for length_s in (12, 5):
        soundfile.write(folder / f"{length_s} s.wav", before[: length_s * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ)
    return folder


def test_a_whole_song_s_answer_is_the_page_s_whatever_is_heard_of_it(songs, key, whole_songs):
    judge = load_judge(key)
    path, n_segments = whole_songs / "long.flac", {"middle": 10, "spread": 30, "all": 33}
    for excerpts in EXCERPTS:
        heard = hear(path, judge.wanted, excerpts)
        answer = judge.answer(heard)
        labels, folder = label_folder(key, whole_songs, segments=True, excerpts=excerpts)
        assert folder.n_now == 3  # other stretches are other answers
        label = labels.set_index("path").loc[path.name]
        assert (label["genre"], label["second_genre"]) == (answer.genre, answer.second)
        assert label["unlike"] == answer.is_novel
        assert label["probability"] == answer.probabilities.max()
        assert label["known"]
        assert answer.is_known  # by its middle, whatever else is heard
        segments = read_label_segments(songs.run, str(whole_songs), [path.name])
        assert list(segments["genre"]) == [segment.genre for segment in answer.segments]
        assert list(segments["start_s"]) == [segment.start_s for segment in answer.segments]
        assert len(segments) == n_segments[excerpts]
        assert label_folder(key, whole_songs, segments=True, excerpts=excerpts)[1].n_now == 0
        assert heard.clip_start_s == (0 if excerpts == "middle" else 35)
        assert heard.shown_s == (30 if excerpts == "middle" else 100)
        is_flat = (heard.envelope == 0).all(axis=1)
        assert is_flat.mean() == pytest.approx({"middle": 0, "spread": 0.1, "all": 0}[excerpts], abs=0.02)


def test_a_song_too_short_for_the_champion_is_answered_by_its_segments(songs, whole_songs):
    ranked, samples = ranking(songs.run.scores(subset="test"), "track"), load_samples(songs.database, songs.dataset)
    of_each = [ranked[ranked["window_s"] == window_s] for window_s in (30.0, 3.0)]
    models = [crown(rows, samples, policy="track", seed=0) for rows in of_each]
    run = crown_in(finished_run(songs.database, "brief"), models[0], models[1:])
    try:
        key = champion_of(songs.database, "brief")
        classifier = load_classifier(key)
        labels, _ = label_folder(key, whole_songs)
        labels = labels.set_index("path")
        assert labels.loc["long.flac", "genre"]
        assert labels.loc["5 s.wav", "reason"] == "too_short"
        assert labels.loc["5 s.wav", "detail"] == "5.00 s of audio is less than one 30-second window"
        heard = hear(whole_songs / "12 s.wav", classifier.needs())
        votes = classifier.vote(models[1], rows_of(models[1], heard.vectors))
        (pooled,) = pool(votes, np.zeros(4, dtype=int))
        label = labels.loc["12 s.wav"]
        assert (label["probability_is"], label["genre_set"]) == ("vote", None)
        assert label["genre"] == models[1].genres[pooled.argmax()]
        assert label["probability"] == pooled.max()
        judge = replace(
            load_judge(champion_of(songs.database, songs.dataset)), champion=models[0], segment_model=models[1]
        )
        song = heard_by_page(whole_songs / "12 s.wav", songs)
        answer = judge.answer(song)
        assert (answer.genre, answer.probabilities.max()) == (label["genre"], label["probability"])
        assert (answer.by_segments, answer.is_known) == (True, False)
        learned = songs.database["tracks"].find_one({"dataset": songs.dataset, "holdout": False})
        assert judge.answer(replace(song, content_hash=learned["content_hash"])).is_known
    finally:
        songs.database["labels"].delete_many({"dataset": "brief"})
        remove(run)


def heard_by_page(path, songs):
    return hear(path, [*load_judge(champion_of(songs.database, songs.dataset)).wanted, ("spectral-v1", 30.0)])
