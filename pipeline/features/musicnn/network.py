"""The network MusiCNN (Pons and Serra 2019, arXiv:1909.06654) as an ONNX graph, from the variables of its checkpoint.

Layers are numbered as TensorFlow numbered them. Two things are said in another way, with the same result:

- A batch normalisation after training is a factor and a summand a channel.
- The front end takes, over frequency, the maximum of ``factor * relu(conv) + summand``. Both are monotone, so the
  maximum is taken first: of the convolution where the factor is positive, of its negative where it is not. That leaves
  a hundredth of the values to be multiplied.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pipeline.features.musicnn.patches import N_FRAMES, N_MELS

TIMBRAL = (("conv2d", 1), ("conv2d_1", 2))
"""Convolutions over seven frames and two fifths or seven tenths of the bands, and their batch normalisations."""
TEMPORAL = (("conv2d_2", 3), ("conv2d_3", 4), ("conv2d_4", 5))
"""Convolutions over 128, 64 and 32 frames of each band."""
_EPSILON = 1e-3  # of TensorFlow's batch normalisation
_OPSET = 17
_BLOCK = 16  # the runtime keeps its fast layout of channels where their number is a multiple of it


def build_network(variables: Mapping[str, np.ndarray]) -> bytes:
    """Return the network as a serialised ONNX model.

    Its input ``patches`` [shape=(n, 187, 96), dtype=float32] is log10(1 + 10000 * mel power); its outputs are ``tags``
    [shape=(n, 50)], activations from 0 to 1, and ``penultimate`` [shape=(n, 200)].

    Parameters
    ----------
    variables : mapping of str to np.ndarray
        of the checkpoint, as `read_checkpoint` returns them

    Raises
    ------
    KeyError
        where one is missing
    """
    graph = _Graph(variables)
    spectrum = graph.add("Unsqueeze", "patches", graph.constant([1], "i8"))
    spectrum = graph.normalise(spectrum, 0, (1, 1, 1, 1))
    front = graph.add(
        "Concat",
        *(graph.timbral(spectrum, conv, norm) for conv, norm in TIMBRAL),
        *(graph.temporal(spectrum, conv, norm) for conv, norm in TEMPORAL),
        axis=1,
    )
    first = graph.dense_over_time(front, "conv2d_5", 6)
    second = graph.add("Add", graph.dense_over_time(first, "conv2d_6", 7), first)
    third = graph.add("Add", graph.dense_over_time(second, "conv2d_7", 8), second)
    layers = graph.add("Concat", front, first, second, third, axis=1)
    maxima = graph.add("ReduceMax", layers, axes=[2])
    means = graph.add("ReduceMean", layers, axes=[2])
    pooled = graph.add("Flatten", graph.add("Concat", maxima, means, axis=2))
    hidden = graph.dense(graph.normalise(pooled, 9, (1, -1)), "dense")
    graph.normalise(graph.add("Relu", hidden), 10, (1, -1), output="penultimate")
    graph.add("Sigmoid", graph.dense("penultimate", "dense_1"), output="tags")
    return graph.serialise()


class _Graph:
    """Nodes and constants so far; methods add some and return the name of their result."""

    def __init__(self, variables: Mapping[str, np.ndarray]):
        self._variables = variables
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def constant(self, values: object, dtype: str = "f4") -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=dtype), name))
        return name

    def normalise(self, value: str, number: int, shape: tuple[int, ...], output: str = "") -> str:
        factor, summand = self._factors(number)
        scaled = self.add("Mul", value, self.constant(factor.reshape(shape)))
        return self.add("Add", scaled, self.constant(summand.reshape(shape)), output=output)

    def timbral(self, spectrum: str, layer: str, norm: int) -> str:
        n_frames, n_bands = self._variables[f"{layer}/kernel"].shape[:2]
        return self._front(spectrum, layer, norm, [n_frames // 2, 0, n_frames // 2, 0], N_MELS - n_bands + 1)

    def temporal(self, spectrum: str, layer: str, norm: int) -> str:
        n_frames = self._variables[f"{layer}/kernel"].shape[0]
        return self._front(spectrum, layer, norm, [(n_frames - 1) // 2, 0, n_frames // 2, 0], N_MELS)

    def _front(self, spectrum: str, layer: str, norm: int, pads: list[int], n_bands: int) -> str:
        """Convolve and take the maximum over the bands that remain [shape=(n, n_channels, 187)]."""
        sign = np.where(self._factors(norm)[0] < 0, -1, 1).astype(np.float32)
        kernel = self._variables[f"{layer}/kernel"].transpose(3, 2, 0, 1) * sign[:, None, None, None]
        bias = self._variables[f"{layer}/bias"] * sign
        n_channels = len(bias)
        more = -n_channels % _BLOCK
        kernel, bias = np.pad(kernel, [(0, more), (0, 0), (0, 0), (0, 0)]), np.pad(bias, (0, more))
        convolved = self.add("Conv", spectrum, self.constant(kernel), self.constant(bias), pads=pads)
        highest = self.add("MaxPool", convolved, kernel_shape=[1, n_bands])
        kept = self.add("Slice", highest, *(self.constant(i, "i8") for i in ([0], [n_channels], [1])))
        flat = self.add("Squeeze", kept, self.constant([3], "i8"))
        signed = self.add("Mul", flat, self.constant(sign.reshape(1, -1, 1)))
        return self.normalise(self.add("Relu", signed), norm, (1, -1, 1))

    def dense_over_time(self, value: str, layer: str, norm: int) -> str:
        """Convolve seven frames of all channels [shape=(n, n_channels, 187)]."""
        kernel = self._variables[f"{layer}/kernel"][:, :, 0].transpose(2, 1, 0)
        bias = self._variables[f"{layer}/bias"]
        convolved = self.add("Conv", value, self.constant(kernel), self.constant(bias), pads=[3, 3])
        return self.normalise(self.add("Relu", convolved), norm, (1, -1, 1))

    def dense(self, value: str, layer: str) -> str:
        kernel, bias = self._variables[f"{layer}/kernel"], self._variables[f"{layer}/bias"]
        return self.add("Gemm", value, self.constant(kernel), self.constant(bias))

    def serialise(self) -> bytes:
        n_tags, n_hidden = self._variables["dense_1/bias"].size, self._variables["dense/bias"].size
        graph = helper.make_graph(
            self._nodes,
            "musicnn",
            [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["n", N_FRAMES, N_MELS])],
            [
                helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["n", n_tags]),
                helper.make_tensor_value_info("penultimate", TensorProto.FLOAT, ["n", n_hidden]),
            ],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
        onnx.checker.check_model(model)
        return model.SerializeToString()

    def _factors(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the factor and the summand a channel of a batch normalisation."""
        layer = f"batch_normalization_{number}" if number else "batch_normalization"
        gamma, beta, mean, variance = (
            self._variables[f"{layer}/{name}"] for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + _EPSILON)
        return factor, beta - factor * mean
