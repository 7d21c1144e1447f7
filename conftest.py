"""What all tests share: a private home with a real embedded MongoDB, and a small demo corpus."""

import fcntl
import gc
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# a suite starts hundreds of processes: without bytecode each compiles all modules, and pytest rewrites all tests
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

DEMO_TRACKS = 3
UNITS = (
    (
        "tests/web",
        "tests/listen",
        "tests/exchange",
        "tests/predict",
        "tests/playlist/test_command.py",
        "tests/evaluation/test_unseen.py",
        "tests/report/test_sheet.py",
        "tests/report/test_worst.py",
        "tests/store/test_rights.py",
        "tests/robustness/test_stage.py",
    ),
    ("tests/test_run.py",),
    ("notebooks",),
    ("tests/faults",),
    ("tests/test_faults_extract.py",),
    ("tests/test_determinism.py",),
    ("tests/test_runner.py",),
    ("tests/test_hostile_names.py",),
    ("tests/test_realdata.py", "tests/test_bad_input.py"),
    ("tests/test_cluster.py", "tests/test_stages_on_cluster.py", "tests/test_spread.py"),
    ("tests/store/test_layout.py", "tests/store/test_runs.py", "tests/store/test_secrets.py"),
    ("tests/report/test_exports.py",),
)
"""What one worker does, since its files share a costly fixture, or what librosa compiles, or one goes on from another's
database; longest first, so that no worker is left with a long one at the end. Any other file is a unit of its own, and
comes later.
"""
FEW = 15
"""Examples of a property that names no number, where `make test` leaves the campaigns out; else there are 100."""

ONE_CORE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Threads of libraries would wait for cores that the other worker is on, and burn what they wait on."""

REAL_DATA = Path(__file__).parent.parent / "shared" / "data"

_home = pytest.StashKey[Path]()


def pytest_configure(config):
    """Point this process and all its children, notebook kernels too, at a home that ends with the session."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what is to run in the background:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # children are to take Ctrl-C all the same
    slow = [HealthCheck.too_slow]  # no clock: the machine may be busy
    same = not os.environ.get("GENRELAB_EXPLORE")  # examples as in every run before, unless new ones are asked for
    settings.register_profile("genrelab", deadline=None, database=None, suppress_health_check=slow, derandomize=same)
    settings.register_profile("few", settings.get_profile("genrelab"), max_examples=FEW)
    settings.load_profile("few" if _leaves_out_campaigns(config) else "genrelab")
    home = Path(tempfile.mkdtemp(prefix="genrelab-test-"))
    config.stash[_home] = home
    os.environ.pop("MONGODB_URI", None)
    os.environ |= {
        "GENRELAB_HOME": str(home / "home"),
        "GENRELAB_EXPORTS": str(home / "exports"),
        "GENRELAB_RUNS": str(home / "runs"),
        "GENRELAB_DEMO_TRACKS": str(DEMO_TRACKS),
        **dict.fromkeys(ONE_CORE, "1"),
    }


def _leaves_out_campaigns(config) -> bool:
    return "not faults" in config.option.markexpr


def pytest_unconfigure(config):
    """Stop the server and leave nothing behind."""
    from pipeline.store.server import EmbeddedServer

    home = config.stash[_home]
    EmbeddedServer(home / "home").stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Let the worker that comes first collect alone: it compiles tests and features, which the others then read.

    What is imported stays to the end, and Python's collector of garbage need not go through it again and again.
    """
    with open(__file__, "rb") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(turn, fcntl.LOCK_SH)
        gc.disable()
        try:
            return (yield)
        finally:
            gc.enable()
            gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put long units first; skip, saying so, what needs the real data where it is absent.

    What `test_run` executes by papermill is executed a second time, cell by cell by nbval, in the campaigns alone.
    """
    items.sort(key=lambda item: place_of(item.nodeid)[0])
    for item in items:
        if item.nodeid.startswith("notebooks"):
            item.add_marker(pytest.mark.faults)
            if "12_regions" in item.nodeid:
                item.add_marker(pytest.mark.skip(reason="it needs places: tests/places/test_stage.py executes it"))
            if "10_transfer" in item.nodeid:
                item.add_marker(pytest.mark.skip(reason="it needs two datasets: tests/test_transfer.py executes it"))
        elif "songs" in item.fixturenames and place_of(item.nodeid)[0] != 0:
            raise pytest.UsageError(f"{item.nodeid} reads the run `songs`: add its file to the first of UNITS")
    if not REAL_DATA.is_dir():
        for item in items:
            if "realdata" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="the real data is not beside the project"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker a unit at a time."""
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return place_of(nodeid)[1]

    config.option.loadscopereorder = False  # by the number of tests, which says little of how long they take
    return ByUnit(config, log)


def place_of(nodeid: str) -> tuple[int, str]:
    """Return when the unit of a test has its turn, and the unit's name."""
    for place, files in enumerate(UNITS):
        if nodeid.startswith(files):
            return place, files[0]
    return len(UNITS), nodeid.split("::", 1)[0]


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


@pytest.fixture(scope="session")
def few_examples(pytestconfig) -> bool:
    """Return whether few examples are enough, since the campaigns, and many, are left to another time."""
    return _leaves_out_campaigns(pytestconfig)
