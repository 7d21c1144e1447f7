"""What is printed can't make a terminal do anything, whatever files, artists and genres are called."""

import ast
import io
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.printable import printable, say
from pipeline.runner.engine import _BarEcho
from pipeline.settings import PROJECT_DIR
from tests.patience import HANG_S

HOSTILE = (
    "\x1b[2J\x1b[31mred",
    "\x9b2J",
    "\x1b]0;title\x07",
    "a\rb",
    "a\bb",
    "\u202eevil",
    "\u2066x",
    "\udcff",
    "\x7f",
)
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_that_a_terminal_obeys_is_left_and_all_else_is_as_it_was(text):
    shown = printable(text)
    assert not OBEYED.search(shown)
    assert shown == "".join(ascii(letter)[1:-1] if OBEYED.match(letter) else letter for letter in text)
    shown.encode()


@pytest.mark.parametrize("text", ["", "Ünïcode", "民謡\tа́\n", "👩‍🎤", "نهاية", "a\\x1b"])
def test_letters_of_all_languages_stay(text):
    assert printable(text) == text


def test_nothing_else_of_unicode_controls_or_turns_text():
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for code in range(0x110000):
        letter = chr(code)
        obeyed = (
            unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(letter) in turning
        )
        if obeyed and letter not in "\n\t":
            assert printable(letter) != letter, hex(code)


def test_what_libraries_log_is_as_printable_as_what_is_said():
    names = "".join(HOSTILE[:-2])
    code = (
        "import logging; from pipeline.printable import log_printably; log_printably(with_time=True)\n"
        f"try: raise OSError({names!r})\n"
        "except OSError: logging.getLogger('flask').exception('can not read %s', " + repr(names) + ")"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG_S)
    assert done.stderr.count(printable(names)) == 2
    assert "Traceback" in done.stderr
    assert not OBEYED.search(done.stderr)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_error_is_one_line_of_text(main, monkeypatch, name):
    def fail(*_, **__):
        raise InputError(f"no folder {name}")

    monkeypatch.setattr("pipeline.cli.db.server_uri", fail)
    told = main("db", "uri")
    assert told.status == 2
    assert not OBEYED.search(told.err.rstrip("\n"))
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_the_traceback_of_our_own_fault_is_text(main, monkeypatch, name):
    def fail(*_, **__):
        raise RuntimeError(name)

    monkeypatch.setattr("pipeline.cli.db.server_uri", fail)
    told = main("db", "uri")
    assert told.status == 1
    assert "Traceback" in told.err
    assert "RuntimeError" in told.err
    assert not OBEYED.search(told.err)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_batch_echoes_what_notebooks_print_as_text(name):
    class Bar:
        fp = io.StringIO()
        state = ""

        def write(self, text, file):
            file.write(text)

        def set_postfix_str(self, text, refresh):
            self.state = text

    bar = Bar()
    _BarEcho(bar).write(f"track {name} is there\n\rextract: 5%|  | {name}")
    assert not OBEYED.search(bar.fp.getvalue() + bar.state)
    assert bar.fp.getvalue() or "\r" in name


def test_a_line_is_said_where_it_belongs(capsys):
    say("to read")
    say("to notice\x1b[2J", err=True)
    assert capsys.readouterr() == ("to read\n", "to notice\\x1b[2J\n")


def test_what_c_libraries_write_is_not_shown_and_what_python_writes_is():
    code = """
import logging, os, subprocess, sys
from pipeline.printable import libraries_quiet, log_printably, say
log_printably()
with libraries_quiet():
    os.write(2, b"Note: Illegal Audio-MPEG-Header")
    logging.getLogger("of a library").warning("logged")
    say("said", err=True)
    subprocess.run(["sh", "-c", "echo by a child >&2"], check=True)
os.write(2, b"afterwards")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG_S, check=True)
    assert done.stderr == "logged\nsaid\nafterwards"
    closed = "from pipeline.printable import libraries_quiet\nwith libraries_quiet(): print(1)"
    command = ["sh", "-c", f"{sys.executable} -c '{closed}' 2>&-"]
    assert subprocess.run(command, capture_output=True, timeout=HANG_S, check=True).stdout == b"1\n"


def test_nothing_is_printed_by_another_function():
    by_others = []
    for path in sorted((PROJECT_DIR / "pipeline").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "typer.echo", "sys.stdout.write"):
                by_others.append(f"{path.relative_to(PROJECT_DIR)}: {ast.unparse(node)}")
    allowed = re.compile(r"pipeline/printable\.py: |.*context\.get_help\(\)")
    assert [call for call in by_others if not allowed.match(call)] == []


@pytest.mark.parametrize("drawn", [False, True])
def test_a_bar_is_drawn_for_a_person_and_never_into_a_pipe(drawn):
    swap = "import io; sys.stdout = io.StringIO()\n" if drawn else ""  # as a kernel does
    draw = "with bar('hear', 'track', 2) as shown: shown.update(2)\n"
    told = "print(repr(sys.stdout.getvalue()), file=sys.__stdout__)" if drawn else ""
    code = f"import sys; from pipeline.printable import bar\n{swap}{draw}{told}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ("hear: 100%" in ended.stdout) == drawn
    assert ended.stderr == ""
