"""Workers that die by their own work; tests/test_faults_extract.py has those that are killed."""

import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.extract import extract, local
from pipeline.extract.local import WorkerDied
from pipeline.settings import get_settings
from pipeline.sources.demo import render_track
from tests.deadly_work import die, write_and_die


@pytest.fixture
def dataset(database, tmp_path, request):
    name = request.node.name
    samples = render_track("rock", 0, duration_s=3.2)
    for genre in ("rock", "jazz"):
        (tmp_path / genre).mkdir()
        soundfile.write(tmp_path / genre / "a.wav", samples, SAMPLE_RATE_HZ)
    (tmp_path / "jazz" / "no music.wav").write_text("la la la")
    catalogue(database, name, audio=str(tmp_path), settings=get_settings())
    return name


def run(database, dataset):
    return extract(database, dataset, windows_s=[3.0], feature_sets=["spectral-v1"], jobs=2)


@pytest.mark.faults
def test_a_run_whose_workers_die_one_after_the_other_ends_with_one_line(database, dataset, monkeypatch):
    monkeypatch.setattr(local, "work_alone", die)
    with pytest.raises(WorkerDied, match="a worker process died, as for want of memory; try --jobs 1"):
        run(database, dataset)
    assert database["tracks"].distinct("status", {"dataset": dataset}) == ["catalogued"]


def test_what_a_worker_wrote_before_it_died_is_counted_and_not_done_again(database, dataset, monkeypatch):
    monkeypatch.setattr(local, "work_alone", write_and_die)
    report = run(database, dataset)
    assert (report.n_extracted, report.n_segments) == (3, 2)
    assert [(reject.path, reject.reason) for reject in report.new_rejects] == [("jazz/no music.wav", "undecodable")]
    assert database["segments"].count_documents({"dataset": dataset}) == 2
