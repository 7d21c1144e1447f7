"""What has the same program, options and data is not done anew; whatever changes, all that reads it is."""

import json
import os
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.evaluation.earlier import say_earlier_tracks
from pipeline.runner import find_kept, find_resumed, stage_keys, unchanged
from pipeline.settings import Settings
from pipeline.stages import STAGES, find_stage
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.declared import transfer_to
from pipeline.stages.recording import record
from pipeline.store import Run, StageRows, find_finished
from pipeline.store.datasets import revise
from pipeline.store.deletion import count_run, delete_run
from pipeline.store.runs import fail_run, finish_run, record_revision, record_stage, resume_run, start_run
from tests.closed import write_table

NAMES = [stage.name for stage in STAGES]
OWN_ROWS = ("explore", "compare", "optimise", "holdout")
DATASET = "unchanged"


class Scene:
    """A finished run whose stages have left a line each where a real one leaves a notebook."""

    def __init__(self, database, folder: Path):
        self.database = database
        self.settings = Settings(home=folder, runs=folder / "runs", exports=folder / "exports")
        self.table = write_table(folder / "songs.csv")
        self.told = {"table": str(self.table), "features": "table-v1"}
        self.run = start_run(database, DATASET, self.told)
        keys = self.keys()
        catalogue(self.run, CatalogueOptions(table=str(self.table)))
        record_revision(self.run)
        for stage in STAGES:
            if stage.name in OWN_ROWS:
                record(self.run, stage.name, StageRows())
            record_stage(self.run, stage.name, "done", 1, keys[stage.name])
            for name in stage.files:
                path = self.settings.runs / self.run.run_id / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(stage.name)
        self.settings.exports.mkdir()
        package = {"id": self.run.run_id, "resources": [{"path": "scores.csv"}]}
        (self.settings.exports / "schema.json").write_text(json.dumps(package))
        (self.settings.exports / "scores.csv").touch()
        finish_run(self.run)

    def keys(self, **told) -> dict[str, str]:
        return stage_keys(self.database, DATASET, self.told | told, self.settings)

    def kept(self, **told) -> list[str]:
        """Return the stages that need not be done anew, where a run is told so."""
        exports = self.settings.exports
        found = find_kept(self.database, DATASET, STAGES, self.keys(**told), exports, self.settings.runs)
        assert found.run in (None, self.run)
        return list(found.stages)


@pytest.fixture
def scene(database, tmp_path):
    for name in ("runs", "datasets", "tracks", "segments"):
        database[name].delete_many({"dataset": DATASET})
    return Scene(database, tmp_path)


def another(value):
    if isinstance(value, bool):
        return not value
    return f"{value}1" if isinstance(value, str) else value + 1


def before(name: str) -> list[str]:
    return NAMES[: NAMES.index(name)]


def test_where_nothing_has_changed_nothing_is_to_be_done(scene):
    assert scene.kept() == NAMES


def test_how_much_of_the_machine_it_may_use_changes_nothing(scene):
    assert scene.kept(jobs=7, scheduler="tcp://somewhere:8786") == NAMES


def test_another_option_is_another_job_for_the_stages_that_have_it_and_all_behind_them(scene):
    defaults = {option.name: option.default for stage in STAGES for option in fields(stage.options)}
    asked = {name: another(scene.told.get(name, value)) for name, value in defaults.items()}
    kept = {name: scene.kept(**{name: value}) for name, value in asked.items() if name not in unchanged.NO_MATTER}
    assert kept == {name: before(next(stage.name for stage in STAGES if name in stage.parameters)) for name in kept}
    assert len(kept) > 20


def test_a_default_that_is_told_is_no_change(scene):
    defaults = {option.name: option.default for stage in STAGES for option in fields(stage.options)}
    assert scene.kept(**(defaults | scene.told)) == NAMES


def test_another_value_in_the_table_is_other_data(scene):
    scene.table.write_text(scene.table.read_text().replace("1", "2", 1))
    assert scene.kept() == []


def test_a_table_that_is_only_touched_is_the_same(scene):
    os.utime(scene.table, (1, 1))
    assert scene.kept() == NAMES


