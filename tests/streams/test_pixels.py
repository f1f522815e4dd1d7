import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from streams.pixels import Converter

SIZE_WH = (320, 180)
FORMATS = ["yuv420p", "yuvj420p", "yuv422p", "nv12"]
PART = (40, 20, 140, 100)


def scene() -> npt.NDArray[np.uint8]:
    """Colours that change softly, as chroma is stored for four pixels together."""
    small = np.random.default_rng(5).integers(0, 256, (6, 10, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(small, SIZE_WH, interpolation=cv2.INTER_CUBIC), np.uint8)


def picture(name: str) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(scene(), format="bgr24").reformat(format=name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("part", [PART, (0, 0, 320, 180), (300, 160, 320, 180), (41, 21, 99, 77)])
def test_a_part_is_what_the_whole_picture_shows_there(
    name: str, part: tuple[int, int, int, int]
) -> None:
    converter, shown = Converter(), picture(name)
    left, top, right, bottom = part
    whole = converter.bgr(shown)[top:bottom, left:right]
    found = converter.part_bgr(shown, part)
    assert found.shape == whole.shape
    difference = np.abs(found.astype(int) - whole.astype(int))
    assert difference.mean() < 2.0
    assert difference.max() <= 6


@pytest.mark.parametrize("name", FORMATS)
def test_a_small_picture_shows_the_same_as_the_large_one(name: str) -> None:
    converter, shown = Converter(), picture(name)
    small = converter.small_bgr(shown, 160)
    assert small.shape == (90, 160, 3)
    expected = cv2.resize(converter.bgr(shown), (160, 90), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - expected.astype(int)).mean() < 4.0
