"""The whole main job, small: what a new user gets from `genrelab run`."""

import html
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import frictionless
import nbformat
import pandas as pd
import pytest

from pipeline.report.card import plain
from pipeline.settings import PROJECT_DIR
from pipeline.stages import STAGES
from pipeline.tables import BY_NAME, DIMENSIONS, TABLES
from tests.finished import few_refits_in_kernels
from tests.named_places import named_in
from tests.patience import HANG_S
from tests.report.workbook_faults import find_faults

N_TRACKS = 10 * int(os.environ["GENRELAB_DEMO_TRACKS"])
N_HELD = N_TRACKS // 10
USUAL_MODELS = {"dummy_most_frequent", "logistic_regression", "knn_3", "random_forest", "random_forest_top_half"}
FEW_MODELS = "dummy_most_frequent,dummy_stratified,logistic_regression,knn_3"


@dataclass(frozen=True)
class Run:
    run_id: str
    printed: str
    notebooks: Path
    exports: Path
    models: str
    arguments: tuple[str, ...]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.exports / f"{name}.csv", keep_default_na=False, na_values=[""])

    def printed_in(self, notebook: str) -> str:
        cells = nbformat.read(self.notebooks / f"{notebook}.ipynb", as_version=4).cells
        outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
        return "".join(output.get("text", "") for output in outputs)


def asked(exports: Path, models: str = "", *arguments: str) -> list[str]:
    """Return the main job's arguments, with the usual models unless some are named."""
    return ["run", "--exports", str(exports), *(("--models", models) if models else ()), *arguments]


