"""What is computed, and what is said where it can't be."""

from dataclasses import replace

import pytest

from pipeline.errors import InputError
from pipeline.report.show import show_table
from pipeline.reproduce import PARTS, ReproduceOptions, fifteenth_class, lay_out, open_bench, reproduce
from pipeline.reproduce.parts import why_not
from tests.short_music import write_short_music


@pytest.mark.parametrize("name", [name for name, part in PARTS.items() if part.needs])
def test_without_data_every_row_names_the_table_that_is_missing(bench, name):
    table = reproduce(bench, name)
    reason = f"not computed: {PARTS[name].needs[0]} is not there, as no folder of data was given"
    assert set(table["why"]) == {reason}
    assert table["honest"].isna().all()
    assert table["published"].notna().any()


def test_a_folder_that_lacks_a_table_is_told_by_the_table(bench, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "features_30_sec.csv").touch()
    table = reproduce(replace(bench, data=tmp_path), "gtzan")
    assert set(table["why"]) == {"not computed: tables/gtzan_metadata.csv is not there"}


def test_a_part_that_is_not_wanted_is_left_out(bench):
    assert set(reproduce(replace(bench, parts=("gtzan",)), "windows_demo")["why"]) == {
        "not computed: this part was left out"
    }


def test_a_part_that_there_is_not_is_refused_with_those_there_are(bench):
    with pytest.raises(InputError, match="no part 'jazz' of the reproduction; there are: six_seconds, spotify"):
        reproduce(replace(bench, parts=("jazz",)), "gtzan")


def test_without_the_table_there_is_no_fifteenth_class_to_explain(bench):
    assert fifteenth_class(bench) == []


def test_a_folder_of_data_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        open_bench(None, ReproduceOptions(data=str(tmp_path / "absent")))


def test_a_page_shows_reasons_and_sources_and_leaves_missing_numbers_empty(bench):
    page = show_table(lay_out(reproduce(bench, "gtzan"))).html
    assert "features_30_sec.csv is not there" in page
    assert "swastiranjan" in page
    assert "nan" not in page.casefold()


def test_what_needs_no_data_waits_to_be_asked_for(bench):
    assert "with parts windows_demo this one is computed" in reproduce(bench, "windows_demo")["why"].iloc[0]
    assert why_not(replace(bench, parts=("pairs_demo",)), "pairs_demo") == ""


def test_a_folder_of_music_is_brought_in_under_a_name_of_its_own_and_its_pair_told_apart(bench, database, tmp_path):
    short = write_short_music(tmp_path, 16)
    folder = tmp_path / "data" / "fma"
    folder.mkdir(parents=True)
    (short / "rock").rename(folder / "Rock")
    (short / "jazz").rename(folder / "Hip-Hop")
    bench = replace(bench, database=database, data=folder.parent)
    before = set(database["datasets"].distinct("dataset"))
    pairs = reproduce(bench, "pairs_fma").set_index("rows")
    assert set(database["datasets"].distinct("dataset")) - before == {"reproduce-fma"}
    assert 0 <= pairs.loc["Hip-Hop/Rock", "honest"] <= 1
    assert pairs["honest"].notna().sum() == 1
    windows = reproduce(bench, "windows_fma").set_index("rows")
    assert windows.loc["3 s", "honest"].notna().all()
    assert set(windows.loc["30 s", "why"]) == {"not computed: there are no such rows"}
