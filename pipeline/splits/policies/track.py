"""``track``: all segments of a track, and its duplicates, on one side."""

from pipeline.splits.policies.policy import Policy


class _Track(Policy):
    def tells_leak(self, n_rows: int, n_tracks: int, gap: float) -> bool:
        """Tell whether tracks have several rows: where each is one, a few duplicates are all that shuffling tears."""
        return n_rows > n_tracks


TRACK = _Track(
    "track",
    label="tracks kept whole",
    about="all segments of a track, and its duplicates, are on one side",
    leak="are recognising the track, not the genre",
)