def genrelab_run(exports: Path, models: str = "", *arguments: str, **variables: str) -> Run:
    """Run the main job, with variables added to the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *asked(exports, models, *arguments)],
        env=os.environ | variables, capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    run_id = done.stdout.split("done: ")[1].split()[0]
    return Run(run_id, done.stdout, Path(os.environ["GENRELAB_RUNS"]) / run_id, exports, models, arguments)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((FEW_MODELS, "-p", "repeats=2", "-p", "k_max=5", "-p", "jobs=1"), id="few models and splits"),
        pytest.param((), id="nothing asked", marks=pytest.mark.faults),
    ],
)
def first(request, tmp_path_factory) -> Run:
    few = few_refits_in_kernels(tmp_path_factory.mktemp("ipython")) if request.param else {}
    return genrelab_run(tmp_path_factory.mktemp("exports"), *request.param, **few)


def test_the_same_again_has_nothing_to_do_and_writes_only_what_is_gone(first, database, main):
    """Before all others, which find the run after it."""
    was = sorted(database["runs"].distinct("run_id"))
    summary = first.printed.partition("time: ")
    the_same = asked(first.exports, first.models, *first.arguments)
    again = main(*the_same)
    assert (again.status, again.out) == (0, summary[0] + summary[2].partition("\n")[2])
    refused = main("run", "--to", "1", "--features", "melspec")
    assert (refused.status, "nothing to do" in refused.err) == (2, False)
    scores = first.exports / "scores.csv"
    written = scores.read_bytes()
    scores.unlink()
    assert f"done: {first.run_id} " in main(*the_same).out.replace("\n", " ")
    assert scores.read_bytes() == written
    assert sorted(database["runs"].distinct("run_id")) == was


def test_every_export_is_there_and_all_have_rows_but_the_rejects_and_what_too_few_tracks_tell(first):
    others = ["genrelab.hyper", "genrelab.twb", "genrelab.twbx", "dashboard.html", "schema.json"]
    assert sorted(path.name for path in first.exports.iterdir()) == sorted([*(t.file_name for t in TABLES), *others])
    transfers = {"transfers", "transfer_genres", "transfer_answers", "subgroup_transfers"}
    of_later = transfers | {"new_music", "playlists", "places", "place_scores"}
    need_more = {"calibration", "reliability", "genre_promises", "genre_overlap", "subgroups", "subgroup_gaps"}
    of_styles = {"styles", "style_answers", "style_scores"}
    may_be_empty = {"rejects"} | need_more | of_later | of_styles
    for table in TABLES:
        rows = first.table(table.name)
        assert list(rows.columns[:2]) == ["run_id", "dataset"]
        assert len(rows) > 0 or table.name in may_be_empty, table.name
        assert set(rows["run_id"]) <= {first.run_id}


def test_the_exports_are_a_valid_data_package_with_all_keys(first):
    report = frictionless.Package(str(first.exports / "schema.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []
    assert [task.stats["rows"] for task in report.tasks[: len(TABLES)] if task.name == "tracks"] == [N_TRACKS]


def test_the_extract_has_the_tables_and_rows_of_the_csvs(first):
    hyper = pytest.importorskip("tests.report.test_hyper", reason="Tableau's engine has no build for this machine")
    extract = hyper.read_hyper(first.exports / "genrelab.hyper")
    assert set(extract) == set(BY_NAME)
    for table in TABLES:
        assert extract[table.name][1] == hyper.read_rows(first.exports, table), table.name


def test_the_workbook_holds_together_on_the_csvs_of_the_run(first):
    headers = {table.file_name: list(first.table(table.name).columns) for table in TABLES}
    assert find_faults((first.exports / "genrelab.twb").read_bytes(), headers) == []


def test_every_track_is_extracted_for_both_windows(first):
    tracks, features = first.table("tracks"), first.table("features")
    assert len(tracks) == N_TRACKS
    assert (features.groupby("window_s").size() == pd.Series({3.0: 10 * N_TRACKS, 30.0: N_TRACKS})).all()
    assert set(features["track_id"]) == set(tracks["track_id"])
    assert (features.loc[features["window_s"] == 3, "length"] == 66_150).all()
    assert features.isna().sum().sum() == 0


def test_a_tenth_of_the_tracks_is_held_out_and_never_learned_from(first):
    tracks = first.table("tracks")
    held = set(tracks.loc[tracks["holdout"].astype(str) == "True", "track_id"])
    assert len(held) == N_HELD
    scores = first.table("scores")
    learned = scores[(scores["subset"] != "holdout") & (scores["level"] == "track")]
    assert learned["n"].max() <= N_TRACKS - N_HELD
    assert set(first.table("holdout_predictions")["track_id"]) == held


def test_scores_cover_models_windows_policies_levels_and_subsets(first):
    scores = first.table("scores")
    asked = set(first.models.split(",")) if first.models else USUAL_MODELS
    assert asked <= set(scores["model"])
    assert set(scores["window_s"]) == {30, 3}
    assert set(scores["split_policy"]) == {"random", "track", "artist"}, "artists are known"
    assert set(scores["subset"]) == {"train", "test", "holdout"}
    assert set(scores["feature_set"]) == {"spectral-v1", "spectral-v1-means"}
    from_minus_1 = scores["metric"].isin(["mcc", "kappa", "leak_gap"])
    assert scores["value"].between(-1, 1).all()
    assert scores.loc[~from_minus_1, "value"].between(0, 1).all()
    assert {"mcc", "kappa", "leak_gap"} <= set(scores["metric"])


def test_shuffled_3_second_rows_read_better_than_honest_ones_and_the_summary_says_so(first):
    summary = first.table("summary_30s_vs_3s").query("level == 'segment' and feature_set == 'spectral-v1'")
    knn = summary.query("model == 'knn_3'").set_index("split_policy")
    assert knn.loc["random", "test_3s"] > knn.loc["track", "test_3s"] + 0.1
    assert knn.loc["random", "leak_gap_3s"] == pytest.approx(knn.loc["random", "test_3s"] - knn.loc["track", "test_3s"])
    of_tracks = summary[summary["split_policy"] != "artist"]
    assert of_tracks["leak_gap_30s"].isna().all(), "a 30-second track is one row"
    assert "points of that score are recognising the track or the artist" in first.printed


def test_console_notebooks_exports_and_dashboard_print_the_same_headline(first):
    *said, time = first.printed.split("done: ")[0].strip().splitlines()
    assert time.startswith("time: ")
    assert said[0].startswith("Champion: ")
    assert "with artists kept whole" in said[0]
    (run,) = first.table("runs").to_dict("records")
    claims = [sentence for sentence in said if not sentence.startswith("Beware: ")]
    assert run["headline"] == " ".join(claims)
    assert f"{run['corrected_accuracy']:.0%} right" in said[0]
    assert f"corrected for being the highest of {run['n_candidates']}" in said[0]
    corrected = first.table("scores").query("metric == 'corrected_accuracy'").to_dict("records")
    assert [(row["model"], row["value"], row["is_champion"]) for row in corrected] == [
        (run["champion_model"], run["corrected_accuracy"], True)
    ]
    assert f"{run['holdout_accuracy']:.0%} of {N_HELD} unseen tracks" in said[1]
    assert run["split_policy"] == run["champion_split_policy"] == "artist"
    found = first.table("findings")
    assert [words[:1].upper() + words[1:] for words in (line.removeprefix("Beware: ") for line in said)] == list(
        found["says"]
    )
    (overview,) = first.table("overview").to_dict("records")
    assert (overview["accuracy"], overview["ci_low"]) == (run["corrected_accuracy"], run["corrected_ci_low"])
    assert overview["holdout_accuracy"] == run["holdout_accuracy"]
    scores = first.table("scores").query("metric == 'accuracy' and level == 'track' and subset == 'test'")
    drawn = first.table("bars_30s_vs_3s").query("subset == 'test'").set_index(["model", "window_s"])["accuracy"]
    main = scores.query("feature_set == 'spectral-v1' and split_policy == 'artist'").set_index(["model", "window_s"])
    assert drawn.to_dict() == main["value"].to_dict()
    later = ["Champion", "Holdout", "Played differently", "Beware"]
    after_compare = found.loc[~found["about"].isin(later), "says"]
    for page, sentences in (("04_compare", after_compare), ("06_holdout", said), ("07_export", said)):
        shown = html.unescape((first.notebooks / f"{page}.html").read_text(encoding="utf-8"))
        assert [sentence for sentence in sentences if sentence not in shown] == [], page
    dashboard = (first.exports / "dashboard.html").read_text(encoding="utf-8")
    assert [sentence for sentence in claims if json.dumps(sentence)[1:-1] not in dashboard] == []
    index = html.unescape((first.notebooks / "index.html").read_text(encoding="utf-8"))
    assert [sentence for sentence in said if sentence.removeprefix("Beware: ") not in index] == []
    sheet = json.loads((first.notebooks / "reporting_sheet.json").read_text(encoding="utf-8"))
    assert sheet["headline"] == said
    card = (first.notebooks / "model_card.md").read_text(encoding="utf-8")
    assert [sentence for sentence in claims if plain(sentence) not in card] == []


def test_models_windows_and_feature_sets_are_compared_and_a_winner_is_named_where_the_test_says_so(first):
    found = first.table("model_comparisons")
    assert set(found["comparison"]) == {"models", "windows", "feature_sets"}
    assert set(found.loc[found["comparison"] == "windows", "split_policy"]) == {"track", "artist"}
    assert (found["better"].notna() == (found["p_adjusted"] < 0.05)).all()
    assert (found["ci_low"] <= found["difference"]).all()
    assert (found["difference"] <= found["ci_high"]).all()
    beaten = found[found["better"].notna() & (found["comparison"] == "models")]
    assert beaten["model_a"].str.startswith("dummy").any(), "at least a guesser is told from a model"


def test_every_score_but_those_of_single_repeats_has_an_interval(first):
    scores = first.table("scores")
    of_repeats = scores["metric"].str.startswith("accuracy_repeat_")
    of_few = of_repeats | (scores["subset"] == "holdout")
    by_genre = scores["metric"].isin(["balanced_accuracy", "macro_f1"])  # a genre has one artist or two on a side
    assert (scores["ci_low"].notna() == ~of_few)[~by_genre].all()
    assert scores.loc[of_few, "ci_low"].isna().all()
    assert "expected_calibration_error" in set(scores["metric"])


def test_confusion_matrices_hold_what_happened_and_every_genre_adds_up(first):
    confusion = first.table("confusion")
    assert (confusion["share_of_actual"] > 0).all()
    assert (confusion.loc[confusion["model"] != "dummy_stratified", "n"] > 0).all(), "what a guess does on average"
    shares = confusion.groupby([*DIMENSIONS, "actual"])["share_of_actual"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_data_quality_has_the_checks_of_tracks_features_and_labels(first):
    checks = first.table("data_quality").set_index("check")
    assert checks.index.is_unique
    assert {"duplicates", "near_duplicates", "non_finite_values_3s", "suspicious_labels"} <= set(checks.index)
    assert checks.loc["near_duplicates", "n"] == 0


def test_k_3_is_always_shown_and_one_k_is_chosen_a_window_and_policy(first):
    found = first.table("k_search")
    for _, curve in found.groupby(["window_s", "split_policy"]):
        assert 3 in set(curve["k"])
        assert (curve["chosen"].astype(str) == "True").sum() == 1


def test_probabilities_of_each_prediction_sum_to_one(first):
    predictions = first.table("holdout_predictions")
    probabilities = predictions.filter(regex="^p_")
    assert probabilities.shape[1] == 10
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1)


def test_executed_notebooks_and_their_html_copies_are_kept_without_an_error(first):
    names = sorted(path.name for path in first.notebooks.iterdir())
    assert names == sorted(["index.html", *(name for stage in STAGES for name in stage.files)])
    for stage in STAGES:
        notebook = nbformat.read(first.notebooks / f"{stage.notebook}.ipynb", as_version=4)
        outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
        assert not [output for output in outputs if output.output_type == "error"]
        assert not [output for output in outputs if output.get("name") == "stderr"], stage.notebook
        page = (first.notebooks / f"{stage.notebook}.html").read_text(encoding="utf-8")
        assert page.count("<img") == page.count('alt="') - page.count('alt=""'), stage.notebook


@pytest.mark.parametrize(
    "stage", ["01_catalogue", "02_extract", "03_explore", "04_compare", "05_optimise", "06_holdout"]
)
def test_every_notebook_of_the_story_has_a_picture(first, stage):
    content = json.loads((first.notebooks / f"{stage}.ipynb").read_text())
    pictures = [o for c in content["cells"] for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert pictures


def test_nothing_that_a_run_leaves_names_the_users_home_or_the_project(first):
    for path in [*first.notebooks.iterdir(), *first.exports.iterdir()]:
        assert named_in(path, Path.home(), PROJECT_DIR) == [], path.name
    assert json.loads((first.notebooks / "01_catalogue.ipynb").read_text())["metadata"]["papermill"]["input_path"] == (
        "notebooks/01_catalogue.ipynb"
    )


def test_only_the_workbook_that_reads_a_folder_names_the_folder(first):
    named = {path.name for path in first.exports.iterdir() if named_in(path, first.exports)}
    assert named == {"genrelab.twb"}


def test_the_run_is_recorded_with_its_stages_versions_and_parameters(first, database):
    run = database["runs"].find_one({"run_id": first.run_id})
    assert run["status"] == "done"
    assert list(run["stages"]) == [stage.name for stage in STAGES]
    assert all(stage["seconds"] > 0 for stage in run["stages"].values())
    assert run["versions"]["librosa"]
    assert run["parameters"]["windows"] == "30,3"
