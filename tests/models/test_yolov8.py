import numpy as np
import pytest

from models.detections import Thresholds
from models.yolov8 import postprocess, preprocess
from models.yolox import GREY

LABELS = ("stall", "pile", "smoke")


def test_a_picture_lies_in_the_middle_in_rgb_from_0_to_1() -> None:
    batch, scale, origin_xy = preprocess(np.full((20, 40, 3), (0, 51, 255), np.uint8), 64)
    assert scale == pytest.approx(1.6)
    assert origin_xy == (0, 16)
    np.testing.assert_allclose(batch[0, :, 16, 0], [1, 0.2, 0], rtol=1e-6)
    np.testing.assert_allclose(batch[0, :, 15, 0], GREY / 255, rtol=1e-6)
    np.testing.assert_allclose(batch[0, :, 48, 0], GREY / 255, rtol=1e-6)


def test_a_column_is_a_centre_a_size_and_class_scores() -> None:
    raw = np.zeros((7, 3), np.float32)
    raw[:, 1] = [32, 26, 16, 4, 0.1, 0.7, 0.2]
    found = postprocess(
        raw,
        scale=1.6,
        origin_xy=(0, 16),
        size_wh=(40, 20),
        labels=LABELS,
        thresholds=Thresholds(LABELS, {"default": 0.5}),
    )
    np.testing.assert_allclose(found.boxes_xyxy, [[15, 5, 25, 7.5]], rtol=1e-6)
    assert found.scores == pytest.approx([0.7])
    assert found.label_of(0) == "pile"
