"""The examples in docstrings give what they show; a module that has none is not imported for it."""

import doctest
from importlib import import_module

import pytest

from pipeline.settings import PROJECT_DIR

WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PROJECT_DIR).with_suffix("").parts)
    for path in (PROJECT_DIR / "pipeline").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_give_what_they_show(name):
    done = doctest.testmod(import_module(name), raise_on_error=False)
    assert done.attempted > 0
    assert done.failed == 0, "what differs is printed above"


def test_there_are_examples():
    assert len(WITH_EXAMPLES) >= 3
