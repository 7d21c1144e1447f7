"""Labels for a table's tracks."""

import papermill
import pytest

from pipeline.errors import InputError
from pipeline.models import load_champion
from pipeline.predict import label_table
from pipeline.report.csv_export import read_csv
from pipeline.stages.declared import PREDICT
from pipeline.stages.predict import PredictOptions, predict
from pipeline.store import Run, read_segments
from pipeline.tables import PREDICTIONS


@pytest.fixture
def table(songs, tmp_path):
    """The features of held-out tracks as a table without genres, its columns in another order."""
    champion = load_champion(songs.run)
    rows = read_segments(songs.database, songs.dataset, champion.feature_set, champion.window_s)
    held = songs.database["tracks"].distinct("track_id", {"dataset": songs.dataset, "holdout": True})
    rows = rows[rows["track_id"].isin(held)].rename(columns={"track_id": "filename"})
    rows[["filename", *reversed(champion.features)]].to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


def test_rows_get_the_answers_that_the_run_gave_their_tracks(songs, key, table):
    labels = label_table(key, table)
    champion = load_champion(songs.run)
    stored = songs.run.predictions(
        level="track", model=champion.name, feature_set=champion.feature_set, window_s=champion.window_s
    )
    own = stored.set_index(stored["track_id"].map(lambda name: name.rpartition(".")[0]))["predicted"]
    assert len(labels) == len(own) > 0
    assert labels.set_index("path")["genre"].to_dict() == own.to_dict()


def test_the_notebook_tells_the_same(songs, key, table, tmp_path, monkeypatch):
    monkeypatch.setenv("GENRELAB_HOME", str(songs.home))
    out = tmp_path / "p.csv"
    told = {"source": str(table), "dataset": songs.dataset, "run_id": songs.run_id, "out": str(out)}
    papermill.execute_notebook(PREDICT.path, tmp_path / "09.ipynb", told, cwd=PREDICT.path.parent, progress_bar=False)
    assert read_csv(PREDICTIONS, out)["genre"].to_list() == label_table(key, table)["genre"].to_list()


def test_that_the_dataset_has_changed_since_is_said_with_the_answers(key, table, tmp_path, monkeypatch):
    options = PredictOptions(source=str(table), out=str(tmp_path / "p.csv"))
    said = "The dataset has changed since the champion learned from it: `genrelab run --dataset songs` trains one anew."
    assert said not in predict(key, options).sentences
    monkeypatch.setattr(Run, "is_of_earlier_tracks", True)
    assert said in predict(key, options).sentences


def test_a_row_without_a_number_and_one_of_another_width_are_told_of(key, table):
    lines = table.read_text().splitlines()
    cells = lines[1].split(",")
    broken = ["broken", "", *cells[2:]]
    table.write_text("\n".join([lines[0], lines[1], ",".join(broken), "short,1", ""]))
    labels = label_table(key, table).set_index("path")
    assert labels.loc["broken", "reason"] == "not_a_number"
    assert labels.loc["rows.csv:4", "reason"] == "wrong_cell_count"
    assert labels["genre"].notna().sum() == 1


def test_a_number_too_large_for_a_forest_costs_its_row_alone(key, table):
    lines = table.read_text().splitlines()
    large = ["large", *lines[1].split(",")[1:-1], "-1e39"]
    table.write_text("\n".join([lines[0], lines[1], ",".join(large), ""]))
    labels = label_table(key, table).set_index("path")
    last = lines[0].split(",")[-1]
    assert labels.loc["large", ["reason", "detail"]].tolist() == ["too_large", f"a number beyond 3.4e+38 in {last}"]
    assert labels["genre"].notna().sum() == 1


def test_a_column_that_is_not_there_is_named(songs, key, table):
    text = table.read_text()
    table.write_text(text.replace("tempo", "speed", 1))
    n = len(load_champion(songs.run).features)
    with pytest.raises(InputError, match=rf"'rows.csv' lacks 1 of the {n} columns .*'songs' takes: tempo$"):
        label_table(key, table)
