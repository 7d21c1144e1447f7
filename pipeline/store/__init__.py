"""MongoDB: connecting, the embedded server, the schema, documents in, DataFrames out.

What the room gives is listed in ``__init__.pyi``. Each name is imported when it is first asked for: most commands need
no DataFrame, and need not wait for pandas.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
