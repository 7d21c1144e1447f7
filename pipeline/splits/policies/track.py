"""``track``: all segments of a track, and its duplicates, on one side."""

from pipeline.splits.policies.policy import Policy

TRACK = Policy(
    "track",
    label="tracks kept whole",
    about="all segments of a track, and all tracks of its recording, are on one side",
    leak="are recognising the track, not the genre",
)
