"""``make`` gives a checkout an environment of its own, also where it was copied or moved with another's in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import PROJECT_DIR

pytestmark = pytest.mark.faults
TAKEN = ("pipeline", ".ci", "Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "THIRD_PARTY.md")
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_CONFIG_FILE": os.devnull}
"""The project's own installation is real; what it depends on would take gigabytes. (0 is how pip spells this one.)"""


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Set a project up; what builds it comes from the environment of the tests."""
    builders = os.pathsep.join(path for path in sys.path if Path(path).name == "site-packages")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *(arguments or [".venv/.installed"])], cwd=project,
        env=inherited | OFFLINE | {"PYTHONPATH": builders}, capture_output=True, text=True,
    )  # fmt: skip


def runs(project: Path) -> str:
    """Return which checkout the program of a project's environment is of."""
    program = project / ".venv" / "bin" / "genrelab"
    interpreter = next(line for line in program.read_text().splitlines() if "/bin/python" in line)
    assert str(project) in interpreter
    code = "from importlib.util import find_spec; print(find_spec('pipeline').origin)"
    done = subprocess.run([project / ".venv/bin/python", "-I", "-c", code], capture_output=True, text=True, check=True)
    return str(Path(done.stdout).parent.parent)


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """Return a checkout that was set up, in a folder with a space in its name."""
    project = tmp_path_factory.mktemp("projects") / "the original"
    project.mkdir()
    for name in TAKEN:
        if (PROJECT_DIR / name).is_dir():
            shutil.copytree(PROJECT_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT_DIR / name, project / name)
    done = make(project)
    assert done.returncode == 0, done.stderr
    assert "Setting up .venv" in done.stdout
    assert runs(project) == str(project)
    return project


@pytest.fixture
def copy(original, tmp_path) -> Path:
    return shutil.copytree(original, tmp_path / "the copy", symlinks=True)


def test_an_environment_of_ones_own_is_left_alone(original):
    done = make(original)
    assert (done.returncode, done.stdout) == (0, "make: '.venv/.installed' is up to date.\n")


def test_a_copy_gets_an_environment_of_its_own_and_so_it_does_when_it_is_moved(original, copy, tmp_path):
    assert runs_the_original(copy, original)
    done = make(copy)
    assert done.returncode == 0, done.stderr
    assert (
        f".venv is not this project's own: its programs are those of {original}/.venv/bin. It is made anew."
        in done.stdout
    )
    assert (runs(copy), runs(original)) == (str(copy), str(original))
    assert "up to date" in make(copy).stdout
    moved = copy.rename(tmp_path / "moved")
    done = make(moved)
    assert done.returncode == 0, done.stderr
    assert f"its programs are those of {copy}/.venv/bin. It is made anew." in done.stdout
    assert runs(moved) == str(moved)


def test_an_environment_whose_python_is_gone_is_made_anew(copy):
    for python in (copy / ".venv" / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("/nowhere/python3")
    done = make(copy)
    assert done.returncode == 0, done.stderr
    assert ".venv is not this project's own: its Python does not start. It is made anew." in done.stdout
    assert runs(copy) == str(copy)


def test_an_environment_elsewhere_that_is_anothers_is_not_touched(original, copy, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.symlink_to(original / ".venv")
    done = make(copy, f"VENV={theirs}", f"{theirs}/.installed")
    assert done.returncode != 0
    assert f"make: {theirs} is not this project's own" in done.stdout
    assert "name another VENV" in done.stdout
    assert runs(original) == str(original)


def test_an_older_python_is_refused_before_anything_is_removed(original, copy, tmp_path):
    older = tmp_path / "python3"
    older.write_text("#!/bin/sh\nexit 1\n")
    older.chmod(0o755)
    done = make(copy, f"PYTHON={older}", ".venv/.installed")
    assert done.returncode != 0
    assert "genrelab needs Python 3.11 or newer" in done.stdout
    assert runs_the_original(copy, original)


def runs_the_original(copy: Path, original: Path) -> bool:
    """Tell whether the copy's program is still the original's."""
    return str(original) in (copy / ".venv" / "bin" / "genrelab").read_text().split("\n# ", 1)[0]
