"""What is installed, reachable, missing, and how to mend it."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.errors import GenrelabError
from pipeline.settings import Settings
from pipeline.store.connection import look, server_uri
from pipeline.store.server import find_mongod
from pipeline.store.uri_faults import public_uri

PACKAGES = ("librosa", "scikit-learn", "pymongo", "pymongoarrow", "papermill", "jupyterlab")
AUDIO_FORMATS = ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU")
FREE_GIB = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    told: str
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok     " if self.ok else ("MISSING" if self.needed else "absent ")
        return f"{mark} {self.what}: {self.told}"


def examine(settings: Settings) -> list[Finding]:
    """Look at Python, packages, decoder, server, kernel, disk and browser."""
    return [
        Finding("Python", sys.version_info >= (3, 11), f"{sys.version.split()[0]} at {sys.executable}"),
        *(_package(name) for name in PACKAGES),
        _decoder(),
        _kernel(),
        _mongod(settings),
        _server(settings),
        *(_writable(name, getattr(settings, name)) for name in ("home", "exports", "runs")),
        _extract(),
        _deep(),
        _chromium(),
    ]


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "install the project again: make run, or pip install -e .")


def _extract() -> Finding:
    try:
        return Finding("Tableau extract", True, f"pantab {version('pantab')}", needed=False)
    except PackageNotFoundError:
        return Finding("Tableau extract", False, "pantab has no build here: exports go without it", needed=False)


def _deep() -> Finding:
    try:
        return Finding("recurrent models", True, f"torch {version('torch')}, skorch {version('skorch')}", needed=False)
    except PackageNotFoundError:
        mend = "pip install --constraint constraints.txt --editable '.[deep]'"
        return Finding("recurrent models", False, f"lstm is left out without the extra deep: {mend}", needed=False)


def _decoder() -> Finding:
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: the package is there, its C library is not
        return Finding("audio formats", False, f"soundfile does not load ({error}): install libsndfile")
    known = soundfile.available_formats()
    missing = [name for name in AUDIO_FORMATS if name not in known]
    told = ", ".join(name for name in AUDIO_FORMATS if name in known)
    return Finding(
        "audio formats", not missing, told + (f"; not {', '.join(missing)}: update libsndfile" if missing else "")
    )


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().find_kernel_specs().get("python3")
    return Finding("Jupyter kernel", found is not None, found or "python -m ipykernel install --sys-prefix")


def _mongod(settings: Settings) -> Finding:
    if settings.mongodb_uri is not None:
        return Finding("mongod", True, "not needed: MONGODB_URI is set")
    try:
        return Finding("mongod", True, str(find_mongod()))
    except GenrelabError as error:
        return Finding("mongod", False, str(error))


def _server(settings: Settings) -> Finding:
    try:
        standing = look(settings)
        return Finding("MongoDB", True, f"{standing.server_version} at {public_uri(server_uri(settings))}; {standing}")
    except GenrelabError as error:
        return Finding("MongoDB", False, str(error))


def _writable(name: str, path: Path) -> Finding:
    parent = next(folder for folder in (path, *path.parents) if folder.exists())
    free_gib = shutil.disk_usage(parent).free / 2**30
    ok = parent.is_dir() and os.access(parent, os.W_OK | os.X_OK) and free_gib >= FREE_GIB
    mend = "" if ok else f"; it must be a folder to write to: make room, or set GENRELAB_{name.upper()}"
    return Finding(f"{name} folder", ok, f"{path}, {free_gib:.0f} GiB free{mend}")


def _chromium() -> Finding:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return Finding("Chromium", found is not None, found or "only the tests of pages want it", needed=False)
