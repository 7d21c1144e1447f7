"""The demo corpus: ten genres of synthetic music, composed and rendered from a seed, with no download.

The tracks have what separates genres in real recordings (rhythm, tempo, harmony, instruments, recording, loudness) and
what blurs them: neighbouring genres lend each other parts, and artists have a sound of their own.
"""

from pipeline.sources.demo.corpus import write_demo
from pipeline.sources.demo.song import GENRES, render_track

__all__ = ["GENRES", "render_track", "write_demo"]
