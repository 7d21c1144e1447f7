"""A champion that takes sequences answers for a song as it does in the batch."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.evaluation import crown, load_samples
from pipeline.evaluation.fitting import predict
from pipeline.extract import extract, settle
from pipeline.listen.heard import hear
from pipeline.listen.judge import load_judge, newest_champion
from pipeline.models import ZOO
from pipeline.predict import NoModelError
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from pipeline.store import read_frames
from tests.finished import crown_in, finished_run

DATASET, FRAMES = "recurrent-songs", "mfcc-frames-v1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, database):
    """Return a folder of songs whose newest champion is a recurrent model."""
    folder = tmp_path_factory.mktemp("recurrent")
    for genre in ("classical", "metal"):
        (folder / genre).mkdir()
        for n in range(4):
            soundfile.write(folder / genre / f"{n}.wav", render_track(genre, n, duration_s=6.2), SAMPLE_RATE_HZ)
    catalogue(database, DATASET, audio=str(folder), settings=get_settings())
    extract(database, DATASET, windows_s=(3.0,), feature_sets=("spectral-v1", FRAMES), jobs=1)
    settle(database, DATASET, holdout=0.25, seed=0)
    ranked = pd.DataFrame([{"model": "lstm", "feature_set": FRAMES, "window_s": 3.0, "value": 1.0}])
    samples = load_samples(database, DATASET, ["lstm"])
    crown_in(finished_run(database, DATASET), crown(ranked, samples, policy="track", seed=0))
    return folder


@pytest.fixture(scope="module")
def judge(database, folder):
    return load_judge(newest_champion(database, DATASET))


def test_the_answer_is_the_batch_s_for_the_same_file(database, folder, judge):
    held = load_samples(database, DATASET, ["lstm"])[-1].holdout()
    assert len(held) == 4
    assert judge.wanted == [(FRAMES, 3.0), ("musicnn-msd-v1", 3.0)]
    predicted = predict(judge.champion.estimator, held, np.arange(len(held)))["track"]
    for track, probabilities in zip(predicted.rows, predicted.probabilities, strict=True):
        track_id = held.rows.loc[held.rows["track"] == track, "track_id"].iloc[0]
        answer = judge.answer(hear(folder / track_id, judge.wanted))
        np.testing.assert_allclose(answer.probabilities, probabilities, atol=1e-6)
        assert [segment.start_s for segment in answer.segments] == [0, 3]


def test_songs_are_near_each_other_by_their_mean_frames(database, folder, judge):
    track_id = judge.reference.tracks["track_id"].iloc[0]
    stored = [frames for found, _, frames in read_frames(database, DATASET, FRAMES, 3.0) if found == track_id]
    np.testing.assert_allclose(judge.reference.values[0], np.concatenate(stored).mean(axis=0, dtype=float), rtol=1e-9)
    answer = judge.answer(hear(folder / track_id, judge.wanted))
    assert answer.neighbours[0].track_id == track_id
    assert answer.neighbours[0].distance == pytest.approx(0, abs=1e-3)


def test_where_the_extra_is_not_installed_the_page_says_so(database, folder, monkeypatch):
    monkeypatch.setitem(ZOO, "lstm", replace(ZOO["lstm"], extra="nowhere"))
    monkeypatch.setattr("pipeline.models.registry.EXTRAS", {"nowhere": ("a_package_of_no_one",)})
    with pytest.raises(NoModelError, match=r"'recurrent-songs' is lstm, which needs the extra nowhere: pip install"):
        load_judge(newest_champion(database, DATASET))
