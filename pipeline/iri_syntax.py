"""The grammar of internationalised addresses, compiled when one is checked instead of whenever jsonschema is imported.

nbformat, papermill and Altair import jsonschema, and that the package ``rfc3987_syntax``, which compiles 38 grammars:
more than a second at the start of each run, for addresses that no notebook and no chart holds.

There is no ordinary way around it: JupyterLab's jupyter_events requires the package, jsonschema imports it wherever it
is installed, and a function from it at once, which ``importlib.util.LazyLoader`` can't put off.
"""

import importlib
import sys
from types import ModuleType

NAME = "rfc3987_syntax"


def postpone() -> None:
    """Put what imports the package on first use in its place, unless it is imported already."""
    if NAME not in sys.modules:
        stand_in = ModuleType(NAME, __doc__)
        setattr(stand_in, "is_valid_syntax", _is_valid_syntax)  # noqa: B010 - a module declares no attributes
        sys.modules[NAME] = stand_in


def _is_valid_syntax(term: str, value: str) -> bool:
    if not hasattr(sys.modules.get(NAME), "__path__"):
        sys.modules.pop(NAME, None)
    return importlib.import_module(NAME).is_valid_syntax(term, value)
