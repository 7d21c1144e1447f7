"""What is done where the campaigns are left out: a property that needs many examples meets fewer."""

from hypothesis import settings

FEWER = 4
"""One in so many is met where the campaigns are left out, but never fewer than of any other property."""


def examples(most: int) -> settings:
    """Return settings of `most` examples with the campaigns, else of a part of them."""
    return settings(max_examples=max(settings.default.max_examples, most // FEWER) if is_everyday() else most)


def is_everyday() -> bool:
    """Return whether the campaigns are left out, as by `make test`."""
    return settings.get_current_profile_name() == "few"
