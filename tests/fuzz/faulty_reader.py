"""The reader on a decoder that breaks every promise once, to see that each is noticed."""

import faulthandler
import os
import sys
import time
from pathlib import Path

import numpy as np

from pipeline.audio import Clip
from pipeline.errors import AudioError
from tests.fuzz import reader
from tests.patience import HANG_S

CRASHES, HANGS, RAISES, HOARDS, TELLS_TWO_LINES, GIVES_NAN, SPINS = range(7)
N = 9
ENOUGH_CPU_S = 0.3


def decode(path: Path) -> Clip:
    """Do what mutation number so and so does."""
    at = path.with_name(reader.AT)
    number = int(at.read_text()) if at.exists() else N
    samples = np.zeros(22_050, dtype=np.float32)
    if number == CRASHES:
        faulthandler._sigsegv()
    if number == HANGS:
        time.sleep(HANG_S)
    if number == RAISES:
        raise ValueError("what is that?")
    if number == HOARDS:
        np.ones(2**20 * (reader.MOST_MIB + 100), dtype=np.uint8)
    if number == TELLS_TWO_LINES:
        raise AudioError("undecodable", "one\ntwo")
    enough_s = time.process_time() + ENOUGH_CPU_S
    while number == SPINS and time.process_time() < enough_s:
        pass
    return Clip(samples + (np.nan if number == GIVES_NAN else 0), 1.0, 22_050, 1)


if __name__ == "__main__":
    faulthandler.enable()
    reader.decode, reader.LONGEST_S, reader.MOST_CPU_S, reader.MOST_MIB = decode, 10, 0.2, 60
    sys.stdout = os.fdopen(os.dup(1), "w")
    reader.read(*map(int, sys.argv[1:4]), float(sys.argv[4]), Path(sys.argv[5]))
