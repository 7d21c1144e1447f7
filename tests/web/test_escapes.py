"""What a file, an artist or a genre is called is text on every page, whatever it is called."""

from types import SimpleNamespace

import pytest

from pipeline.web.app import create_app

HOSTILE = ("<b>x</b>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "'-alert(1)-'", "{{7*7}}")


@pytest.fixture(scope="module")
def parts():
    desk = SimpleNamespace(database=None, dataset="d")
    return create_app(desk, hosts=frozenset()).jinja_env.get_template("parts.html").module


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("row", [("title", "artist"), ("track_id",)])
def test_a_record_shows_its_names_as_text(parts, name, row):
    shown = str(parts.record({"title": "", "artist": ""} | dict.fromkeys(row, name)))
    for sign in "<>'\"":
        assert shown.count(sign) == str(parts.record({"title": "", "artist": ""} | dict.fromkeys(row, "x"))).count(sign)
    assert "49" not in shown
