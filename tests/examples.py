"""How many examples a property meets that needs more than the profile gives."""

from hypothesis import settings

FEWER = 4
"""One in so many is met where the campaigns are left out, but never fewer than of any other property."""


def examples(most: int) -> settings:
    """Return settings of `most` examples with the campaigns, else of a part of them."""
    everyday = settings.get_current_profile_name() == "few"
    return settings(max_examples=max(settings.default.max_examples, most // FEWER) if everyday else most)
