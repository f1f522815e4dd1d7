"""Search in a large gallery, against the bare matrix product."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge.domain.resident import Resident
from edge.gallery.matrix import Gallery, build_gallery
from models.faces import Floats

TEMPLATES = 100_000
DIMENSIONS = 128
SEARCHES = 200


@dataclass(frozen=True, slots=True)
class GalleryFigures:
    """95th percentiles in milliseconds over the same queries, taken in turn."""

    templates: int
    search_p95_ms: float
    product_p95_ms: float

    @property
    def ratio(self) -> float:
        """Return search over bare product."""
        return self.search_p95_ms / self.product_p95_ms


def bench_gallery(templates: int = TEMPLATES, searches: int = SEARCHES) -> GalleryFigures:
    """Return the cost of a search that finds the best two of ``templates`` people."""
    random = np.random.default_rng(1)
    vectors = random.normal(size=(templates, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = _gallery(vectors)
    queries = vectors[random.integers(0, templates, searches)]
    search_ms, product_ms = [], []
    for query in queries:
        product_ms.append(_ms(gallery.vectors.dot, query))
        search_ms.append(_ms(gallery.search, query))
    return GalleryFigures(
        templates,
        float(np.percentile(search_ms, 95)),
        float(np.percentile(product_ms, 95)),
    )


def _gallery(vectors: Floats) -> Gallery:
    rows = [(Resident(str(row)), str(row), 1, vector) for row, vector in enumerate(vectors)]
    return build_gallery(rows)


def _ms(act: Callable[[Floats], object], query: Floats) -> float:
    began = time.perf_counter()
    act(query)
    return (time.perf_counter() - began) * 1e3
