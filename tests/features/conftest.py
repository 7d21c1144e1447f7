"""Signals that the kernels are compared on: music, noise, and what analysis has trouble with."""

import numpy as np
import pytest

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.sources.demo import render_track

N = 3 * SAMPLE_RATE_HZ


def _seconds():
    return np.arange(N) / SAMPLE_RATE_HZ


SIGNALS = {
    "rock": lambda: render_track("rock", 0, duration_s=6.0),
    "classical": lambda: render_track("classical", 0, duration_s=6.0)[:-300],
    "noise": lambda: np.random.default_rng(0).normal(0, 0.1, N),
    "tone": lambda: 0.5 * np.sin(2 * np.pi * 1000 * _seconds()),
    "clipped": lambda: np.clip(3 * np.sin(2 * np.pi * 97 * _seconds()), -1, 1),
    "half silent": lambda: np.where(_seconds() < 1.5, np.sin(2 * np.pi * 330 * _seconds()), 0),
    "constant": lambda: np.full(N, 0.25),
    "one click": lambda: np.eye(1, N, N // 2)[0],
    "very quiet": lambda: 1e-6 * np.random.default_rng(1).normal(size=N),
    "half a second": lambda: np.random.default_rng(2).normal(0, 0.1, SAMPLE_RATE_HZ // 2),
}


@pytest.fixture(params=SIGNALS)
def samples(request):
    """Return each signal in turn [shape=(n,), dtype=float32]."""
    return SIGNALS[request.param]().astype(np.float32)
