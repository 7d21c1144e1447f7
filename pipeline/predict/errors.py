"""Why nothing can be asked of a champion."""

from pipeline.errors import InputError


class NoModelError(InputError):
    """There is no champion that could answer."""
