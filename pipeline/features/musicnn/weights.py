"""The weights of MusiCNN: files of the package musicnn, which is read and never imported, since it needs TensorFlow."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.features.musicnn.checkpoint import read_checkpoint

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGE = "musicnn==0.1.0"
INSTALL = f"pip install onnx onnxruntime && pip install --no-deps {PACKAGE}"
"""What to type where something is missing; the package's own dependencies can't be had for today's Python."""

_SHA256 = "8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6"
"""Of the file of weights: other weights would be another version of the sets."""


def say_missing() -> str:
    """Say what is not installed that the network needs; empty where nothing is."""
    missing = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    folder = _folder()
    if folder is None or not (folder / ".index").is_file():
        missing.append(PACKAGE)
    return " and ".join(missing)


@cache
def load_network() -> "InferenceSession":
    """Return the network, on one thread.

    Raises
    ------
    InputError
        where something is missing, or the weights are others
    """
    missing = say_missing()
    folder = _folder()
    if missing or folder is None:
        raise InputError(
            f"the feature sets musicnn-… need {missing}, which is not installed here: {INSTALL}; or choose another set "
            "with --features"
        )
    if hashlib.sha256((folder / ".data-00000-of-00001").read_bytes()).hexdigest() != _SHA256:
        raise InputError(
            f"the weights in the package musicnn are not those of {PACKAGE}: pip install --no-deps {PACKAGE}"
        )
    from onnxruntime import InferenceSession, SessionOptions  # only where it is asked for: it is no requirement

    from pipeline.features.musicnn.network import build_network

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # files are what runs in parallel
    return InferenceSession(build_network(read_checkpoint(folder)), options, providers=["CPUExecutionProvider"])


def _folder() -> Path | None:
    """Return where the installed package has the weights that were trained on the Million Song Dataset."""
    try:
        return Path(str(distribution(PACKAGE.split("==")[0]).locate_file("musicnn/MSD_musicnn")))
    except PackageNotFoundError:
        return None
