"""Take one bench."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from edge.bench.catalogue import Bench, Means
from edge.bench.report import Measured, Skipped

Skip = Callable[[str, str], None]


def measure(
    bench: Bench, means: Callable[[Path, Skip], Means], skipped: list[Skipped]
) -> list[Measured]:
    """Return what a bench has found.

    Args:
        bench: Is taken once, in a folder that is gone afterwards.
        means: Returns what it is given, for its folder and where it tells what it skips.
        skipped: What cannot be measured here is added.

    Raises:
        Exception: One of ``edge.errors.TOLD``: something that it needs is missing.
    """

    def skip(figure: str, why: str) -> None:
        skipped.append(Skipped(bench.name, figure, why))

    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        found = bench.run(means(Path(folder), skip))
    return [Measured(bench.name, figure) for figure in found]
