"""Search in a large gallery, against the bare matrix product."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edge.bench.apart import as_in_a_worker
from edge.domain.resident import Resident
from edge.gallery.matrix import Gallery, build_gallery
from models.faces import Floats

GALLERIES = ((100_000, 128), (20_000, 512))
"""Templates and dimensions."""

SEARCHES = 200


@dataclass(frozen=True, slots=True)
class GalleryFigures:
    """95th percentiles in milliseconds over the same queries, taken in turn."""

    templates: int
    dimensions: int
    search_p95_ms: float
    product_p95_ms: float

    @property
    def ratio(self) -> float:
        """Return search over bare product."""
        return self.search_p95_ms / self.product_p95_ms


def bench_galleries(
    galleries: Sequence[tuple[int, int]] = GALLERIES, *, searches: int = SEARCHES, repeats: int = 1
) -> list[list[GalleryFigures]]:
    """Return the cost of searches for the best two people, as a worker has it.

    Args:
        galleries: Templates, one for each person, and dimensions.
        searches: Of which the 95th percentile is taken.
        repeats: How often that is done.
    """
    return [
        [as_in_a_worker(_bench_gallery, *one, searches) for _ in range(repeats)]
        for one in galleries
    ]


def _bench_gallery(templates: int, dimensions: int, searches: int) -> GalleryFigures:
    random = np.random.default_rng(1)
    vectors = unit_rows(random, templates, dimensions)
    gallery = gallery_of(vectors)
    queries = vectors[random.integers(0, templates, searches)]
    search_ms, product_ms = [], []
    for query in queries:
        product_ms.append(_ms(gallery.vectors.dot, query))
        search_ms.append(_ms(gallery.search, query))
    return GalleryFigures(
        templates,
        dimensions,
        float(np.percentile(search_ms, 95)),
        float(np.percentile(product_ms, 95)),
    )


def unit_rows(random: np.random.Generator, count: int, dimensions: int) -> Floats:
    """Return ``(count, dimensions)`` templates of people who do not resemble each other."""
    vectors = random.standard_normal((count, dimensions), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def gallery_of(vectors: Floats) -> Gallery:
    """Return a gallery of one person for each of ``(T, D)`` unit rows."""
    rows = [(Resident(str(row)), str(row), 1, vector) for row, vector in enumerate(vectors)]
    return build_gallery(rows)


def _ms(act: Callable[[Floats], object], query: Floats) -> float:
    began = time.perf_counter()
    act(query)
    return (time.perf_counter() - began) * 1e3
