"""Errors of MongoDB as a notebook shows them: in our words, for the driver's may hold parts of a URI.

A traceback stays in the notebook's file, and in its HTML copy.
"""

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from pymongo.errors import PyMongoError


def tell_by(words_of: Callable[[Exception], str]) -> None:
    """Let the notebook that this is called in, if any, tell errors of the driver by `words_of`."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or shell.custom_exceptions:
        return

    def show(shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None) -> None:
        for each in _with_what_led_to(error):
            if isinstance(each, PyMongoError):
                each.args = (words_of(each),)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), show)


def _with_what_led_to(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [other for other in (each.__cause__, each.__context__) if other is not None]
            waiting += getattr(each, "exceptions", ())
