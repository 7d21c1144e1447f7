"""What a manifest must say, and of which type: anybody may have written it."""

import math
from collections.abc import Callable, Mapping
from typing import Any


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_length(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_versions(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_probe(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, dict) and isinstance(each.get("values"), list) and all(map(_is_number, each["values"]))
        for each in value.values()
    )


def _is_members(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, dict) and _is_length(each.get("bytes")) and _is_text(each.get("sha256"))
        for each in value.values()
    )


FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "genrelab": _is_text,
    "dataset": _is_text,
    "run_id": _is_text,
    "model": _is_text,
    "feature_set": _is_text,
    "window_s": _is_number,
    "features": _is_words,
    "genres": _is_words,
    "measured": _is_flag,
    "synthetic": _is_flag,
    "versions": _is_versions,
    "probe": _is_probe,
    "members": _is_members,
}
"""By name, whether a value of it is one."""


def say_wrong(about: Mapping[str, Any]) -> str:
    """Say which field is lacking or of another type; empty where all are right."""
    for name, is_right in FIELDS.items():
        if name not in about:
            return f"it lacks {name!r}"
        if not is_right(about[name]):
            return f"its {name!r} is of another type"
    return ""
