"""What cataloguing found, in numbers and sentences."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CatalogueReport:
    """What cataloguing found.

    Attributes
    ----------
    n_tracks, n_new, n_changed, n_gone : int
        tracks in the source; of them new, or changed since the last time; tracks that were taken out, since the source
        has them no more
    n_rejects : int
        files or rows that can't be used
    n_missing : int
        tracks that the source does not show, and that stay all the same
    notes : list of str
        one sentence each
    """

    n_tracks: int
    n_new: int
    n_changed: int
    n_gone: int
    n_rejects: int
    n_missing: int = 0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        missing = f"{self.n_missing} missing, and kept; " if self.n_missing else ""
        lines = [
            f"{self.n_tracks} tracks: {self.n_new} new, {self.n_changed} changed, "
            f"{self.n_tracks - self.n_new - self.n_changed} as before; {missing}{self.n_gone} gone; "
            f"{self.n_rejects} rejected"
        ]
        return "\n".join(lines + [f"· {note}" for note in self.notes])
