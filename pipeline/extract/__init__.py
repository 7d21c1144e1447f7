"""From tracks to segments: fan-out, resume, rejects; then duplicates and the holdout.

What the room gives is listed in ``__init__.pyi``. Each name is imported when it is first asked for: a worker needs none
of them, and need not wait for what they need.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
