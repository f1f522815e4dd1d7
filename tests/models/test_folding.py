from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.errors import ModelFileError
from models.folding import dequantise, fold
from models.session import load_network


def test_a_block_scale_applies_to_its_block() -> None:
    values = np.array([[10, 20, 30, 40, 50]], np.int8)
    scales = np.array([[1.0, 0.5, 2.0]], np.float32)
    zeros = np.array([[0, 10, 0]], np.int8)
    folded = dequantise([values, scales, zeros], axis=1, block=2)
    np.testing.assert_array_equal(folded, [[10, 20, 10, 15, 100]])


def test_a_scale_per_channel_applies_along_its_axis() -> None:
    values = np.array([[2, 4], [6, 8]], np.int8)
    folded = dequantise([values, np.array([1.0, 10.0], np.float32)], axis=0, block=0)
    np.testing.assert_array_equal(folded, [[2, 4], [60, 80]])


def quantised_network(path: Path) -> Path:
    """y = x * w, with w block-quantised in blocks of two, and an input nobody uses."""
    constants = [
        numpy_helper.from_array(np.array([[4, 8, 6, 2]], np.int8), "w_q"),
        numpy_helper.from_array(np.array([[0.5, 2.0]], np.float32), "w_s"),
        numpy_helper.from_array(np.array([[0, 1]], np.int8), "w_z"),
    ]
    nodes = [
        helper.make_node("DequantizeLinear", ["w_q", "w_s", "w_z"], ["w"], axis=1, block_size=2),
        helper.make_node("Mul", ["x", "w"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "quantised",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4]),
            helper.make_tensor_value_info("unused", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save(model, str(path))
    return path


def test_a_folded_network_runs_and_its_freed_dimension_varies(tmp_path: Path) -> None:
    source = quantised_network(tmp_path / "q.onnx")
    target = tmp_path / "f.onnx"
    target.write_bytes(fold(source, free_input=("batch",), free_output=("batch",)))
    network = load_network(target)
    assert network.input_shape == ["batch", 4]
    (product,) = network.run(np.ones((3, 4), np.float32))
    np.testing.assert_array_equal(product, [[2, 4, 10, 2]] * 3)


def test_folding_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    source = quantised_network(tmp_path / "q.onnx")
    assert fold(source) == fold(source)


def test_what_is_no_network_is_said_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(ModelFileError, match=r"broken\.onnx: is no ONNX file; run 'gridwatch"):
        fold(path)


def test_an_activation_with_slopes_computes_what_it_did(tmp_path: Path) -> None:
    slopes = np.array([-0.5, 0.0, 0.25, 1.5], np.float32).reshape(4, 1, 1)
    graph = helper.make_graph(
        [helper.make_node("PRelu", ["x", "s"], ["y"])],
        "sloped",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 2, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4, 2, 3])],
        [numpy_helper.from_array(slopes, "s")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    source, target = tmp_path / "sloped.onnx", tmp_path / "folded.onnx"
    onnx.save(model, str(source))
    target.write_bytes(fold(source))
    assert {node.op_type for node in onnx.load(str(target)).graph.node} == {"Relu", "Mul", "Add"}
    x = np.random.default_rng(4).normal(size=(1, 4, 2, 3)).astype(np.float32)
    (y,) = load_network(target).run(x)
    np.testing.assert_allclose(y, np.where(x > 0, x, slopes * x), rtol=1e-6, atol=1e-7)
