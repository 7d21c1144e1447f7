"""What all tests share: a private home with a real embedded MongoDB, and a small demo corpus."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DEMO_TRACKS = 3
LONG = {
    "tests/test_run.py": "story", "notebooks": "story",
    "tests/web": "songs", "tests/listen": "songs", "tests/evaluation/test_unseen.py": "songs",
    "tests/test_faults_extract.py": "kills", "tests/test_realdata.py": "real", "tests/test_runner.py": "runner",
    "tests/test_cluster.py": "cluster", "tests/report/test_exports.py": "exports",
}  # fmt: skip
"""The units of work that take longest, longest first, so that no worker is left with one at the end.

A unit is what one worker does: files that share a costly fixture, or where one goes on from another's database.
"""
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
    """Put the long ones first; skip, saying so, what needs the real data where it is absent."""
    places = list(LONG)
    items.sort(
        key=lambda item: next((i for i, place in enumerate(places) if item.nodeid.startswith(place)), len(places))
    )
    if not REAL_DATA.is_dir():
        for item in items:
            if "realdata" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="the real data is not beside the project"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker a unit at a time: long ones first, then file by file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return next((unit for place, unit in LONG.items() if file.startswith(place)), file)

    config.option.loadscopereorder = False  # it would go by the number of tests
    return ByUnit(config, log)


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
