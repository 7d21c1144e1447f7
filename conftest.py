"""What all tests share: a private home with a real embedded MongoDB, and a small demo corpus."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DEMO_TRACKS = 3
REAL_DATA = Path(__file__).parent.parent / "shared" / "data"

_home = pytest.StashKey[Path]()


def pytest_configure(config):
    """Point this process and all its children, notebook kernels too, at a home that ends with the session."""
    settings.register_profile("genrelab", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("genrelab")  # no clock: the machine may be busy
    home = Path(tempfile.mkdtemp(prefix="genrelab-test-"))
    config.stash[_home] = home
    os.environ.pop("MONGODB_URI", None)
    os.environ |= {
        "GENRELAB_HOME": str(home / "home"),
        "GENRELAB_EXPORTS": str(home / "exports"),
        "GENRELAB_RUNS": str(home / "runs"),
        "GENRELAB_DEMO_TRACKS": str(DEMO_TRACKS),
    }


def pytest_unconfigure(config):
    """Stop the server and leave nothing behind."""
    from pipeline.store.server import EmbeddedServer

    home = config.stash[_home]
    EmbeddedServer(home / "home").stop()
    shutil.rmtree(home, ignore_errors=True)


def pytest_collection_modifyitems(items):
    """Skip, saying so, what needs the real data where it is absent."""
    if not REAL_DATA.is_dir():
        for item in items:
            if "realdata" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="the real data is not beside the project"))


@pytest.fixture(scope="session")
def database():
    """Return the database of the test session, on a real mongod."""
    from pipeline.store import connect

    database = connect()
    yield database
    database.client.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real music and tables."""
    return REAL_DATA
