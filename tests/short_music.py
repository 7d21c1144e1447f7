"""A folder of short, different files of music, for tests of how work goes on rather than of what is heard."""

from pathlib import Path

import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.sources.demo import render_track

LENGTH_S = 3.2
STEP_S = 0.02


def write_short_music(root: Path, n_tracks: int) -> Path:
    """Write `n_tracks` files of 3.2 seconds, of two genres, and one that is no music; return the folder."""
    samples = render_track("rock", 0, duration_s=LENGTH_S + STEP_S * n_tracks)
    for i in range(n_tracks):
        path = root / ("rock" if i % 2 else "jazz") / f"{i:03d}.wav"
        path.parent.mkdir(exist_ok=True)
        start = round(STEP_S * i * SAMPLE_RATE_HZ)
        soundfile.write(path, samples[start : start + round(LENGTH_S * SAMPLE_RATE_HZ)], SAMPLE_RATE_HZ)
    (root / "jazz" / "no music.wav").write_text("la la la")
    return root
