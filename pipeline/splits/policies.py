"""The split policies: what each keeps whole, and what its intervals resample."""

from dataclasses import dataclass

from pipeline.errors import InputError


@dataclass(frozen=True)
class Policy:
    """What a split policy stands for.

    Attributes
    ----------
    label : str
        for pictures
    about : str
        for tables, said of rows
    whole : str
        the column of ``Samples.rows`` of which no value lies on both sides
    resampled : str
        the column of ``Samples.rows`` that intervals are bootstrapped over
    drawn : bool
        whether each repeat draws a split of its own; else all repeats have the same, and only the model's seed varies
    """

    label: str
    about: str
    whole: str
    resampled: str
    drawn: bool = True

    @property
    def tears_tracks(self) -> bool:
        """Whether the segments of a track may lie on both sides."""
        return self.whole == "content"


POLICIES = {
    "random": Policy(
        "rows shuffled", "rows are shuffled, so segments of one track lie on both sides", "content", "group"
    ),
    "track": Policy(
        "tracks kept whole", "all segments of a track, and its duplicates, are on one side", "group", "group"
    ),
    "artist": Policy("artists kept whole", "all tracks of an artist are on one side", "artist", "artist"),
    "predefined": Policy("the metadata's split", "the sides that the metadata name", "group", "group", drawn=False),
}

COMPARED = ("random", "track")
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


def policies_for(split: str) -> tuple[str, ...]:
    """Return the policies to evaluate where results are read under `split`: those of the leak gap, and `split`."""
    find_policy(split)
    return tuple(dict.fromkeys((*COMPARED, split)))


def holdout_policy(split: str) -> str:
    """Return the policy that scores on the holdout go by where the champion is chosen under `split`.

    The holdout is drawn once, of whole tracks, and of whole artists where these are known, whatever policy is asked
    for. Its scores stand beside the test scores that the champion was chosen by: under ``artist`` their intervals are
    over artists, under ``predefined`` they leave out what the metadata exclude. There is no shuffled holdout: under
    ``random`` they are those of ``track``.
    """
    return "track" if split == "random" else split
