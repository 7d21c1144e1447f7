"""The eight kinds of leakage that Kapoor and Narayanan tell apart, and what this run shows of each.

Kapoor and Narayanan 2023: Leakage and the reproducibility crisis in machine-learning-based science. Patterns 4(9),
100804, doi:10.1016/j.patter.2023.100804. The numbers are theirs, the words are not. `tests/report/test_leaks.py` plants
each kind in a small dataset.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.report.sheet.facts import RunFacts

CITATION = (
    "Kapoor and Narayanan 2023, Leakage and the reproducibility crisis in machine-learning-based science, Patterns "
    "4(9), doi:10.1016/j.patter.2023.100804"
)


@dataclass(frozen=True)
class Leak:
    """A kind of leakage.

    Attributes
    ----------
    number : str
        in the taxonomy
    kind : str
        what it is
    checks : tuple of str
        checks of ``data_quality.csv`` that name it; none where it can't be seen from the data
    says : callable
        what else this program does about it, or why it can't be seen
    can_tell : callable
        whether the checks could see it at all
    """

    number: str
    kind: str
    checks: tuple[str, ...]
    says: Callable[[RunFacts], str]
    can_tell: Callable[[RunFacts], bool] = lambda _: True


def _no_test_set(facts: RunFacts) -> str:
    held = int(facts.tracks["holdout"].sum())
    if held:
        return f"Test sides are no part of what is fitted on, and {held} tracks are held out besides."
    return facts.policy.no_holdout if facts.policy else "No track is held out."


def _before(facts: RunFacts) -> str:
    if facts.is_audio:
        return "Features of a track are computed from that track alone; scaling is fitted on training rows."
    return "Scaling here is fitted on training rows. Of a table's earlier life the values alone tell."


def _chosen(facts: RunFacts) -> str:
    if facts.is_audio:
        return "All features of a set are taken; a model that chooses among them does so on training rows."
    return (
        "Can't be seen from the data: a table does not tell which columns somebody dropped, or by looking at which "
        "rows. A model that chooses features here does so on training rows."
    )


def _time(facts: RunFacts) -> str:
    return (
        "Can't be seen from the data: tracks carry no dates here. It matters where a score is to be of later music "
        "than that learned from; no such claim is made."
    )


def _bias(facts: RunFacts) -> str:
    return "Whether all of the dataset is unlike the music of the claim can't be seen from it: see items 3b and 3g."


LEAKS = (
    Leak("L1.1", "No test set: a score on what was learned from", ("test_side",), _no_test_set),
    Leak("L1.2", "Preprocessing that saw training and test rows", ("scaled_before",), _before),
    Leak("L1.3", "Features chosen by looking at training and test rows", (), _chosen),
    Leak("L1.4", "The same music in training and test",
         ("duplicates", "same_recording", "near_duplicates", "same_title"), lambda facts: (
        "No exact copy lies on both sides of any split but the shuffled one.")),
    Leak("L2", "Features that tell the label, and won't be there for new music",
         ("label_telling_features", "artist_constant_features"), lambda facts: ""),
    Leak("L3.1", "Learning from the future of what is tested", (), _time),
    Leak("L3.2", "Test tracks that hang together with training tracks, as by one artist",
         ("artists_on_both_sides", "learned_from_other_music"),
         lambda facts: " ".join(facts.found.leaks) if facts.found else "",
         lambda facts: bool(facts.tracks["artist"].notna().any())),
    Leak("L3.3", "Test tracks unlike the music of the claim", ("unlike_sides", "one_artist_genres"), _bias),
)  # fmt: skip
