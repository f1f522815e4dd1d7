"""For tests of benches: runs that nobody has measured, figures by name, a blind network."""

from collections.abc import Sequence
from datetime import UTC, datetime

from edge.bench.figure import Figure, against, of_repeats, once
from edge.bench.machine import Machine
from edge.bench.report import Measured, Report, Skipped
from models.detections import Detections
from models.faces import Picture

MACHINE = Machine("Quick 9000", 2, 8 * 2**30, "Linux 6.1")
AT = datetime(2026, 11, 25, 3, 4, 5, tzinfo=UTC)


def a_figure(name: str = "camera", value: float = 1.2, limit: float | None = 1.0) -> Figure:
    """Return a figure whose repeats lie within a hundredth."""
    found = of_repeats(name, "s CPU", [value * 0.99, value, value * 1.01])
    return against(found, limit, "" if limit is None else "decoding", goal=1.15)


def a_report(*figures: Figure, machine: Machine = MACHINE, version: str = "0.1.0") -> Report:
    """Return a run of one bench."""
    return Report(version, machine, AT, [Measured("gate", one) for one in figures])


def a_full_report() -> Report:
    """Return a run with everything that a figure can be."""
    figures = [
        Measured("gate", a_figure("gate camera")),
        Measured("gate", a_figure("quick camera", 1.1)),
        Measured("gate", against(once("CPU of a script", 9.3, "s CPU"), 0.9, "ours")),
        Measured("gate", against(once("& <rate>", 71.0, "1/s"), 100.0, goal=0.6, at_least=True)),
        Measured("latency", against(once("p50", 312.5, "ms"), None, goal=400.0)),
        Measured("latency", against(once("p95", 1000.0, "ms"), None, goal=900.0)),
        Measured("latency", once("decisions", 9, "decisions")),
    ]
    return Report("0.1.0", MACHINE, AT, figures, [Skipped("street", "H.265", "no encoder")])


def by_name(figures: Sequence[Figure]) -> dict[str, Figure]:
    """Return figures by their names, no two of which are alike."""
    found = {one.name: one for one in figures}
    assert len(found) == len(figures)
    return found


class SeesNothing:
    """A network that finds nothing."""

    name, sha256, labels, input_px = "nothing", "ab" * 32, ("car",), 96

    def detect(self, picture: Picture) -> Detections:
        """Find nothing in a picture."""
        del picture
        return Detections.none(self.labels)
