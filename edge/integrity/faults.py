"""A camera's own troubles as incidents for whoever looks after it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from edge.domain.incident import AppliedRule, Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence
from edge.integrity.watch import Fault, FaultKind

TYPES: Mapping[FaultKind, IncidentType] = {
    kind: IncidentType(f"camera_{name}")
    for kind, name in {
        FaultKind.VIDEO_LOST: "lost",
        FaultKind.FROZEN: "frozen",
        FaultKind.BLACK: "black",
        FaultKind.COVERED: "covered",
        FaultKind.DEFOCUSED: "defocused",
        FaultKind.MOVED: "moved",
        FaultKind.CLOCK_WRONG: "clock",
    }.items()
}
CLOCK_PLACE = "box-clock"
"""Every camera sees the same clock of the box: they share the incident."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time on both clocks."""

    mono_s: float
    utc: datetime


class FaultBook:
    """The open maintenance incidents of one camera; used by one thread."""

    def __init__(self, camera_id: str, *, new_id: Callable[[datetime], str]) -> None:
        """Begin with none."""
        self._camera_id = camera_id
        self._new_id = new_id
        self._open: dict[FaultKind, Incident] = {}

    @property
    def open(self) -> Mapping[FaultKind, Incident]:
        """Return the last revision of each open incident."""
        return dict(self._open)

    def resume(self, incidents: Mapping[FaultKind, Incident]) -> None:
        """Go on with incidents that were open before the process ended."""
        self._open = dict(incidents)

    def observe(self, faults: Sequence[Fault], now: Moment) -> list[Incident]:
        """Return the incidents that the present faults open or end.

        Args:
            faults: All that there are.
            now: When.
        """
        told = self.add(faults, now)
        present = {fault.kind for fault in faults}
        for kind in [kind for kind in self._open if kind not in present]:
            told.append(_cleared(self._open.pop(kind), now))
        return told

    def add(self, faults: Sequence[Fault], now: Moment) -> list[Incident]:
        """Return the incidents that faults open; nothing is known of any other fault."""
        told: list[Incident] = []
        for fault in faults:
            if fault.kind not in self._open:
                self._open[fault.kind] = self._opened(fault, now)
                told.append(self._open[fault.kind])
        return told

    def _opened(self, fault: Fault, now: Moment) -> Incident:
        since = now.utc - timedelta(seconds=max(now.mono_s - fault.since_s, 0.0))
        name = TYPES[fault.kind]
        return Incident(
            id=self._new_id(now.utc),
            revision=1,
            action=Step.OPENED,
            camera_id=self._camera_id,
            type=name,
            stage=Stage.CASE,
            severity=Severity.MAINTENANCE,
            zone_id=None,
            place=CLOCK_PLACE if fault.kind is FaultKind.CLOCK_WRONG else None,
            box=None,
            first_seen_at=since,
            opened_at=now.utc,
            observed_at=now.utc,
            cleared_at=None,
            dwell_s=max(now.mono_s - fault.since_s, 0.0),
            confidence=fault.confidence,
            parts=(("integrity", fault.confidence),),
            evidence=(Evidence.INTEGRITY,),
            missing=(),
            confirmed=True,
            count=1,
            label=fault.detail,
            rule=AppliedRule(name, f"sha256:{hashlib.sha256(name.encode()).hexdigest()}", 0.0),
        )


def _cleared(incident: Incident, now: Moment) -> Incident:
    return replace(
        incident,
        revision=incident.revision + 1,
        action=Step.CLEARED,
        observed_at=now.utc,
        cleared_at=now.utc,
        dwell_s=(now.utc - incident.first_seen_at).total_seconds(),
    )
