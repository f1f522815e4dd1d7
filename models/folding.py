"""Prepare a pulled network for ONNX Runtime, once.

The runtime refuses block-quantised weights, so every ``DequantizeLinear`` on a constant is computed
here and becomes a float constant. Fixed sizes that the graph does not need are freed. Activations
that it computes slowly are written in terms of those that it computes quickly.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from models.errors import ModelFileError


def fold(
    source: Path, *, free_input: Sequence[str | None] = (), free_output: Sequence[str | None] = ()
) -> bytes:
    """Return the network's file with float weights; the same bytes for the same input.

    Args:
        source: The pulled file.
        free_input: New names of the input's dimensions that may vary, None to keep one.
        free_output: The same for every output.

    Raises:
        ModelFileError: The file is no ONNX network.
    """
    try:
        network = onnx.load(str(source))
    except (DecodeError, OSError) as error:
        raise ModelFileError(
            f"{source}: is no ONNX file; run 'gridwatch models pull' again"
        ) from error
    graph = network.graph
    constants = {one.name: one for one in graph.initializer}
    kept, folded = [], []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and all(name in constants for name in node.input):
            arrays = [numpy_helper.to_array(constants[name]) for name in node.input]
            weights = dequantise(
                arrays, axis=_int(node, "axis", 1), block=_int(node, "block_size", 0)
            )
            folded.append(numpy_helper.from_array(weights, node.output[0]))
            constants[node.output[0]] = folded[-1]
        elif node.op_type == "PRelu" and node.input[1] in constants:
            nodes, slopes = _by_relu(node, numpy_helper.to_array(constants[node.input[1]]))
            kept += nodes
            folded += slopes
        else:
            kept.append(node)
    used = {name for node in kept for name in node.input} | {one.name for one in graph.output}
    stored = [one for one in [*graph.initializer, *folded] if one.name in used]
    names = {one.name for one in stored}
    inputs = [one for one in graph.input if one.name in used and one.name not in names]
    prepared = onnx.helper.make_graph(
        kept, graph.name, inputs, graph.output, initializer=stored, value_info=[]
    )
    graph.CopyFrom(prepared)
    for value in graph.input:
        _free(value, free_input)
    for value in graph.output:
        _free(value, free_output)
    return bytes(network.SerializeToString(deterministic=True))


def dequantise(
    arrays: Sequence[npt.NDArray[np.generic]], *, axis: int, block: int
) -> npt.NDArray[np.float32]:
    """Return ``(x - zero_point) * scale`` in float32, as ONNX defines DequantizeLinear.

    Args:
        arrays: Quantised values, scales and optionally zero points.
        axis: The axis that scales are given along.
        block: Values per scale along the axis; 0 for one scale per row of the axis or in all.
    """
    values = arrays[0].astype(np.float32)
    scales = arrays[1].astype(np.float32)
    zeros = arrays[2].astype(np.float32) if len(arrays) > 2 else np.zeros_like(scales)  # noqa: PLR2004
    if block:
        repeats = (slice(None),) * (axis % values.ndim) + (slice(values.shape[axis]),)
        scales = np.repeat(scales, block, axis=axis)[repeats]
        zeros = np.repeat(zeros, block, axis=axis)[repeats]
    elif scales.ndim == 1 and scales.size > 1:
        shape = [1] * values.ndim
        shape[axis] = scales.size
        scales, zeros = scales.reshape(shape), zeros.reshape(shape)
    return np.asarray((values - zeros) * scales, np.float32)


def _by_relu(
    node: onnx.NodeProto, slopes: npt.NDArray[np.generic]
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Return ``(1 - s) * max(x, 0) + s * x``, which is ``PRelu``, and its constants.

    The runtime knows PRelu for one layout only: it brings each layer's output into that layout and
    back, and computes with one value at a time. SFace takes 22 ms with it and 10 ms without
    (measured), for the same vectors.
    """
    x, y = node.input[0], node.output[0]
    below, above, rest, share = (f"{y}_{name}" for name in ("below", "above", "rest", "share"))
    sloped = np.asarray(slopes, np.float32)
    nodes = [
        onnx.helper.make_node("Relu", [x], [f"{y}_relu"]),
        onnx.helper.make_node("Mul", [f"{y}_relu", rest], [above]),
        onnx.helper.make_node("Mul", [x, share], [below]),
        onnx.helper.make_node("Add", [above, below], [y]),
    ]
    constants = [
        numpy_helper.from_array(np.float32(1) - sloped, rest),
        numpy_helper.from_array(sloped, share),
    ]
    return nodes, constants


def _int(node: onnx.NodeProto, name: str, default: int) -> int:
    return next((int(one.i) for one in node.attribute if one.name == name), default)


def _free(value: onnx.ValueInfoProto, names: Sequence[str | None]) -> None:
    for dimension, name in zip(value.type.tensor_type.shape.dim, names, strict=False):
        if name is not None:
            dimension.dim_param = name
