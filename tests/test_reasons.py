"""One table of reason codes: the code can use no other, uses each, and tells the user of all."""

import re
from pathlib import Path

import pytest

from pipeline.errors import AudioError
from pipeline.reasons import REASONS
from pipeline.sources import Reject

PROJECT = Path(__file__).parents[1]


def test_the_data_dictionary_lists_every_reason_with_its_meaning_and_what_to_do():
    text = (PROJECT / "exports" / "README.md").read_text(encoding="utf-8")
    table = text.split("| reason | meaning | what to do |\n|---|---|---|\n")[1].split("\n\n")[0]
    rows = [f"| `{code}` | {reason.meaning} | {reason.mend} |" for code, reason in REASONS.items()]
    assert table.splitlines() == rows


def test_every_reason_is_given_somewhere():
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "pipeline").rglob("*.py")]
    given = {code for text in sources for code in re.findall(r'"([a-z_]+)"(?!: Reason)', text)}
    assert set(REASONS) <= given


@pytest.mark.parametrize("rejecting", [lambda code: Reject("a.wav", code, "…"), lambda code: AudioError(code, "…")])
def test_a_reason_that_is_not_in_the_table_cannot_be_given(rejecting):
    with pytest.raises(ValueError, match=r"no reason code 'mood': add it to pipeline/reasons\.py"):
        rejecting("mood")
