"""Edges of a small picture beside those of its background: of all its 8 x 8 cells, or of some."""

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.uint8]
Slope = tuple[Floats, Floats]

CELL_PX = 8
EDGE_NOISE = 4.0
"""Square levels a pixel that a picture without edges has; measured with the coefficients."""

REACH_PX = 2
"""A gradient of smoothed levels tells of pixels so far away."""

FEW = 200
"""More cells are cheaper worked out with all others (measured)."""


class Edges:
    """Edges of one background, which pictures are held against; all ``(rows, columns)``."""

    def __init__(self, background: Pixels) -> None:
        """Take the luma of a background, ``(h, w)``, sides multiples of a cell's."""
        self._background = background
        self._texture: tuple[Slope, Floats] | None = None

    def beside(self, luma: Pixels) -> tuple[Floats, Floats, Floats]:
        """Return a picture's edges, those of the background, and the share of new ones."""
        if self._texture is None:
            slope = _slope(self._background)
            self._texture = slope, _mean(_product(slope, slope))
        background, background_edges = self._texture
        slope = _slope(luma)
        edges, shared = _mean(_product(slope, slope)), _mean(_product(slope, background))
        return edges, background_edges, _new(edges, background_edges, shared)

    def new_in(self, luma: Pixels, cells: Mask) -> Floats:
        """Return the share of new edges in some cells, to the last bit as above; 0 elsewhere."""
        where = np.nonzero(cells)
        if where[0].size > FEW:
            return np.where(cells, self.beside(luma)[2], np.float32(0))
        slope, background = (_slope(_patches(whole, where)) for whole in (luma, self._background))
        # Products of half levels are exact, and so are their sums in any order.
        edges, background_edges, shared = (
            _inner_mean(_product(one, other), where[0].size)
            for one, other in ((slope, slope), (background, background), (slope, background))
        )
        new = np.zeros(cells.shape, np.float32)
        new[where] = _new(edges, background_edges, shared)
        return new


def _patches(luma: Pixels, where: tuple[npt.NDArray[np.intp], ...]) -> Pixels:
    """Return cells with what is around them, one below the other."""
    around = (REACH_PX,) * 4
    wide = np.asarray(cv2.copyMakeBorder(luma, *around, cv2.BORDER_REFLECT_101), np.uint8)
    side = CELL_PX + 2 * REACH_PX
    windows = np.lib.stride_tricks.sliding_window_view(wide, (side, side))
    return windows[where[0] * CELL_PX, where[1] * CELL_PX].reshape(-1, side)


def _inner_mean(product: Floats, count: int) -> Floats:
    """Return the mean of each of so many patches without its margin."""
    side = CELL_PX + 2 * REACH_PX
    inside = slice(REACH_PX, REACH_PX + CELL_PX)
    inner = product.reshape(count, side, side)[:, inside, inside]
    return np.asarray(inner.mean(axis=(1, 2)), np.float32)


def _mean(picture: Floats) -> Floats:
    size_wh = (picture.shape[1] // CELL_PX, picture.shape[0] // CELL_PX)
    return np.asarray(cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA), np.float32)


def _slope(luma: Pixels) -> Slope:
    """Return the gradient of the smoothed luma in levels a pixel."""
    smooth = cv2.blur(luma, (3, 3))
    in_x = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
    in_y = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=1, scale=0.5)
    return np.asarray(in_x, np.float32), np.asarray(in_y, np.float32)


def _product(a: Slope, b: Slope) -> Floats:
    product = a[0] * b[0]
    cv2.accumulateProduct(a[1], b[1], product)
    return product


def _new(edges: Floats, background_edges: Floats, shared_edges: Floats) -> Floats:
    shared = shared_edges * shared_edges / np.maximum(background_edges, 1e-6)
    own = np.maximum(edges - shared, 0)
    return np.asarray(own / (background_edges + edges + EDGE_NOISE), np.float32)
