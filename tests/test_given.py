"""Parameters of a notebook that papermill runs by itself: taken as what they can only mean, or refused in one line."""

import re
from dataclasses import dataclass, fields

import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from pipeline.errors import InputError
from pipeline.settings import NOTEBOOKS_DIR
from pipeline.stages import take_parameters


@dataclass(frozen=True)
class Options:
    windows: str = "30,3"
    repeats: int = 5
    share: float = 0.1
    append: bool = False


def given(injected: str = "", **values) -> dict:
    """Return the globals of a notebook after its parameters' cells."""
    return {"dataset": "", "run_id": "", "windows": "30,3", "repeats": 5, "share": 0.1, "append": False,
            "In": ["", "dataset: str = ''", f"# Parameters\n{injected}"], **values}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("dataset", 2024, "2024"), ("windows", 3, "3"), ("windows", 2.5, "2.5"), ("windows", [30, 3], "30,3"),
        ("windows", ("a", "b"), "a,b"), ("repeats", "7", 7), ("share", 0, 0), ("share", "0.2", 0.2),
        ("append", "false", False), ("append", "True", True), ("windows", "x", "x"),
    ],
)  # fmt: skip
def test_a_value_that_can_mean_one_thing_is_that(name, value, taken):
    namespace = given(f"{name} = {value!r}", **{name: value})
    options = take_parameters(namespace, Options)
    assert options == Options(**{field.name: namespace[field.name] for field in fields(Options)})
    assert namespace[name] == taken
    assert type(namespace[name]) is type(taken)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("repeats", None, "a whole number"), ("repeats", 2.5, "a whole number"), ("repeats", True, "a whole number"),
        ("repeats", "", "a whole number"), ("append", "no", "true or false"), ("append", 0, "true or false"),
        ("share", "a lot", "a number"), ("share", False, "a number"), ("windows", None, "text"),
        ("windows", True, "text"), ("windows", [], "text"), ("windows", [None], "text"), ("dataset", {}, "text"),
    ],
)  # fmt: skip
def test_any_other_value_is_refused_with_what_is_wanted(name, value, wanted):
    with pytest.raises(InputError, match=f"parameter '{name}' must be {wanted}, not "):
        take_parameters(given(f"{name} = {value!r}", **{name: value}), Options)


def test_a_name_that_the_notebook_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(InputError, match="no parameter 'reapeats'; there are: append, dataset, repeats, run_id, share"):
        take_parameters(given("repeats = 1\nreapeats = 2", reapeats=2), Options)


def test_names_that_a_notebook_sets_later_are_no_parameters():
    take_parameters(given("", run=1, matrix=2), Options)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"jbos": 1}, "this notebook has no parameter 'jbos'; there are: dataset, jobs, run_id, scheduler, seed"),
        ({"dataset": "unheard"}, "there is no dataset 'unheard'"),
    ],
)
def test_papermill_alone_gets_one_line_and_no_traceback(tmp_path, database, parameters, told):
    out = tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError) as caught:
        papermill.execute_notebook(NOTEBOOKS_DIR / "03_explore.ipynb", out, parameters, progress_bar=False)
    assert caught.value.evalue.startswith(told)
    assert len(caught.value.traceback) == 1
    assert re.sub(r"\x1b\[[\d;]*m", "", caught.value.traceback[0]) == caught.value.evalue
