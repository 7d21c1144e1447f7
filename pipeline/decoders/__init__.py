"""From the bytes of a file to blocks of samples: which decoder reads it, and how long it really is."""

from pipeline.decoders.choose import open_stream, seconds_of
from pipeline.decoders.ffmpeg import load as load_all
from pipeline.decoders.stream import Stream, mix_down

__all__ = ["Stream", "load_all", "mix_down", "open_stream", "seconds_of"]
