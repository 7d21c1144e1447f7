"""Many mutations, by readers that may die: each death is a finding, and the next reader goes on behind it."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.settings import PROJECT_DIR
from tests.fuzz.mutations import mutation
from tests.fuzz.reader import AT


@dataclass
class Findings:
    """What the decoder made of the mutations.

    Attributes
    ----------
    n : int
        mutations read
    told : Counter
        files by outcome: ``decoded``, or the reason of the refusal; without those of readers that died
    faults : list of str
        a line for each file that broke a promise
    most_cpu_s, highest_mib : float
        of any file: the processor's time, and what memory a reader came to hold above what it began with
    """

    n: int = 0
    told: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    most_cpu_s: float = 0.0
    highest_mib: float = 0.0


def fuzz(
    seed: int,
    most: int,
    seconds: float,
    keep: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
    reader: str = "tests.fuzz.reader",
) -> Findings:
    """Decode `most` mutations, or as many as there is time for; `keep` gets the files that broke a promise."""
    findings, deadline, at = Findings(), time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory(prefix="genrelab-fuzz-") as name:
        folder = Path(name)
        while at < most and time.monotonic() < deadline:
            left_s = deadline - time.monotonic()
            command = [sys.executable, "-m", reader, *map(str, (seed, at, most, left_s, folder))]
            done = subprocess.run(
                command, cwd=PROJECT_DIR, capture_output=True, text=True, errors="replace", check=False
            )
            at = _take(done, findings, folder, keep, seed, tell)
    findings.n = at
    return findings


def _take(done, findings: Findings, folder: Path, keep: Path | None, seed: int, tell) -> int:
    """Add what a reader said; return the number of the mutation to go on with."""
    for line in map(json.loads, done.stdout.splitlines()):
        if "next" in line:
            findings.told += Counter(line["told"])
            findings.most_cpu_s = max(findings.most_cpu_s, line["most_cpu_s"])
            findings.highest_mib = max(findings.highest_mib, line["highest_mib"])
            return line["next"]
        _note(findings, f"{line['number']} ({line['made_of']}): {line['fault']}", keep, seed, line["number"], tell)
    if not (folder / AT).exists():
        raise RuntimeError(f"the reader does not start: {done.stderr}")
    number = int((folder / AT).read_text())
    how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"status {done.returncode}"
    said = " | ".join(done.stderr.split("\n")[:12])
    _note(findings, f"{number} ({mutation(seed, number)[0]}): died: {how}: {said}", keep, seed, number, tell)
    return number + 1


def _note(findings: Findings, fault: str, keep: Path | None, seed: int, number: int, tell) -> None:
    findings.faults.append(fault)
    tell(fault)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{seed}-{number}").write_bytes(mutation(seed, number)[1])
