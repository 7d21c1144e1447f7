"""The clip that stands for a track: the one length and rate that all rooms share."""

SAMPLE_RATE_HZ = 22_050
CLIP_S = 30.0
"""Length of a clip, seconds: what the public GTZAN and FMA corpora hold of a track."""
