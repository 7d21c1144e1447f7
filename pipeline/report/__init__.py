"""What people look at: figures, tidy tables, and the files of ``exports/``.

As of the store, names are imported when they are first asked for: a notebook that shows a table need not wait for what
draws dashboards.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
