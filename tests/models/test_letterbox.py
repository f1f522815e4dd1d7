import numpy as np
import pytest

from models.letterbox import letterbox, to_batch, to_padded_batch


def test_a_wide_picture_needs_no_square_canvas() -> None:
    boxed = letterbox(np.full((1080, 1920, 3), 200, np.uint8), longer_px=640, multiple=32)
    assert boxed.canvas.shape == (384, 640, 3)
    assert boxed.scale == 640 / 1920
    assert boxed.canvas[359, 639, 0] == 200
    assert boxed.canvas[360:].max() == 0


def test_a_picture_of_the_right_size_is_left_alone() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)
    boxed = letterbox(picture, longer_px=96, multiple=32)
    np.testing.assert_array_equal(boxed.canvas, picture)


def test_a_batch_is_ordered_normalised_and_channel_first() -> None:
    picture = np.zeros((1, 2, 2, 3), np.uint8)
    picture[..., 0], picture[..., 2] = 10, 250
    plain = to_batch(picture, mean=0.0, std=1.0, rgb=False)
    assert plain.shape == (1, 3, 2, 2)
    assert (plain[0, 0, 0, 0], plain[0, 2, 0, 0]) == (10, 250)
    normal = to_batch(picture, mean=127.5, std=127.5, rgb=True)
    np.testing.assert_allclose(
        normal[0, :, 0, 0], [(250 - 127.5) / 127.5, -1, (10 - 127.5) / 127.5]
    )


@pytest.mark.parametrize("size_hw", [(360, 640), (41, 30), (64, 32)])
def test_a_padded_batch_is_that_of_the_letterboxed_picture(size_hw: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*size_hw, 3), np.uint8)
    boxed = letterbox(picture, longer_px=max(size_hw), multiple=32)
    expected = to_batch(boxed.canvas[None], mean=0.0, std=1.0, rgb=False)
    np.testing.assert_array_equal(to_padded_batch(picture, multiple=32), expected)
