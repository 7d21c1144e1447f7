"""From the bytes of a file to blocks of samples: which decoder reads it, and how long it really is."""

from pipeline.decoders.choose import open_stream, seconds_of
from pipeline.decoders.ffmpeg import MISSING, is_installed
from pipeline.decoders.ffmpeg import load as load_all
from pipeline.decoders.stream import Stream, mix_down
from pipeline.decoders.tags import read_tags

__all__ = ["MISSING", "Stream", "is_installed", "load_all", "mix_down", "open_stream", "read_tags", "seconds_of"]
