"""A new policy, model or feature set is one module and its line in a list: all stages and pictures take it from there.

`tests/add_one/` has a module of each. They are put into a copy of the project, as somebody would who adds them.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.settings import PROJECT_DIR
from pipeline.sources.demo import render_track
from pipeline.tables import TABLES
from tests.patience import HANG_S
from tests.report.workbook_faults import find_faults

ADDED = Path(__file__).with_name("add_one")
GENRES, ALBUMS, TRACKS = ("classical", "metal", "reggae"), 4, 2
ASKED = {
    "windows": "3,1.5",
    "features": "loudness-v1",
    "models": "dummy_stratified,knn_3,nearest_centroid",
    "split": "folder",
    "holdout": 0.2,
    "repeats": 1,
    "k_max": 3,
    "jobs": 1,
}


def add(project: Path, module: str, name: str, listed_in: str, after: str) -> None:
    """Do what is said of adding: write the module, import it where the others are listed, add it to the list."""
    there = project / listed_in
    shutil.copy(ADDED / module, there.parent / module)
    package = ".".join(there.parent.relative_to(project).parts)
    text = there.read_text(encoding="utf-8")
    assert text.count(after) == 1
    text = text.replace(after, f"{after}, {name}")
    first = text.index(f"\nfrom {package}")
    there.write_text(
        f"{text[:first]}\nfrom {package}.{Path(module).stem} import {name}{text[first:]}", encoding="utf-8"
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    project = tmp_path_factory.mktemp("project") / "genrelab"
    for part in ("pipeline", "notebooks", "mongo", "tests"):
        shutil.copytree(PROJECT_DIR / part, project / part)
    add(project, "folder.py", "FOLDER", "pipeline/splits/policies/__init__.py", "RANDOM, TRACK, ARTIST, PREDEFINED")
    add(project, "nearest_centroid.py", "NEAREST_CENTROID", "pipeline/models/zoo.py", "recurrent.LSTM")
    add(project, "loudness.py", "LOUDNESS_V1", "pipeline/features/__init__.py", "        PERCEPTUAL_V1")
    return project


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("music")
    for genre in GENRES:
        for i in range(ALBUMS * TRACKS):
            path = root / genre / f"album {i // TRACKS}" / f"{i}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, render_track(genre, i, duration_s=3.2), SAMPLE_RATE_HZ)
    return root


@pytest.fixture(scope="module")
def played(database, project, music, tmp_path_factory):
    """The exports of a run that was asked for all three, and what its stages told."""
    exports = tmp_path_factory.mktemp("exports")
    asked = {**ASKED, "audio": str(music), "exports": str(exports)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.add_one.play", json.dumps(asked)],
        cwd=project, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return exports, json.loads(done.stdout.splitlines()[-1])


def table(played, name: str) -> pd.DataFrame:
    return pd.read_csv(played[0] / f"{name}.csv")


def test_each_of_them_is_scored_with_the_others(played):
    scores = table(played, "scores")
    learned = scores[scores["subset"] != "holdout"]
    assert set(learned["split_policy"]) == {"random", "track", "folder"}
    assert {"dummy_stratified", "knn_3", "nearest_centroid"} <= set(learned["model"])
    for model, sets in (
        ("nearest_centroid", {"loudness-v1", "loudness-v1-means"}),
        ("dummy_stratified", {"loudness-v1"}),
    ):
        assert set(learned.loc[learned["model"] == model, "feature_set"]) == sets


def test_the_champion_is_chosen_and_meets_the_holdout_under_the_new_policy(played):
    (run,) = table(played, "runs").to_dict("records")
    assert (run["split_policy"], run["champion_split_policy"]) == ("folder", "folder")
    scores = table(played, "scores")
    assert set(scores.loc[scores["subset"] == "holdout", "split_policy"]) == {"folder"}
    assert run["holdout_accuracy"] == run["holdout_accuracy"]  # it has one


def test_every_table_of_policies_has_the_new_one(played):
    for name in ("scores", "summary_30s_vs_3s", "model_comparisons", "class_report", "confusion", "k_search"):
        assert "folder" in set(table(played, name)["split_policy"]), name
    compared = table(played, "model_comparisons")
    assert set(compared.loc[compared["comparison"] == "windows", "split_policy"]) == {"track", "folder"}
    assert table(played, "feature_profile")["feature"].str.startswith(("level", "crossings")).all()


def test_sentences_tell_of_the_new_policy_in_its_words(played):
    _, told = played
    for stage in ("compare", "export"):
        assert len(told[stage]) == 2, "a sentence a window"
        assert all("rows shuffled" in words and "folders kept whole" in words for words in told[stage])


def test_a_model_of_ours_is_stored_and_loaded(played):
    assert played[1]["champion"] == "nearest_centroid"


def test_the_exports_describe_what_was_added(played):
    package = json.loads((played[0] / "schema.json").read_text(encoding="utf-8"))
    fields = {(r["name"], f["name"]): f for r in package["resources"] if "schema" in r for f in r["schema"]["fields"]}
    assert "folder: all tracks of a folder are on one side" in fields["scores", "split_policy"]["description"]
    assert (
        "over tracks, under artist over artists, under predefined over artists, under folder over folders"
        in fields["scores", "ci_low"]["description"]
    )
    assert [fields["features", name].get("unit") for name in ("level_max", "crossings_max")] == ["dB", None]


def test_the_workbook_of_them_holds_together(played):
    headers = {one.file_name: list(table(played, one.name).columns) for one in TABLES}
    assert find_faults((played[0] / "genrelab.twb").read_bytes(), headers) == []
