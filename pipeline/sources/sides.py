"""The sides of a predefined split, and the words for them."""

SIDES = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val", "dev"),
    "test": ("test", "testing"),
}
"""What a cell or a folder may say, whatever its case; any other word, and an empty cell, excludes the track."""

_SIDE_OF = {word: side for side, words in SIDES.items() for word in words}


def predefined_side(value: str | None) -> str:
    """Return ``train``, ``valid``, ``test``, or an empty string for what is excluded."""
    return _SIDE_OF.get(value.strip().casefold(), "") if isinstance(value, str) else ""
