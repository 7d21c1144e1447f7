"""Which tracks there are: audio folder, feature table, metadata, demo corpus.

What the room gives is listed in ``__init__.pyi``. Each name is imported when it is first asked for: who reads audio
need not wait for what tables need.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
