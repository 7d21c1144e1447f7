"""Tests judge no machine by its clock: whoever waits does so by tests/patience.py, and nobody measures seconds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
WAITS = {"wait", "join", "communicate"}
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
MAY = {"patience.py", "campaign.py", "reader.py"}
"""Has the clock; and those of ``python -m tests.fuzz --seconds``, which lasts as long as it is told."""


def own_clocks(code: str) -> Iterator[int]:
    """Yield the lines that read a clock, or give up after a number of seconds of their own."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and ast.unparse(node.value) == "time":
            yield node.lineno
        if isinstance(node, ast.Call):
            waits = node.args if isinstance(node.func, ast.Attribute) and node.func.attr in WAITS else []
            limits = [*waits, *(keyword.value for keyword in node.keywords if keyword.arg == "timeout")]
            yield from (limit.lineno for limit in limits if _is_number(limit))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def test_one_constant_says_when_something_hangs_and_no_test_reads_the_clock():
    found = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("*.py")
        if path.name not in MAY
        for line in own_clocks(path.read_text(encoding="utf-8"))
    }
    assert found == set(), "wait by tests/patience.py; measure seconds in benchmarks/"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("run(command, timeout=60)", [1]),
        ("process.wait(2.5)", [1]),
        ("process.communicate(timeout=5)", [1]),
        ("import time\nassert time.monotonic() - began < 5", [2]),
        ("run(command, timeout=HANG_S)\nprocess.wait()\n', '.join(words)", []),
        ("thread.join(HANG_S)\ntime.process_time()", []),
    ],
)
def test_a_clock_of_ones_own_is_seen(code, lines):
    assert list(own_clocks(code)) == lines
