"""How finely a spectrum is told: of which signals and feature sets agree."""

N_MELS = 128
"""Bands on the mel scale."""

N_MFCC = 20
"""Coefficients of their cosine transform."""
