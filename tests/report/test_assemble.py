"""What is gathered for the exports agrees from table to table."""

import pandas as pd

from pipeline.catalogue import catalogue
from pipeline.extract import settle
from pipeline.report import assemble_exports
from pipeline.report.csv_export import conform, write_csv
from pipeline.settings import get_settings
from pipeline.store import StageRows
from pipeline.store.runs import start_run
from pipeline.tables import GENRE_PAIRS
from tests.closed import write_table
from tests.declared import row_of

DATASET = "odd-genres"


def test_a_pair_is_called_by_its_genres_as_they_are_written_beside_it(database, tmp_path):
    table = write_table(tmp_path / "songs.csv")
    catalogue(database, DATASET, table=str(table), settings=get_settings())
    settle(database, DATASET, holdout=0.0, seed=0)
    run = start_run(database, DATASET, {})
    pairs = [("1", "TRUE"), ("rock", "a/b"), ("1", "rock")]
    rows = [row_of(GENRE_PAIRS, pair="/".join(pair), genre_a=pair[0], genre_b=pair[1]) for pair in pairs]
    run.record("optimise", StageRows(tables={"genre_pairs": pd.DataFrame(rows)}))
    write_csv(GENRE_PAIRS, conform(GENRE_PAIRS, assemble_exports(run)["genre_pairs"]), tmp_path / "pairs.csv")
    written = pd.read_csv(tmp_path / "pairs.csv")
    assert set(written["pair"]) == {"genre-1/genre-TRUE", "rock/a/b", "genre-1/rock"}
    assert (written["genre_a"] + "/" + written["genre_b"] == written["pair"]).all()
