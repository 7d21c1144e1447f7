"""What is installed, reachable, missing, and how to mend it."""

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.errors import GenrelabError
from pipeline.settings import CHECKOUT, NOTEBOOKS_DIR, PACKAGE_DIR, PROJECT_DIR, SCHEMA_DIR, Settings, how_to_install
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
    detail: str
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok     " if self.ok else ("MISSING" if self.needed else "absent ")
        return f"{mark} {self.what}: {self.detail}"


def examine(settings: Settings) -> list[Finding]:
    """Look at Python, packages, decoder, server, kernel, disk and browser."""
    return [
        Finding("Python", sys.version_info >= (3, 11), f"{sys.version.split()[0]} at {_told(sys.executable)}"),
        _project(),
        _own_files(),
        *(_package(name) for name in PACKAGES),
        _decoder(),
        _more_formats(),
        _kernel(),
        _mongod(settings),
        _server(settings),
        *(_writable(name, getattr(settings, name)) for name in ("home", "exports", "runs")),
        _extract(),
        _learned(),
        _deep(),
        _chromium(),
    ]


def other_checkout() -> Path | None:
    """Return the checkout around the working directory, where this program and its data are another's; else None."""
    here = Path.cwd()
    around = (folder for folder in (here, *here.parents) if (folder / "pipeline" / "settings.py").is_file())
    nearest = next(around, None)
    return nearest if CHECKOUT and nearest and not nearest.samefile(CHECKOUT) else None


def tell_other(other: Path) -> str:
    """Say that another project's data are in use, and the mend."""
    return (
        f"works on the data of {_told(PROJECT_DIR)}, not of {_told(other)}: give that its own .venv by `make run` there"
    )


def _project() -> Finding:
    """Tell whose data are used."""
    if other := other_checkout():
        return Finding("project", False, tell_other(other))
    if CHECKOUT:
        return Finding("project", True, f"{_told(PROJECT_DIR)}, the checkout that this program runs from")
    return Finding(
        "project", True, f"{_told(PROJECT_DIR)}, the working directory; the program is in {_told(PACKAGE_DIR)}"
    )


def _own_files() -> Finding:
    found = [len(list(folder.glob(kind))) for folder, kind in ((NOTEBOOKS_DIR, "0*.ipynb"), (SCHEMA_DIR, "*.json"))]
    detail = f"{found[0]} notebooks, {found[1]} collections, in {_told(CHECKOUT or PACKAGE_DIR)}"
    return Finding("own files", all(found), detail + ("" if all(found) else ": install the project again"))


def _told(path: str | Path) -> str:
    """Return a path, below the user's home from ``~``."""
    with suppress(RuntimeError):  # nobody's
        for home in (Path.home(), Path.home().resolve()):
            if len(home.parts) > 1 and Path(path).is_relative_to(home):
                return str("~" / Path(path).relative_to(home))
    return str(path)


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "install the project again: make run, or pip install of its folder or wheel")


def _extract() -> Finding:
    try:
        return Finding("Tableau extract", True, f"pantab {version('pantab')}", needed=False)
    except PackageNotFoundError:
        return Finding("Tableau extract", False, "pantab has no build here: exports go without it", needed=False)


def _deep() -> Finding:
    try:
        return Finding("recurrent models", True, f"torch {version('torch')}, skorch {version('skorch')}", needed=False)
    except PackageNotFoundError:
        mend = how_to_install("deep")
        return Finding("recurrent models", False, f"lstm is left out without the extra deep: {mend}", needed=False)


def _learned() -> Finding:
    from pipeline.features import get_feature_set  # takes seconds

    name = "musicnn-msd-v1"
    missing = get_feature_set(name).say_missing()
    detail = f"{name} is left out without {missing}" if missing else name
    return Finding("learned features", not missing, detail, needed=False)


def _decoder() -> Finding:
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: the package is there, its C library is not
        return Finding("audio formats", False, f"soundfile does not load ({error}): install libsndfile")
    known = soundfile.available_formats()
    missing = [name for name in AUDIO_FORMATS if name not in known]
    detail = ", ".join(name for name in AUDIO_FORMATS if name in known)
    return Finding(
        "audio formats", not missing, detail + (f"; not {', '.join(missing)}: update libsndfile" if missing else "")
    )


def _more_formats() -> Finding:
    from pipeline.decoders.ffmpeg import MISSING, is_installed

    detail = (
        f"AAC (m4a), WMA, WavPack and more, by FFmpeg in av {version('av')}"
        if is_installed()
        else (f"AAC (m4a), WMA, WavPack and more are rejected without {MISSING}")
    )
    return Finding("more audio formats", is_installed(), detail, needed=False)


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().find_kernel_specs().get("python3")
    return Finding(
        "Jupyter kernel", found is not None, _told(found or "") or "python -m ipykernel install --sys-prefix"
    )


def _mongod(settings: Settings) -> Finding:
    if settings.mongodb_uri is not None:
        return Finding("mongod", True, "not needed: MONGODB_URI is set")
    try:
        return Finding("mongod", True, _told(find_mongod()))
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
    variable = f"GENRELAB_{name.upper()}"
    source = f" ({variable})" if os.environ.get(variable) else ""
    mend = "" if ok else f"; it must be a folder to write to: make room, or set {variable}"
    return Finding(f"{name} folder", ok, f"{_told(path)}{source}, {free_gib:.0f} GiB free{mend}")


def _chromium() -> Finding:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return Finding("Chromium", found is not None, found or "only the tests of pages want it", needed=False)
