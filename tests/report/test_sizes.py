"""An export of a large dataset, in a process of its own that is asked for its memory; benchmarks/scale.md has times."""

import json
import subprocess
import sys

import pytest

from pipeline.settings import PROJECT_DIR
from tests.patience import HANG_S

N_TRACKS, SEGMENTS = 8_000, 10
EXPORT = """
import json, sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.features import get_feature_set
from pipeline.report import write_exports
from tests.peak_memory import peak_mib
from tests.report.conftest import RUN, make_frames

n_tracks, segments = int(sys.argv[2]), int(sys.argv[3])
frames = make_frames(n_tracks=6)
tracks = pd.concat([frames["tracks"]] * (n_tracks // 6 + 1), ignore_index=True).head(n_tracks)
frames["tracks"] = tracks.assign(track_id=[f"{genre}/{i:05d}.flac" for i, genre in enumerate(tracks["genre"])])
rows = frames["tracks"][["run_id", "dataset", "track_id", "genre"]].loc[np.repeat(range(n_tracks), segments)]
names = get_feature_set("spectral-v1").columns
values = np.random.default_rng(0).normal(size=(len(rows), len(names)))
features = pd.DataFrame(values, columns=names, index=rows.index)
starts = np.tile(np.arange(segments) * 3.0, n_tracks)
where = {"feature_set": "f-v1", "window_s": 3.0, "start_s": starts, "length": 66150}
frames["features"] = pd.concat([rows.assign(**where), features], axis=1)
predicted = frames["holdout_predictions"].query("level == 'track'").head(1)
held = pd.concat([predicted] * len(rows), ignore_index=True)
frames["holdout_predictions"] = held.assign(track_id=rows["track_id"].to_numpy(), model="knn_3")
export = write_exports(frames, Path(sys.argv[1]), RUN)
print(json.dumps({"mib": peak_mib(), "n": export.n_rows["features"]}))
"""


@pytest.mark.faults
def test_80000_segments_take_less_than_a_gigabyte(tmp_path):
    command = [sys.executable, "-c", EXPORT, tmp_path, str(N_TRACKS), str(SEGMENTS)]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr[-2000:]
    sizes = json.loads(done.stdout.splitlines()[-1])
    assert sizes["n"] == N_TRACKS * SEGMENTS
    assert sizes["mib"] * 2**20 < 1e9, sizes
