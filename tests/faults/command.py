"""`genrelab run` on the scene's music as a user starts it: a process of its own, with a kernel for each stage."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from pipeline.settings import PROJECT_DIR
from tests.faults.scene import DATASET, PARAMETERS, Scene
from tests.patience import HANG_S, lives, until

PATIENT = {"GENRELAB_PATIENCE_S": str(HANG_S)}
"""For runs whose server comes back, which may take minutes on a busy machine."""

OPTIONS = ("features", "windows", "jobs", "models", "holdout", "seed", "split")


class Command:
    """A run of the scene's dataset.

    Parameters
    ----------
    scene : Scene
    arguments : str
        ``--from`` and the like; without any, the run from its beginning
    last : str
        the stage that ends it
    variables : str
        of the environment, beside the scene's own
    """

    def __init__(self, scene: Scene, *arguments: str, last: str = "07_export", **variables: str):
        given = [f"--{name}={PARAMETERS[name]}" for name in OPTIONS]
        if last > "05":
            given += [f"-p{name}={PARAMETERS[name]}" for name in ("repeats", "k_max")]
        arguments = arguments or ("--audio", str(scene.music), "--to", last, *given)
        self.said_path = Path(tempfile.mkstemp(dir=scene.root, prefix="said-")[1])
        with open(self.said_path, "w") as said:
            self.process = psutil.Popen(
                [sys.executable, "-m", "pipeline", "run", "--dataset", DATASET, *arguments],
                cwd=PROJECT_DIR, env=os.environ | scene.environment | variables, stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.said_path.read_text()

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something while the run is at work."""
        until(condition, alive=lives(self.process), told=lambda: self.said)

    def kill(self) -> list[psutil.Process]:
        """Kill it, and return its kernel and workers as they were."""
        family = [process for process in self.process.children(recursive=True) if process.name() != "mongod"]
        self.process.kill()
        self.process.wait()
        return family

    def end(self) -> int:
        """Wait for its end and return its status; whatever went wrong is told in a line, and never as a traceback."""
        try:
            status = self.process.wait(HANG_S)
        finally:
            if self.process.poll() is None:
                self.kill()
        assert "Traceback" not in self.said
        return status

    def last_line(self) -> str:
        return self.said.splitlines()[-1]


def executed(runs: Path, stage: str) -> bool:
    """Tell whether the notebook of a stage is being, or was, executed in the newest run."""
    folders = sorted(runs.glob("run-*"))
    return bool(folders) and (folders[-1] / f"{stage}.ipynb").exists()
