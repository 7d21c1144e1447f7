"""Learned features: the network MusiCNN, its weights, and the feature sets that it gives."""

from pipeline.features.musicnn.sets import MUSICNN_MSD_EMBEDDING_V1, MUSICNN_MSD_V1

__all__ = ["MUSICNN_MSD_EMBEDDING_V1", "MUSICNN_MSD_V1"]
