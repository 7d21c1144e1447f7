"""Music without labels: files or rows of a table in, each with the answer of a run's champion out.

Conventions
-----------
- A file is decoded, cut and measured by the extraction's own hands (`pipeline.extract.fan_out.hand_out`); what comes of
  it is kept in ``labels`` instead of ``segments``, and vouches for itself: a file that has not changed, asked of the
  same champion, is not heard again.
- One answer, whoever asks: the page's `Judge` asks the same `Classifier`.

What the room gives is listed in ``__init__.pyi``. Each name is imported when it is first asked for: who asks what a
champion said needs nothing of what hears music.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
