"""Published figures reproduced: each beside ours under the published protocol, and beside ours under an honest one."""

from pipeline.reproduce.bench import Bench, ReproduceOptions, open_bench
from pipeline.reproduce.beside import lay_out
from pipeline.reproduce.fifteenth import say_cause
from pipeline.reproduce.parts import PARTS, fifteenth_class, reproduce
from pipeline.reproduce.published import read_published

__all__ = [
    "PARTS",
    "Bench",
    "ReproduceOptions",
    "fifteenth_class",
    "lay_out",
    "open_bench",
    "read_published",
    "reproduce",
    "say_cause",
]
