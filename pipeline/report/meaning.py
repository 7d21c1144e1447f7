"""What a column says, with what the room that owns its values says of each."""

from collections.abc import Mapping

from pipeline.splits import POLICIES
from pipeline.tables import Column

OWNED: Mapping[str, Mapping[str, str]] = {
    "split_policy": {name: policy.about for name, policy in POLICIES.items()},
}
"""By column: its values, and what each stands for."""


def full_meaning(column: Column) -> str:
    """Return the meaning of a column and, where another room than `tables` owns its values, that of each."""
    values = (f"{value}: {about}" for value, about in OWNED.get(column.name, {}).items())
    return "; ".join([column.meaning, *values])
