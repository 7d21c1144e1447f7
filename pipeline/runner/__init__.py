"""The batch: the notebooks of the stages executed one after the other by papermill, each recorded in ``runs``.

What the room gives is listed in ``__init__.pyi``, and imported when it is first asked for: that a run has nothing to do
is told without papermill.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
