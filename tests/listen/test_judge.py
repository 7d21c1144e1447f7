"""The judge: the same answer as the batch, whichever window the champion listens to."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.audio import decode
from pipeline.evaluation import crown, crown_other_windows, load_samples, ranking
from pipeline.evaluation.fitting import predict
from pipeline.evaluation.vote import pool
from pipeline.features import get_feature_set
from pipeline.listen.errors import SongError
from pipeline.listen.heard import hear
from pipeline.listen.judge import Judge, load_judge, newest_champion
from pipeline.listen.reference import load_reference
from pipeline.models import load_champion, load_other_models
from pipeline.predict import NoModelError, champion_of
from tests.finished import crown_in, finished_run, remove


@pytest.fixture(scope="module")
def samples(songs):
    return load_samples(songs.database, songs.dataset)


@pytest.fixture(scope="module", params=[30.0, 3.0], ids=["30 s", "3 s"])
def judge(request, songs, samples):
    """A judge whose champion listens to windows of that length."""
    ranked = ranking(songs.run.scores(subset="test"), "track")
    champion = crown(ranked[ranked["window_s"] == request.param], samples, policy="track", seed=0)
    others = crown_other_windows(champion, ranked, samples, seed=0)
    assert [other.window_s for other in others] == [33.0 - request.param]
    shortest = min([champion, *others], key=lambda model: model.window_s)
    own = ("spectral-v1", champion.window_s)
    reference = load_reference(songs.run, champion, *own, champion.features)
    return Judge(songs.run, champion, shortest, reference=reference, near=reference, near_by=own)


def test_the_answer_is_the_batch_s_for_the_same_file(judge, songs, samples):
    window_s = judge.champion.window_s
    rows = next(each for each in samples if each.window_s == window_s).holdout()
    columns = [rows.features.index(name) for name in judge.champion.features]
    predicted = predict(judge.champion.estimator, replace(rows, values=rows.X[:, columns]), np.arange(len(rows)))[
        "track"
    ]
    for track, probabilities in zip(predicted.rows, predicted.probabilities, strict=True):
        track_id = rows.rows.loc[rows.rows["track"] == track, "track_id"].iloc[0]
        answer = judge.answer(hear(songs.path(track_id=track_id), judge.wanted))
        np.testing.assert_allclose(answer.probabilities, probabilities, atol=1e-12)
        assert answer.genre == rows.genres[probabilities.argmax()]


def test_every_3_seconds_have_a_genre_of_their_own(judge, songs):
    answer = judge.answer(hear(songs.path(holdout=True), judge.wanted))
    assert [segment.start_s for segment in answer.segments] == list(range(0, 30, 3))
    for segment in answer.segments:
        assert segment.probabilities.sum() == pytest.approx(1)
        assert segment.genre == answer.genres[segment.probabilities.argmax()]


def test_the_segments_votes_make_the_song_s_where_the_champion_listens_to_them(judge, songs):
    answer = judge.answer(hear(songs.path(holdout=True), judge.wanted))
    votes = np.array([segment.probabilities for segment in answer.segments])
    (pooled,) = pool(votes, np.zeros(len(votes), dtype=int))
    assert np.allclose(pooled, answer.probabilities) == (judge.champion.window_s == 3)


def test_a_song_shorter_than_the_window_is_refused_with_both_lengths(judge, songs):
    heard = hear(songs.path(holdout=True), judge.wanted)
    key = next(iter(heard.vectors))
    short = replace(heard, y=heard.y[:22_050], vectors={k: v[:0] for k, v in heard.vectors.items()},
                    starts_s={k: v[:0] for k, v in heard.starts_s.items()})  # fmt: skip
    assert key in short.vectors
    with pytest.raises(SongError, match=rf"1\.0 s of audio is less than the {judge.champion.window_s:g} s"):
        judge.answer(short)


def test_only_what_is_needed_is_computed(judge):
    windows_s = (3.0, 30.0) if judge.champion.window_s == 30 else (3.0,)
    assert set(judge.wanted) == {("musicnn-msd-v1", 3.0), *(("spectral-v1", window_s) for window_s in windows_s)}


def test_hearing_gives_the_extraction_s_features_and_pictures_in_range(songs):
    path = songs.path(holdout=True)
    heard = hear(path, [("spectral-v1", 3.0)])
    stored = songs.database["segments"].find(
        {"track_id": path.relative_to(songs.folder).as_posix(), "feature_set": "spectral-v1", "window_s": 3.0}
    ).sort("start_s")  # fmt: skip
    columns = get_feature_set("spectral-v1").columns
    np.testing.assert_allclose(heard.vectors["spectral-v1", 3.0], [[s[c] for c in columns] for s in stored], rtol=1e-6)
    assert heard.mel.max() == 255
    assert heard.mel.shape == (128, 600)
    peak = np.abs(decode(path).y).max()
    assert np.abs(heard.envelope).max() == pytest.approx(peak)
    assert (heard.envelope[:, 0] <= heard.envelope[:, 1]).all()


def test_the_newest_champion_is_found_with_the_models_beside_it(songs):
    key = newest_champion(songs.database, songs.dataset)
    assert key.run == songs.run
    assert newest_champion(songs.database, "unheard") is None
    judge = load_judge(key)
    assert judge.segment_model.window_s == 3


def test_a_champion_of_features_that_nobody_can_measure_is_refused(songs):
    strange = replace(load_champion(songs.run), feature_set="table:moods")
    run = crown_in(finished_run(songs.database, "moods"), strange)
    try:
        with pytest.raises(NoModelError, match=r"'table:moods', which nobody can measure"):
            load_judge(newest_champion(songs.database, "moods"))
    finally:
        remove(run)


def test_a_champion_of_means_alone_has_neighbours_in_all_features_of_their_set(songs, samples):
    ranked = ranking(songs.run.scores(subset="test"), "track")
    champion = crown(ranked[ranked["feature_set"] == "spectral-v1-means"], samples, policy="track", seed=0)
    run = crown_in(finished_run(songs.database, songs.dataset), champion)
    try:
        judge = load_judge(champion_of(songs.database, songs.dataset, run.run_id))
        answer = judge.answer(hear(songs.path(holdout=False), judge.wanted))
    finally:
        remove(run)
    assert len(judge.reference.features) < len(judge.near.features) == len(get_feature_set("spectral-v1").columns)
    assert answer.is_known
    assert answer.neighbours[0].distance < 1e-3


def test_models_beside_the_champion_come_back_as_they_were(songs):
    champion, others = load_champion(songs.run), load_other_models(songs.run)
    assert [champion.window_s, *(other.window_s for other in others)] in ([3.0, 30.0], [30.0, 3.0])
    assert (
        songs.database["artefacts.files"].count_documents({"filename": {"$regex": f"^{songs.run_id}/"}}) == 3
    )  # and a measure of unlike music
