"""Write the sheet: ``reporting_sheet.html``, one file that asks nobody for anything, and ``reporting_sheet.json``."""

import json
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline import __version__
from pipeline.errors import InputError
from pipeline.printable import printable
from pipeline.report.sheet import goals_and_data, leaks, models_and_claims
from pipeline.report.sheet.answer import Answer
from pipeline.report.sheet.facts import RunFacts
from pipeline.report.sheet.reforms import CITATION, ITEMS, MODULES

PAGE, DATA = "reporting_sheet.html", "reporting_sheet.json"
SHEET_FILES = (PAGE, DATA)
ANSWERS = goals_and_data.ANSWERS | models_and_claims.ANSWERS


def read_told(path: Path) -> dict[str, str]:
    """Read what a person answers: a TOML file of lines like ``1b = "why"``.

    Raises
    ------
    InputError
        where it can't be read, names no item, or an answer is no text
    """
    try:
        own_words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"--answers {str(path)!r} can't be read: {error}") from error
    for number, words in own_words.items():
        if number not in ANSWERS:
            raise InputError(f"--answers {str(path)!r}: there is no item {number!r}; there are: {', '.join(ANSWERS)}")
        if not isinstance(words, str) or not words.strip():
            raise InputError(f"--answers {str(path)!r}: the answer to {number} is no text: {words!r}; put it in quotes")
    return own_words


def sheet(facts: RunFacts, own_words: Mapping[str, str]) -> dict[str, Any]:
    """Return the sheet as JSON has it."""
    answers = {
        item.number: replace(ANSWERS[item.number](facts), own_words=own_words.get(item.number, "")) for item in ITEMS
    }
    statuses = [answer.status for answer in answers.values()]
    return {
        "checklist": CITATION,
        "run_id": facts.run_id,
        "dataset": facts.dataset,
        "written_by": f"genrelab {__version__}",
        "again": f"genrelab run --dataset {shlex.quote(facts.dataset)} --from export --answers FILE",
        "headline": facts.found.sentences if facts.found else [],
        "n": {status: statuses.count(status) for status in ("filled", "partly", "asked")},
        "items": [
            {"number": item.number, "module": item.module, "asks": item.asks, **_as_json(answers[item.number])}
            for item in ITEMS
        ],
        "leakage": {"taxonomy": leaks.CITATION, "kinds": [_leak(leak, facts) for leak in leaks.LEAKS]},
    }


def write_sheet(facts: RunFacts, folder: Path, own_words: Mapping[str, str]) -> dict[str, Any]:
    """Write both files into a folder that is there, and return what they hold."""
    content = sheet(facts, own_words)
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8", "backslashreplace")
    (folder / DATA).write_bytes(text + b"\n")
    environment = Environment(
        loader=PackageLoader("pipeline.report.sheet", ""), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown,
    )  # fmt: skip
    page = environment.get_template("page.html").render(sheet=content, modules=MODULES)
    (folder / PAGE).write_text(page, encoding="utf-8")
    return content


def _as_json(answer: Answer) -> dict[str, Any]:
    table = answer.table
    return {
        "status": answer.status,
        "answer": [*answer.says, *([answer.own_words] if answer.own_words else [])],
        "told_by_a_person": bool(answer.own_words),
        "source": answer.source,
        "please": "" if answer.own_words else answer.please,
        "table": {"columns": list(table.columns), "rows": [list(row) for row in table.rows], "n_more": table.n_more}
        if table else None,
    }  # fmt: skip


def _seen(leak: leaks.Leak, facts: RunFacts) -> str:
    if any(facts.warns(name) for name in leak.checks):
        return "warning"
    can_tell = leak.can_tell(facts) and any(facts.check(name) for name in leak.checks)
    return "no sign" if can_tell else "not visible"


def _leak(leak: leaks.Leak, facts: RunFacts) -> dict[str, Any]:
    says = [words for name in leak.checks for words in facts.check(name)]
    about = leak.says(facts)
    return {
        "number": leak.number,
        "kind": leak.kind,
        "seen": _seen(leak, facts),
        "says": [*([about] if about else []), *says],
    }


def _shown(value: Any) -> Any:
    """Write out what would turn the page's text around, before it is escaped."""
    return printable(value) if type(value) is str else value
