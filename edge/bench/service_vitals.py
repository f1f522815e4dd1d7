"""What a service tells of its cameras while it is watched, summed up."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from edge.domain.camera import CameraState
from edge.store.journal import SeenCamera

NEAR_S = 2.5
"""A passage belongs to a person whose face was usable so long before or after it appeared."""


@dataclass(slots=True)
class Tally:
    """Of one camera, between the first and the last report that was seen.

    Attributes:
        elapsed_s: Between both.
        decoded, analysed, due: Pictures; ``due`` is what would be analysed if there were time.
        dropped: Pictures let go because of lag.
        lags_s: One of each report.
        offline: Reports that it was not online.
    """

    elapsed_s: float = 0.0
    decoded: float = 0.0
    analysed: float = 0.0
    due: float = 0.0
    dropped: int = 0
    lags_s: list[float] = field(default_factory=list)
    offline: int = 0


class Vitals:
    """Takes the reports of all cameras again and again; each counts once."""

    def __init__(self) -> None:
        self._last: dict[str, SeenCamera] = {}
        self.tallies: dict[str, Tally] = {}

    def take(self, seen: Sequence[SeenCamera]) -> None:
        """Take what the cameras have reported last."""
        for one in seen:
            name = one.report.camera_id
            last = self._last.get(name)
            if last is None:  # what it says is of a time before
                self._last[name], self.tallies[name] = one, Tally()
            elif one.reported_at > last.reported_at:
                self._last[name] = one
                _add(self.tallies[name], last, one)

    def of(self, kind: str) -> list[Tally]:
        """Return those of the cameras whose names begin so."""
        return [tally for name, tally in self.tallies.items() if name.startswith(kind)]


def _add(tally: Tally, last: SeenCamera, one: SeenCamera) -> None:
    elapsed_s = (one.reported_at - last.reported_at).total_seconds()
    tally.elapsed_s += elapsed_s
    tally.decoded += one.report.fps * elapsed_s
    tally.analysed += one.report.analysed_fps * elapsed_s
    tally.due += one.report.due_fps * elapsed_s
    tally.dropped += one.report.dropped - last.report.dropped
    tally.lags_s.append(one.report.lag_s)
    tally.offline += one.report.state is not CameraState.ONLINE


def per_second(tallies: Sequence[Tally], amount: Callable[[Tally], float]) -> float:
    """Return the sum of what all cameras did in a second; 0 for none."""
    return sum(amount(one) / one.elapsed_s for one in tallies if one.elapsed_s > 0)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that ``share`` of them do not exceed."""
    return sorted(values)[min(math.ceil(share * len(values)), len(values)) - 1]


@dataclass(frozen=True, slots=True)
class Told:
    """A passage that came from the broker.

    Attributes:
        appeared_s: First sight of the person, by the box's clock.
        came_s: When the message was here, by the same clock.
    """

    camera_id: str
    appeared_s: float
    came_s: float


def latencies_s(told: Sequence[Told], usable_s: Mapping[str, Sequence[float]]) -> list[float]:
    """Return for every person that was told how long it took from the first usable face.

    Args:
        told: First revisions of passages.
        usable_s: By camera, the moments at which a new person's face was first usable.
    """
    return list(_latencies_s(told, usable_s))


def _latencies_s(told: Sequence[Told], usable_s: Mapping[str, Sequence[float]]) -> Iterator[float]:
    known: set[tuple[str, float]] = set()
    for one in sorted(told, key=lambda passage: passage.came_s):
        # Whoever is seen may be seen somewhat before the face is good enough.
        apart = [
            (abs(moment - one.appeared_s), moment) for moment in usable_s.get(one.camera_id, ())
        ]
        apart_s, moment_s = min(apart, default=(math.inf, math.inf))
        if apart_s <= NEAR_S and (one.camera_id, moment_s) not in known:
            known.add((one.camera_id, moment_s))
            yield one.came_s - moment_s
