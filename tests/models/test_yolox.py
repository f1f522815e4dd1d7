import numpy as np
import pytest

from models.detections import Thresholds
from models.yolox import GREY, grid, postprocess, preprocess

LABELS = ("person", "car")


def test_a_picture_lies_at_the_top_left_of_a_grey_square() -> None:
    batch, scale = preprocess(np.full((20, 40, 3), (10, 20, 30), np.uint8), 64)
    assert batch.shape == (1, 3, 64, 64)
    assert scale == pytest.approx(1.6)
    assert batch[0, :, 0, 0].tolist() == [10, 20, 30]
    assert batch[0, :, 31, 63].tolist() == [10, 20, 30]
    assert batch[0, :, 32, 0].tolist() == [GREY] * 3


def test_cells_are_listed_by_stride_then_row_then_column() -> None:
    corners, strides = grid(64)
    assert strides.tolist() == [8] * 64 + [16] * 16 + [32] * 4
    assert corners[9].tolist() == [1, 1]
    assert corners[64 + 6].tolist() == [2, 1]


def test_a_row_is_decoded_by_its_cell_and_scored_by_both_scores() -> None:
    raw = np.zeros((84, 7), np.float32)
    raw[64 + 6] = [0.5, 0.25, np.log(2), np.log(1), 0.8, 0.1, 0.9]  # stride 16, cell (2, 1)
    found = postprocess(
        raw,
        side_px=64,
        scale=0.5,
        size_wh=(128, 128),
        labels=LABELS,
        thresholds=Thresholds(LABELS, {"default": 0.3}),
    )
    # The centre is at (2.5, 1.25) strides, the size 2 x 1 strides, the picture twice the canvas.
    np.testing.assert_allclose(found.boxes_xyxy, [[48, 24, 112, 56]], rtol=1e-6)
    assert found.scores == pytest.approx([0.72])
    assert found.label_of(0) == "car"


def test_an_unsure_row_is_nothing() -> None:
    raw = np.zeros((84, 7), np.float32)
    raw[0] = [0, 0, 1, 1, 0.5, 0.5, 0]
    found = postprocess(
        raw,
        side_px=64,
        scale=1,
        size_wh=(64, 64),
        labels=LABELS,
        thresholds=Thresholds(LABELS, {"default": 0.3}),
    )
    assert len(found) == 0
