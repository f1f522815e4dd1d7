import cv2
import numpy as np

from edge.burning.edges import FEW, Edges, Pixels
from tests.burning_scenes import STREET


def noisy(seed: int) -> Pixels:
    luma = cv2.cvtColor(STREET[:176], cv2.COLOR_BGR2GRAY)
    noise = np.random.default_rng(seed).normal(0, 9, luma.shape)
    return np.asarray(np.clip(luma + noise, 0, 255), np.uint8)


def test_new_edges_of_few_cells_are_to_the_last_bit_those_of_all() -> None:
    rng = np.random.default_rng(7)
    edges, picture = Edges(noisy(1)), noisy(2)
    whole = edges.beside(picture)[2]
    corners = np.zeros(whole.shape, bool)
    corners[[0, 0, -1, -1], [0, -1, 0, -1]] = True
    assert whole[corners].any()
    some = rng.random(whole.shape) < 0.6 * FEW / whole.size
    many = rng.random(whole.shape) < 0.9
    assert corners.sum() < some.sum() < FEW < many.sum()
    for cells in (corners, some, many):
        found = edges.new_in(picture, cells)
        assert np.array_equal(found[cells], whole[cells])
        assert not found[~cells].any()
