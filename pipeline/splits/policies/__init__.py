"""The split policies: a module each, and the list of them; README.md beside this file tells them apart."""

from collections.abc import Iterable, Sequence

import pandas as pd

from pipeline.errors import InputError
from pipeline.splits.policies.artist import ARTIST, say_unknown_artists
from pipeline.splits.policies.policy import Policy
from pipeline.splits.policies.predefined import PREDEFINED, predefined_side
from pipeline.splits.policies.random import RANDOM
from pipeline.splits.policies.track import TRACK

POLICIES: dict[str, Policy] = {policy.name: policy for policy in (RANDOM, TRACK, ARTIST, PREDEFINED)}

USUAL = TRACK.name
"""What results are read under unless another policy is asked for."""

COMPARED = (TRACK.compared_with, TRACK.name)
"""Always evaluated: the leak gap is the difference between them."""


def find_policy(name: str) -> Policy:
    """Return a policy by name.

    Raises
    ------
    InputError
        where there is none, naming those there are
    """
    if name not in POLICIES:
        raise InputError(f"--split {name!r} is not a split policy; there are: {', '.join(POLICIES)}")
    return POLICIES[name]


def in_order(names: Iterable[str]) -> list[Policy]:
    """Return the policies of these names, each once, in the order of ``POLICIES``.

    Raises
    ------
    InputError
        as `find_policy`
    """
    return sorted(map(find_policy, set(names)), key=list(POLICIES.values()).index)


def policies_for(policy: str) -> tuple[str, ...]:
    """Return the policies to evaluate where results are read under `policy`: those of the leak gap, and those needed.

    These are `policy` and the one that its scores are compared with.
    """
    return tuple(dict.fromkeys((*COMPARED, find_policy(policy).compared_with, policy)))


def stand_ins(names: Sequence[str], rows: pd.DataFrame) -> dict[str, str]:
    """Return for each policy the one whose splits are its own too, so that nothing has to be fitted for both.

    It is the last of those that draw the same splits of these rows (`Policy.draws_as`), in the order of ``POLICIES``:
    one that keeps something whole stands in for the shuffle. Of others it is the policy itself.

    Parameters
    ----------
    names : sequence of str
    rows : pd.DataFrame [shape=(n, …)]
        as in ``Samples``
    """
    last_first = in_order(names)[::-1]
    return {
        one.name: next(other.name for other in last_first if other is one or one.draws_as(other, rows))
        for one in last_first
    }


def holdout_policy(policy: str) -> str:
    """Return the policy that scores on the holdout go by where the champion is chosen under `policy`.

    The holdout is drawn once, of whole tracks, and of whole artists where these are known, whatever policy is asked
    for. Its scores stand beside the test scores that the champion was chosen by: under ``artist`` their intervals are
    over artists, under ``predefined`` they leave out what the metadata exclude. There is no shuffled holdout: under
    ``random`` they are those of the policy that it is compared with.
    """
    asked = find_policy(policy)
    return asked.name if asked.honest else asked.compared_with


def say_resampled() -> str:
    """Say what intervals are over: ``over tracks, under artist over artists``."""
    usual = POLICIES[USUAL].resampled
    others = [f"under {policy.name} over {policy.resampled}" for policy in POLICIES.values()
              if policy.resampled != usual]  # fmt: skip
    on_holdout = "on a holdout of whole artists over artists; a track of no known artist counts as one"
    return ", ".join([f"over {usual}", *others, on_holdout])


__all__ = [
    "COMPARED",
    "POLICIES",
    "USUAL",
    "Policy",
    "find_policy",
    "holdout_policy",
    "in_order",
    "policies_for",
    "predefined_side",
    "say_resampled",
    "say_unknown_artists",
    "stand_ins",
]
