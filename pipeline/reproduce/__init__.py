"""Published figures reproduced: each beside ours under the published protocol, and beside ours under an honest one."""

from pipeline.reproduce.bench import Bench, open_bench
from pipeline.reproduce.parts import PARTS, reproduce
from pipeline.reproduce.published import read_published

__all__ = ["PARTS", "Bench", "open_bench", "read_published", "reproduce"]
