"""An extraction as a process of its own that starts in no time: forked from one that has imported and compiled."""

import os
import sys
from pathlib import Path

import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import GenrelabError
from pipeline.extract import extract
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.settings import Settings
from pipeline.store import connect

WINDOWS_S = (3.0, 1.5)
FEATURE_SET = "spectral-v1"

get_feature_set(FEATURE_SET).compute(Signal(np.linspace(-0.5, 0.5, SAMPLE_RATE_HZ, dtype=np.float32)))


def extract_all(home: Path, dataset: str, jobs: int, said: Path) -> None:
    """Bring a dataset on the embedded server of `home` up to date; what is printed goes to the file `said`."""
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    try:
        database = connect(Settings(home=home))
        print(extract(database, dataset, windows_s=WINDOWS_S, feature_sets=[FEATURE_SET], jobs=jobs), flush=True)
    except GenrelabError as error:
        print(f"\ngenrelab: {error}", flush=True)
        sys.exit(error.exit_status)
