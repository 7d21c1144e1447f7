"""A dataset holds stretches of one kind: others take the place of all of them, and a stop in between mixes none."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.evaluation.samples import load_all
from pipeline.extract import extract, fan_out, settle
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from pipeline.store import read_segments

DATASET = "test-excerpts"
LENGTHS_S = {"rock/a.wav": 100, "rock/b.wav": 4, "jazz/c.wav": 40, "jazz/d.wav": 7}
STARTS_S = {
    "": {"rock/a.wav": [0], "jazz/c.wav": [0]},
    "spread": {"rock/a.wav": [1.666667, 35, 68.333333], "jazz/c.wav": [5]},
    "all": {"rock/a.wav": [0, 30, 60], "jazz/c.wav": [0]},
}


@pytest.fixture(scope="module")
def music(tmp_path_factory, database):
    """A folder of short songs and long ones, catalogued."""
    folder = tmp_path_factory.mktemp("music")
    for i, (name, length_s) in enumerate(LENGTHS_S.items()):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        y = np.concatenate(
            [render_track(path.parent.name, 100 * i + j, duration_s=5) for j in range(-(-length_s // 5))]
        )
        soundfile.write(path, y[: length_s * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ)
    catalogue(database, DATASET, audio=str(folder), settings=get_settings())
    return folder


def run(database, excerpts=""):
    return extract(
        database, DATASET, windows_s=[30.0, 3.0], feature_sets=["spectral-v1"], jobs=1, excerpts=excerpts
    )  # fmt: skip


def rows(database, window_s):
    return read_segments(database, DATASET, "spectral-v1", window_s)


def starts(database, window_s=30.0):
    return {name: list(of_track) for name, of_track in rows(database, window_s).groupby("track_id")["start_s"]}


def known(database):
    fields = ("content_hash", "fingerprint", "duration_s", "holdout", "duplicate_of", "same_recording_as", "status")
    found = database["tracks"].find({"dataset": DATASET}).sort("track_id")
    return [{name: track.get(name) for name in fields} for track in found]


def test_other_stretches_take_the_place_of_all_and_leave_what_tracks_are_as_it_was(database, music, monkeypatch):
    run(database)
    settle(database, DATASET, holdout=0.2, seed=0)
    assert "excerpts" not in database["datasets"].find_one({"dataset": DATASET})
    first, tracks = [rows(database, window_s) for window_s in (30.0, 3.0)], known(database)
    assert starts(database) == STARTS_S[""]
    for excerpts in ("spread", "all"):
        report = run(database, excerpts)
        assert (report.n_extracted, report.n_done_before) == (4, 0)
        settle(database, DATASET, holdout=0.2, seed=0)
        assert starts(database) == STARTS_S[excerpts]
        of_a = starts(database, 3.0)["rock/a.wav"]
        assert of_a[:10] == pytest.approx(STARTS_S[excerpts]["rock/a.wav"][0] + 3 * np.arange(10))
        assert len(of_a) == {"spread": 30, "all": 33}[excerpts]
        assert known(database) == tracks
        assert run(database).n_extracted == run(database, excerpts).n_extracted == 0  # as before, where none is named
    short = rows(database, 3.0)["track_id"].isin(["rock/b.wav", "jazz/d.wav"])
    was_short = first[1]["track_id"].isin(["rock/b.wav", "jazz/d.wav"])
    pd.testing.assert_frame_equal(
        rows(database, 3.0)[short].reset_index(drop=True), first[1][was_short].reset_index(drop=True)
    )
    long = next(each for each in load_all(database, DATASET) if each.window_s == 30.0)
    assert sorted(long.rows.groupby("track_id").size()) == [1, 3]

    def stop(*rest, **named):
        yield next(whole(*rest, **named))
        raise KeyboardInterrupt

    whole = fan_out.hand_out
    with monkeypatch.context() as patch:
        patch.setattr(fan_out, "hand_out", stop)
        with pytest.raises(KeyboardInterrupt):
            run(database, "middle")
    ready = {track["track_id"] for track in database["tracks"].find({"dataset": DATASET, "status": "ready"})}
    assert 0 < len(ready) < 4
    assert set(rows(database, 3.0)["track_id"]) == ready  # of the other kind nothing is left
    assert run(database).n_done_before == len(ready)
    for window_s, before in zip((30.0, 3.0), first, strict=True):
        pd.testing.assert_frame_equal(rows(database, window_s), before)
    settle(database, DATASET, holdout=0.2, seed=0)
    assert known(database) == tracks


def test_of_a_table_and_in_other_words_they_are_refused(database, music, tmp_path):
    with pytest.raises(InputError, match="--excerpts 'some': there are middle, spread, all"):
        run(database, "some")
    (tmp_path / "t.csv").write_text("filename,length,tempo,label\na.wav,661500,1.5,x\nb.wav,661500,2.5,y\n")
    catalogue(database, f"{DATASET}-table", table=str(tmp_path / "t.csv"), settings=get_settings())
    with pytest.raises(InputError, match=r"--excerpts 'all' is for audio, and dataset '.*-table' is a table"):
        extract(database, f"{DATASET}-table", windows_s=[30.0], feature_sets=["spectral-v1"], jobs=1, excerpts="all")
