"""A wheel of this checkout, an environment with nothing of the checkout in it, and a folder to work in."""

import re
import socket
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.settings import PROJECT_DIR
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S, lives, until

DECOY = "raise ImportError('the package of this name in the working directory is another one')\n"


@dataclass(frozen=True)
class Installed:
    """An environment that a wheel was installed into, and the folder that its user works in."""

    environment: Path
    folder: Path
    notes: Path
    home: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @property
    def package(self) -> Path:
        return next(self.environment.glob("lib/python3*/site-packages/pipeline"))

    def variables(self, **more) -> dict[str, str]:
        """Return the environment of a fresh login: nothing of this test session but its small corpus."""
        own = {"PATH": f"{self.environment / 'bin'}:/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8"}
        own |= {"GENRELAB_DEMO_TRACKS": "3", "JUPYTER_PLATFORM_DIRS": "1"}
        own |= {"GUARD_CHECKOUT": str(PROJECT_DIR), "GUARD_SHARED": sys.prefix, "GUARD_NOTES": str(self.notes)}
        return own | {name: str(value) for name, value in more.items()}

    def __call__(self, *arguments, cwd: Path | None = None, **variables) -> subprocess.CompletedProcess:
        """Run ``genrelab`` in the folder."""
        return subprocess.run(
            [self.environment / "bin" / "genrelab", *map(str, arguments)], cwd=cwd or self.folder,
            env=self.variables(**variables), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=HANG_S,
        )  # fmt: skip

    def start(self, log: Path, *command) -> subprocess.Popen:
        """Start a program in the folder; it writes to `log`."""
        with open(log, "w") as output:
            return subprocess.Popen(
                [self.python, *map(str, command)], cwd=self.folder, env=self.variables(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    return build("wheel", PROJECT_DIR, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def genrelab(wheel, tmp_path_factory):
    """Return the installed program; big packages are those of the tests' own environment, the project's are not."""
    root = tmp_path_factory.mktemp("installed")
    folder = root / "my music lab"  # with whatever a user has there
    (folder / "pipeline").mkdir(parents=True)
    for name in ("pipeline/__init__.py", "papermill.py", "jupyterlab.py"):
        (folder / name).write_text(DECOY)
    installed = Installed(root / "venv", folder, root / "notes.txt", root / "home")
    installed.home.mkdir()
    installed.notes.touch()
    venv.create(installed.environment, symlinks=True)
    for name in ("share", "etc"):  # Jupyter's templates and kernels
        (installed.environment / name).symlink_to(Path(sys.prefix) / name)
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", installed.python, *install], check=True)
    site = installed.package.parent
    shared = [path for path in sys.path if Path(path).name == "site-packages"]
    (site / "shared.pth").write_text("\n".join(["import checkout_guard", *shared]))
    guard = Path(__file__).with_name("checkout_guard.py").read_text(encoding="utf-8")
    (site / "checkout_guard.py").write_text(guard, encoding="utf-8")
    yield installed
    for home in (folder / ".genrelab", folder / "elsewhere"):
        EmbeddedServer(home.resolve()).stop()


def build(kind: str, project: Path, folder: Path) -> Path:
    """Build a ``wheel`` or ``sdist`` of a project as pip does, but without a network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", folder]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def said(process: subprocess.Popen, log: Path, pattern: str) -> str:
    """Wait until a process says what is looked for."""
    return until(lambda: re.search(pattern, log.read_text()), alive=lives(process), told=log.read_text)[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