def test_a_run_that_is_refused_before_it_wrote_anything_changes_nothing(scene):
    refused = start_run(scene.database, DATASET, scene.told)
    with pytest.raises(InputError, match="--label-column 'nope'"):
        catalogue(refused, CatalogueOptions(table=str(scene.table), label_column="nope"))
    record_stage(refused, "catalogue", "failed", 1)
    fail_run(refused, "refused")
    assert scene.kept() == NAMES
    assert [find_resumed(scene.database, DATASET, stage) for stage in STAGES[1:]] == [scene.run] * 6


def test_a_run_that_went_only_so_far_is_exported_where_no_other_went_farther(database, tmp_path):
    other = f"{DATASET}-partly"
    begun = [start_run(database, other, {}) for _ in range(3)]
    for run, stages in zip(begun, (["explore", "compare"], ["explore"], []), strict=True):
        for name in stages:
            record(run, name, StageRows())
    export, optimise = find_stage("export"), find_stage("optimise")
    assert find_resumed(database, other, export) == find_resumed(database, other, optimise) == begun[0]
    delete_run(database, begun[0].run_id)
    assert find_resumed(database, other, export) == begun[1]
    delete_run(database, begun[1].run_id)
    assert find_resumed(database, other, export) == begun[2]
    with pytest.raises(InputError, match="has done all of catalogue, extract, compare"):
        find_resumed(database, other, optimise)


def test_a_run_is_of_earlier_tracks_once_these_have_changed_and_until_it_is_made_anew(scene):
    catalogue(scene.run, CatalogueOptions(table=str(scene.table)))
    assert not scene.run.is_of_earlier_tracks, "they are the same, read again"
    assert say_earlier_tracks(scene.run) == []
    text = scene.table.read_text()
    scene.table.write_text(text.replace(",folk", ",blues"))
    catalogue(scene.run, CatalogueOptions(table=str(scene.table)))
    assert scene.run.is_of_earlier_tracks
    (said,) = say_earlier_tracks(scene.run)
    assert f"tracks of dataset '{DATASET}' have changed" in said
    record(scene.run, "explore", StageRows())
    assert scene.run.is_of_earlier_tracks
    record(scene.run, "compare", StageRows())
    assert not scene.run.is_of_earlier_tracks, "what was made of the earlier comparison is outdated"
    scene.table.write_text(text)
    catalogue(scene.run, CatalogueOptions(table=str(scene.table)))
    assert scene.run.is_of_earlier_tracks
    revise(scene.database, DATASET)
    assert not scene.run.is_of_earlier_tracks, "nobody knows while they are being written"


def test_the_table_may_be_left_unnamed(scene):
    scene.told["table"] = ""
    assert scene.kept() == NAMES


def test_metadata_count_by_what_they_say(scene, tmp_path):
    path = tmp_path / "said.csv"
    path.write_text("a,b\n")
    keys = scene.keys(metadata=str(path))
    assert not keys.items() & scene.keys().items()
    path.write_text("a,c\n")
    assert not keys.items() & scene.keys(metadata=str(path)).items()


def test_music_counts_by_names_sizes_and_times(scene, tmp_path):
    folder = tmp_path / "music"
    (folder / "jazz").mkdir(parents=True)
    song = folder / "jazz" / "a.wav"
    song.write_bytes(b"la")
    seen = set()

    def is_new() -> bool:
        key = scene.keys(table="", audio=str(folder))["catalogue"]
        known = key in seen
        seen.add(key)
        return not known

    assert is_new()
    assert not is_new()
    os.utime(song, ns=(1, 1))
    assert is_new()
    song.write_bytes(b"la la")
    os.utime(song, ns=(1, 1))
    assert is_new()
    song.rename(folder / "jazz" / "b.wav")
    assert is_new()
    (folder / "jazz" / "b.wav").unlink()
    assert is_new()


def test_another_program_does_all_anew(scene, monkeypatch):
    monkeypatch.setattr(unchanged, "_program", lambda: "of tomorrow")
    assert scene.kept() == []


