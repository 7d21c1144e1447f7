"""A process that decodes one damaged file after the other and ends, leaving the file, where one is not borne.

It answers on standard output, a line of JSON for each file that breaks a promise, and one for all when it ends.
"""

import faulthandler
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from pipeline.audio import cut, decode
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from tests.fuzz.mutations import mutation
from tests.patience import HANG_S

LONGEST_S = HANG_S
"""A file may take no longer; the process is ended by the interpreter's own watch, which no decoder can hold up."""

MOST_CPU_S = 10
"""A file may cost no more, whatever else the machine does; the costliest takes a few hundredths of that."""

MOST_MIB = 512
"""A file may raise the process's memory by no more: the longest and fastest clip, 34 s at 768 kHz, takes half."""

AT, FILE = "at", "file"
"""What the process is at, for whoever finds it dead: the mutation's number, and its content."""


def read(seed: int, first: int, last: int, seconds: float, folder: Path) -> None:
    """Decode the mutations from `first` to before `last`, as long as there is time."""
    started, told, most_cpu_s, n = time.monotonic(), Counter(), 0.0, first
    (folder / AT).unlink(missing_ok=True)  # of a reader that died
    base_mib = _warm(folder)
    highest_mib = 0.0
    while n < last and time.monotonic() - started < seconds:
        made_of, content = mutation(seed, n)
        (folder / FILE).write_bytes(content)
        (folder / AT).write_text(str(n))
        began = time.process_time()
        faulthandler.dump_traceback_later(LONGEST_S, exit=True)
        outcome = _outcome(folder / FILE)
        faulthandler.cancel_dump_traceback_later()
        cpu_s = time.process_time() - began
        most_cpu_s = max(most_cpu_s, cpu_s)
        grown_mib = _peak_mib() - base_mib
        highest_mib = max(highest_mib, grown_mib)
        if cpu_s > MOST_CPU_S:
            outcome = f"FAULT it took {cpu_s:.1f} s of the processor"
        if grown_mib > MOST_MIB:
            outcome = f"FAULT memory grew by {grown_mib:.0f} MiB"
            _forget_peak()
        if outcome.startswith("FAULT"):
            print(json.dumps({"number": n, "made_of": made_of, "fault": outcome}), flush=True)
        told[outcome.split()[0]] += 1
        n += 1
    print(json.dumps({"next": n, "told": told, "most_cpu_s": most_cpu_s, "highest_mib": highest_mib}), flush=True)


def _outcome(path: Path) -> str:
    """Return ``decoded``, the reason of a refusal, or what promise was broken, beginning with ``FAULT``."""
    try:
        clip = decode(path)
    except AudioError as error:
        return error.reason if "\n" not in error.detail else f"FAULT lines: {error.detail!r}"
    except Exception as error:
        return f"FAULT {type(error).__name__}: {error}"
    if clip.y.dtype != np.float32 or not np.isfinite(clip.y).all():
        return "FAULT samples that are no finite floats"
    if not 0.4 * SAMPLE_RATE_HZ < len(clip.y) <= 1.11 * CLIP_S * SAMPLE_RATE_HZ:
        return f"FAULT a clip of {len(clip.y)} samples"
    whole = min(len(clip.y) // SAMPLE_RATE_HZ, round(CLIP_S))
    if [len(window.y) for window in cut(clip.y, 1.0)] != [SAMPLE_RATE_HZ] * whole:
        return "FAULT windows"
    return "decoded"


def _warm(folder: Path) -> float:
    """Load what is loaded once, and return the memory that it takes, MiB."""
    for number in range(40):
        (folder / FILE).write_bytes(mutation(-1, number)[1])
        _outcome(folder / FILE)
    _forget_peak()
    return _peak_mib()


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 2**10


if __name__ == "__main__":
    faulthandler.enable()
    sys.stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a decoder's library may print, too
    read(*map(int, sys.argv[1:4]), float(sys.argv[4]), Path(sys.argv[5]))
