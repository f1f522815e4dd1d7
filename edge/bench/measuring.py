"""Take one bench, or say why not."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from edge.bench.catalogue import Bench, Means
from edge.bench.report import Measured, Skipped
from edge.errors import TOLD

Skip = Callable[[str, str], None]


def measure(
    bench: Bench, means: Callable[[Path, Skip], Means], skipped: list[Skipped]
) -> list[Measured]:
    """Return what a bench has found.

    Args:
        bench: Is taken once, in a folder that is gone afterwards.
        means: Returns what it is given, for its folder and where it tells what it skips.
        skipped: What cannot be measured here is added, also if that is all of it.
    """

    def skip(figure: str, why: str) -> None:
        skipped.append(Skipped(bench.name, figure, why))

    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        try:
            found = bench.run(means(Path(folder), skip))
        except TOLD as error:
            skip("", str(error))
            return []
    return [Measured(bench.name, figure) for figure in found]
