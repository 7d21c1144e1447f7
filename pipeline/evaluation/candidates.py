"""What is compared: each model on all rows that it takes, under each split policy; and why others are not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.samples import Samples
from pipeline.features import sets_of_kind
from pipeline.models import ZooEntry, find_entry

TestedKey = tuple[str, str, float, str]


@dataclass(frozen=True)
class Candidate:
    """One model on one set of rows under one split policy, searched for its parameters with some effort."""

    model: str
    samples: Samples = field(repr=False)
    policy: str
    search: str = "none"

    @property
    def name(self) -> str:
        """What tells it from the others, in words."""
        return f"{self.model} on {self.samples.window_s:g}-second rows of {self.samples.feature_set}, {self.policy}"

    @property
    def key(self) -> TestedKey:
        """The first of ``DIMENSIONS``: model, feature set, window [s] and split policy."""
        return self.model, self.samples.feature_set, self.samples.window_s, self.policy


def plan(
    samples: Sequence[Samples], models: Sequence[str], policies: Sequence[str], search: str = "none"
) -> list[Candidate]:
    """Return every model on every window that it takes under every policy.

    A model of vectors is tried on all features and, where they are told apart, on means only. A baseline looks
    at no feature, so it comes once. What can't be tried is left out: `roll_call` tells why.
    """
    return [
        Candidate(model, variant, policy, search)
        for chosen in samples
        for policy in policies
        for model in models
        for variant in _variants(model, chosen)
    ]


def roll_call(samples: Sequence[Samples], models: Sequence[str]) -> pd.DataFrame:
    """Tell which models are compared, and why the others are not.

    Returns
    -------
    pd.DataFrame
        ``model``, ``about`` (where it comes from), ``takes``, ``searched`` (parameters), ``state``
    """
    rows = []
    for name in models:
        entry = find_entry(name)
        parameters = ", ".join(parameter.split("__")[-1] for parameter in entry.space)
        rows.append((name, entry.about, _say_taken(entry.kind), parameters or "nothing", _state(entry, samples)))
    return pd.DataFrame(rows, columns=["model", "about", "takes", "searched", "state"])


def refuse_guesses(candidates: Sequence[Candidate], roll: pd.DataFrame) -> None:
    """Refuse what has no model but baselines.

    Parameters
    ----------
    candidates : sequence of Candidate
        as planned
    roll : pd.DataFrame
        of `roll_call`

    Raises
    ------
    InputError
    """
    if all(find_entry(candidate.model).baseline for candidate in candidates):
        why = [f"{model} is {state}" for model, state in zip(roll["model"], roll["state"], strict=True)]
        raise InputError(f"no model but a baseline can be compared here: {'; '.join(why)}")


def _state(entry: ZooEntry, samples: Sequence[Samples]) -> str:
    if entry.missing:
        return f"left out: {entry.missing}"
    return (
        "compared"
        if any(entry.takes(chosen.kind) for chosen in samples)
        else f"left out: needs {_say_taken(entry.kind)}, see --features"
    )


def _say_taken(kind: str) -> str:
    """Say what models of a kind take."""
    return "any features" if kind == "vectors" else " or ".join(sets_of_kind(kind))


def _variants(model: str, samples: Samples) -> list[Samples]:
    """Return the rows that a model takes: these, and these without their variances, or none."""
    entry = find_entry(model)
    if entry.missing or not entry.takes(samples.kind):
        return []
    means = samples.means_only() if entry.kind == "vectors" and not entry.baseline else None
    return [samples] if means is None else [samples, means]
