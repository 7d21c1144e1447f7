"""The long run: ``python -m tests.fuzz --seconds 600 --seed 1 --keep DIR``."""

import argparse
import sys
from pathlib import Path

from tests.fuzz.campaign import fuzz

parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Decode damaged audio files.")
parser.add_argument("--seconds", type=float, default=600)
parser.add_argument("--most", type=int, default=10**9, help="mutations")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", type=Path, help="folder for the files that break a promise")
options = parser.parse_args()
found = fuzz(options.seed, options.most, options.seconds, options.keep, lambda fault: print(fault, flush=True))
print(f"{found.n} mutations: {dict(found.told.most_common())}; costliest {found.most_cpu_s:.2f} s of the processor, "
      f"memory up by {found.highest_mib:.0f} MiB, {len(found.faults)} faults")  # fmt: skip
sys.exit(bool(found.faults))