def test_any_change_of_a_file_of_the_program_makes_it_another_one(tmp_path, monkeypatch):
    monkeypatch.setattr(unchanged, "PACKAGE_DIR", tmp_path)
    (tmp_path / "deep" / "__pycache__").mkdir(parents=True)
    (tmp_path / "deep" / "code.py").write_text("a = 1")
    was = unchanged._program.__wrapped__()
    (tmp_path / "deep" / "__pycache__" / "code.pyc").write_text("made by Python")
    assert unchanged._program.__wrapped__() == was
    (tmp_path / "deep" / "code.py").write_text("a = 2")
    assert unchanged._program.__wrapped__() != was


def test_a_dataset_that_was_written_to_since_is_another_one(scene):
    catalogue(start_run(scene.database, DATASET, {}), CatalogueOptions(table=str(scene.table)))
    assert scene.kept() == []


def test_what_is_not_extracted_yet_is_still_to_be_done(scene):
    scene.database["tracks"].update_one({"dataset": DATASET}, {"$set": {"status": "catalogued"}})
    assert scene.kept() == []


@pytest.mark.parametrize("stage", OWN_ROWS)
def test_rows_that_were_replaced_are_not_what_the_run_was_asked_for(scene, stage):
    """As by a notebook that is given the run's id, or by ``genrelab run --from`` with another option."""
    record(scene.run, stage, StageRows())
    assert scene.kept() == before(stage)


def test_what_another_dataset_adds_to_the_run_is_still_to_be_exported(scene):
    record(scene.run, transfer_to("another"), StageRows())
    assert scene.kept() == before("export")


@pytest.mark.parametrize("stage", STAGES, ids=NAMES)
def test_a_notebook_that_is_gone_is_executed_again(scene, stage):
    (scene.settings.runs / scene.run.run_id / f"{stage.notebook}.ipynb").unlink()
    assert scene.kept() == before(stage.name)


def test_exports_that_are_gone_or_of_another_run_are_written_again(scene):
    (scene.settings.exports / "scores.csv").unlink()
    assert scene.kept() == before("export")
    (scene.settings.exports / "scores.csv").touch()
    package = scene.settings.exports / "schema.json"
    package.write_text(package.read_text().replace(scene.run.run_id, "run-another"))
    assert scene.kept() == before("export")


def test_only_a_finished_run_counts_and_the_newest_of_them(scene):
    fail_run(start_run(scene.database, DATASET, {}), "the cat")
    assert scene.kept() == NAMES
    later = start_run(scene.database, DATASET, {})
    finish_run(later)
    assert find_kept(scene.database, DATASET, STAGES, scene.keys(), scene.settings.exports, scene.settings.runs) == (
        unchanged.Kept()
    )


def follow(scene, *kept: str) -> Run:
    run = start_run(scene.database, DATASET, scene.told, scene.run, kept)
    finish_run(run)
    return run


def test_a_run_reads_what_it_keeps_and_leaves_the_other_run_as_it_was(scene):
    was = scene.run.facts
    run = follow(scene, *NAMES[:3])
    generations = [run.facts["stages"]["explore"]["generation"] for run in (run, scene.run)]
    assert generations[0] == generations[1]
    assert run.champion is None
    assert run.facts["dataset_revision"] == was["dataset_revision"]
    record(run, "explore", StageRows())
    assert scene.run.facts == was
    assert "key" not in run.facts["stages"]["explore"]


def test_a_run_whose_rows_a_later_one_reads_is_deleted_after_it(scene):
    later = follow(scene, *NAMES[:3])
    last = start_run(scene.database, DATASET, scene.told, later, NAMES[:3])
    for asked in (count_run, delete_run):
        with pytest.raises(InputError, match=rf"{later.run_id} and {last.run_id} read.*: delete these first"):
            asked(scene.database, scene.run.run_id)
    delete_run(scene.database, later.run_id)
    delete_run(scene.database, last.run_id)
    delete_run(scene.database, scene.run.run_id)
    assert find_finished(scene.database, DATASET) is None


def test_a_run_that_only_wrote_to_its_exports_again_stays_what_it_was(scene):
    was = scene.run.facts["stages"]
    resume_run(scene.run, scene.told)
    record_stage(scene.run, "export", "done", 1, scene.keys()["export"])
    finish_run(scene.run)
    assert scene.run.facts["stages"].keys() == was.keys()
    assert scene.kept() == NAMES
