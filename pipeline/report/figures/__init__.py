"""The figures of the notebooks: each takes a tidy table and returns a matplotlib Figure.

As of the store, names are imported when they are first asked for: what a stage doesn't draw, it doesn't wait for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
