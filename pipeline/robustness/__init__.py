"""Changes of the audio that should not matter, and what is measured of a clip that they were made to.

What the room gives is listed in ``__init__.pyi``. Each name is imported when it is first asked for: where no audio is
played, nothing is needed of what plays it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
