"""Object detectors as files: small ones that answer what a test says, and a real one rewritten."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.yolox import grid


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


def as_yolov8(source: Path, target: Path, *, classes: int, names: str, side_px: int = 416) -> Path:
    """Write a YOLOX network as YOLOv8 exports its own: RGB in [0, 1] in, pixels and classes out."""
    model = onnx.load(str(source))
    graph = model.graph
    inner, raw = graph.input[0].name, graph.output[0].name
    corners, strides = grid(side_px)
    constants = {
        "white": np.float32(255),
        "to_bgr": np.array([2, 1, 0], np.int64),
        "corners": corners[None],
        "strides": strides[None, :, None],
    }
    before = [
        helper.make_node("Mul", ["pixels", "white"], ["bright"]),
        helper.make_node("Gather", ["bright", "to_bgr"], [inner], axis=1),
    ]
    after = [
        helper.make_node(
            "Split", [raw], ["xy", "wh", "object", "class"], axis=2, split=[2, 2, 1, classes]
        ),
        helper.make_node("Add", ["xy", "corners"], ["cells"]),
        helper.make_node("Mul", ["cells", "strides"], ["centres"]),
        helper.make_node("Exp", ["wh"], ["stretched"]),
        helper.make_node("Mul", ["stretched", "strides"], ["sizes"]),
        helper.make_node("Mul", ["class", "object"], ["scores"]),
        helper.make_node("Concat", ["centres", "sizes", "scores"], ["rows"], axis=2),
        helper.make_node("Transpose", ["rows"], ["output0"], perm=[0, 2, 1]),
    ]
    rewritten = helper.make_graph(
        [*before, *graph.node, *after],
        "rewritten",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, side_px, side_px])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["a", "b", "c"])],
        [
            *graph.initializer,
            *(numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()),
        ],
    )
    made = helper.make_model(rewritten, opset_imports=model.opset_import, ir_version=8)
    helper.set_model_props(made, {"names": names})
    onnx.save(made, str(target))
    return target
