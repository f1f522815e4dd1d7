"""Object detectors as files: networks of three nodes that answer what a test says."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_detector(
    path: Path,
    answer: npt.NDArray[np.float32],
    *,
    side_px: int = 64,
    names: str = "",
    takes: int = TensorProto.FLOAT,
) -> Path:
    """Write a network that answers the same to every picture; return its path."""
    nodes = [
        helper.make_node("Cast", ["images"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["seen"], ["light"], keepdims=0),
        helper.make_node("Mul", ["light", "nothing"], ["dark"]),
        helper.make_node("Add", ["answer", "dark"], ["output0"]),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("images", takes, [1, 3, side_px, side_px])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["a", "b", "c"])],
        [
            numpy_helper.from_array(np.asarray(answer, np.float32), "answer"),
            numpy_helper.from_array(np.zeros((), np.float32), "nothing"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if names:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, str(path))
    return path
