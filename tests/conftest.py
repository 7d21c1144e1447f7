"""The command line as a person uses it: a process of its own, with its exit status and what it says."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.settings import PROJECT_DIR
from pipeline.store.server import EmbeddedServer


@pytest.fixture(scope="session")
def genrelab():
    """Return a function that runs ``genrelab`` with arguments, and with variables added to the environment."""

    def command(*arguments, timeout=120, **variables) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, arguments)],
            cwd=PROJECT_DIR,
            env=os.environ | {name: str(value) for name, value in variables.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return command


@pytest.fixture
def new_server():
    """Return a function that gives the server, not started yet, of a new home; all end with the test."""
    servers = []

    def make(below: str = "") -> EmbeddedServer:
        # Not tmp_path: below that name a socket's path would be too long.
        home = Path(tempfile.mkdtemp(prefix="genrelab-"))
        servers.append((home, EmbeddedServer(home / below)))
        return servers[-1][1]

    yield make
    for home, server in servers:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
