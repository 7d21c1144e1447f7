"""One table of reason codes: the code can use no other, and uses each."""

import re
from pathlib import Path

import pytest

from pipeline.errors import AudioError
from pipeline.reasons import REASONS
from pipeline.sources import Reject

PROJECT = Path(__file__).parents[1]


def test_every_reason_is_given_somewhere():
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "pipeline").rglob("*.py")]
    given = {code for text in sources for code in re.findall(r'"([a-z_]+)"(?!: Reason)', text)}
    assert set(REASONS) <= given


@pytest.mark.parametrize("rejecting", [lambda code: Reject("a.wav", code, "…"), lambda code: AudioError(code, "…")])
def test_a_reason_that_is_not_in_the_table_cannot_be_given(rejecting):
    with pytest.raises(ValueError, match=r"no reason code 'mood': add it to pipeline/reasons\.py"):
        rejecting("mood")
