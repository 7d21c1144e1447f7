"""A folder of short, different songs, for tests of how work goes on rather than of what is heard."""

from pathlib import Path

import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.sources.demo import render_track

LENGTH_S = 3.2


def write_short_music(root: Path, n_tracks: int) -> Path:
    """Write `n_tracks` files of 3.2 seconds, of two genres, and one that is no music; return the folder."""
    for i in range(n_tracks):
        genre = "rock" if i % 2 else "jazz"
        path = root / genre / f"{i:03d}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, render_track(genre, i, duration_s=LENGTH_S), SAMPLE_RATE_HZ)
    (root / "jazz" / "no music.wav").write_text("la la la")
    return root
