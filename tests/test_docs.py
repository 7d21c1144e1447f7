"""What is written from the declarations is as it was written, and tells of everything that they declare."""

import pytest

from docs import PROJECT, written
from docs.dictionary import ON_THE_PAGE
from pipeline.quality import MEANINGS
from pipeline.reasons import REASONS
from pipeline.splits import POLICIES
from pipeline.store.schema import load_schema, natural_key
from pipeline.tables import BESIDE, CHAMPION, SCORES, TABLES, stored_in

WRITTEN = written()
PAGE = WRITTEN[PROJECT / "exports" / "README.md"]


def section(heading: str) -> list[str]:
    """Return the lines of a part of the data dictionary."""
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0].splitlines()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_is_committed_is_what_would_be_written(path):
    assert path.read_text(encoding="utf-8") == WRITTEN[path], "run: make docs"


def test_the_validators_that_follow_are_those_of_the_collections_that_keep_tables():
    follow = {path.stem for path in WRITTEN if path.suffix == ".json"}
    kept = {table.collection for table in (*TABLES, *BESIDE) if table.collection}
    assert follow == kept == {"scores", "results", "predictions", "labels"}


@pytest.mark.parametrize("table", [*TABLES, *BESIDE], ids=lambda table: table.name)
def test_the_data_dictionary_describes_every_column_of_every_table(table):
    rows = [line for line in section(table.file_name) if line.startswith("| `")][: len(table.columns)]
    for column, row in zip(table.columns, rows, strict=True):
        meaning = ON_THE_PAGE.get(column.meaning, column.meaning)
        assert row.startswith(f"| `{column.name}` | {column.kind} | {column.unit} | {meaning} |")
        assert row.endswith("|  |" if column.required else "| yes |")


def test_the_data_dictionary_describes_every_reason_check_and_policy():
    reasons = [f"| `{code}` | {reason.meaning} | {reason.mend} |" for code, reason in REASONS.items()]
    checks = [f"| `{check}` | {meaning} |" for check, meaning in MEANINGS.items()]
    policies = [f"| `{name}` | {policy.about} | over {policy.resampled} |" for name, policy in POLICIES.items()]
    assert section("rejects.csv")[-len(reasons) :] == reasons
    assert section("data_quality.csv")[-len(checks) :] == checks
    assert section("Split policies")[-len(policies) :] == policies


def test_every_table_of_the_page_is_one_to_a_reader_of_markdown():
    lines = PAGE.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("|---"):
            columns = line.count("|")
            assert lines[place - 2] == "", line
            end = next((n for n, later in enumerate(lines[place:], place) if not later.startswith("|")), len(lines))
            assert {row.replace(r"\|", "").count("|") for row in lines[place - 1 : end]} == {columns}
            assert end == len(lines) or lines[end] == ""


def test_what_tells_scores_apart_in_the_database_tells_them_apart_in_their_export():
    assert set(natural_key("scores")) - {"generation"} == set(SCORES.row_key)


def test_what_runs_say_of_the_champion_is_what_their_export_says_of_it():
    champion = load_schema()["runs"]["validator"]["$jsonSchema"]["properties"]["champion"]
    told = {column.name.removeprefix("champion_") for column in CHAMPION}
    assert told == champion["properties"].keys() - {"warnings", "card", "unknown_genres", "holdout_one_artist"}


def test_a_collection_names_as_its_own_only_fields_that_no_table_declares():
    for collection in ("scores", "results", "predictions"):
        own = load_schema()[collection]["own"]
        assert not {column for table in stored_in(collection) for column in table.names} & set(own)
