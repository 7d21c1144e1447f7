"""What decides on the last bit of a result: this program, Python, and the packages that compute."""

import hashlib
import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from pipeline.errors import InputError
from pipeline.settings import PACKAGE_DIR

PACKAGES = (
    "numpy", "scipy", "scikit-learn", "pandas", "pyarrow", "pymongoarrow", "joblib", "numba", "librosa", "soundfile",
    "av", "onnxruntime", "torch", "skorch",
)  # fmt: skip

NONE = "none"


@lru_cache(maxsize=1)
def own_versions() -> Mapping[str, str]:
    """Return the versions of this process; of this program, a hash of its modules."""
    return {"python": platform.python_version(), "genrelab": _program()} | {name: _version(name) for name in PACKAGES}


def refuse_others(asked: Mapping[str, str]) -> None:
    """Make sure that this process has the versions that are asked for.

    Raises
    ------
    InputError
        naming this machine and what differs
    """
    own = own_versions()
    different = [f"{name} {own.get(name, NONE)} instead of {of}" for name, of in asked.items() if own.get(name) != of]
    if different:
        raise InputError(
            f"a worker on {platform.node()} has {', '.join(different)}: its results could be others; "
            "install the same there, or leave --scheduler out"
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return NONE


def _program() -> str:
    found = hashlib.sha256()
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        found.update(str(path.relative_to(PACKAGE_DIR)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
