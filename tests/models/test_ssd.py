from pathlib import Path

import numpy as np
import pytest

from models.detections import Thresholds
from models.errors import ModelFileError
from models.ssd import Ssd, postprocess, preprocess

LABELS = ("-", "person", "bicycle")


def test_a_picture_is_stretched_and_its_colours_swapped() -> None:
    batch = preprocess(np.full((20, 40, 3), (10, 20, 30), np.uint8))
    assert batch.shape == (1, 3, 300, 300)
    assert batch[0, :, 299, 299].tolist() == [30, 20, 10]


def test_a_row_is_a_class_number_a_score_and_shares_of_the_picture() -> None:
    raw = np.array(
        [
            [0, 2, 0.6, 0.1, 0.2, 0.3, 0.4],
            [0, 1, 0.9, 0.5, 0.5, 1.2, 0.9],
            [0, 1, 0.1, 0, 0, 0.1, 0.1],
            [0, 77, 0.9, 0, 0, 0.1, 0.1],
        ],
        np.float32,
    )
    found = postprocess(
        raw, size_wh=(200, 100), labels=LABELS, thresholds=Thresholds(LABELS, {"default": 0.4})
    )
    np.testing.assert_allclose(found.boxes_xyxy, [[100, 50, 200, 90], [20, 20, 60, 40]], rtol=1e-5)
    assert [found.label_of(row) for row in range(len(found))] == ["person", "bicycle"]


def test_a_file_that_is_no_graph_is_said_to_be_none(tmp_path: Path) -> None:
    graph, text = tmp_path / "cut.pb", tmp_path / "cut.pbtxt"
    graph.write_bytes(b"\x08\x06\x12\x04")
    text.write_text("node {", encoding="utf-8")
    with pytest.raises(ModelFileError, match=r"cut\.pb: OpenCV cannot run it"):
        Ssd(graph, text, name="cut", sha256="", labels=LABELS, thresholds={})
