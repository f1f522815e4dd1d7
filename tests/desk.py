"""A keeper's desk, for tests of what becomes an incident: told moment by moment what stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from edge.domain.incident import Incident, Step
from edge.domain.judging import about, together, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene, Subject
from edge.domain.schedule import Permit, Schedule
from edge.street.keeper import Keeper
from edge.street.zone_rule import ZoneRule
from tests.scenes import ZONE, a_place

BEGIN_S = 1000.0
BEGIN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TERMS = Terms(dwell_s=10.0, clear_s=5.0, clear_looks=3, gap_s=4.0, hold_s=60.0, steadiness=0.6)


def a_rule(
    incident: IncidentType = IncidentType.MOTOR_PARKING,
    *,
    subjects: frozenset[Subject] = frozenset({Subject.VEHICLE}),
    likeness: float = 0.9,
    by_label: Mapping[str, float] = MappingProxyType({}),
    schedule: Schedule | None = None,
    permits: tuple[Permit, ...] = (),
    place: str | None = None,
    **terms: Any,
) -> ZoneRule:
    """Return a rule that finds each thing of its subjects, on short terms.

    Args:
        incident: What it opens.
        subjects: What it is about.
        likeness: How sure it is of a thing.
        by_label: The same for single words.
        schedule: As in the configuration.
        permits: As in the configuration.
        place: As in the configuration.
        terms: What differs from the desk's.
    """

    def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
        for one in scene.of(*subjects):
            if wanted(one, terms):
                yield about(one, terms, likeness=by_label.get(one.label, likeness))

    return _on_terms(incident, subjects, judge, schedule, permits, place, terms)


def a_counting_rule(**terms: Any) -> ZoneRule:
    """Return a rule about a zone in which ``least_count`` things stand, on short terms."""
    subjects = frozenset({Subject.BIKE})

    def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
        def enough(places: Any) -> bool:
            return len(places) >= terms.least_count

        there = [one for one in scene.of(*subjects) if not one.gone]
        if enough(there):
            yield together(zone, there, terms, enough=enough)

    return _on_terms(IncidentType.NONMOTOR_PARKING, subjects, judge, None, (), None, terms)


def _on_terms(
    incident: IncidentType,
    subjects: frozenset[Subject],
    judge: Callable[[Scene, Zone, Terms], Iterator[Finding]],
    schedule: Schedule | None,
    permits: tuple[Permit, ...],
    place: str | None,
    terms: dict[str, Any],
) -> ZoneRule:
    usual = replace(TERMS, **terms)
    rule = Rule(incident, Needs.PLACES, subjects, usual, judge)
    return ZoneRule(rule, ZONE, usual, schedule, permits, place)


def a_car(number: int = 1, **changes: Any) -> Place:
    """Return a car that came when the desk began."""
    return a_place(Subject.VEHICLE, number=number, **({"since_s": BEGIN_S} | changes))


class Desk:
    """A keeper and its time, which goes on by a second with every look."""

    def __init__(self, *rules: ZoneRule) -> None:
        numbers = count(1)
        self.keeper = Keeper("street-01", rules, new_id=lambda moment: f"incident-{next(numbers)}")
        self.now_s = BEGIN_S
        self.told: list[Incident] = []

    @property
    def utc(self) -> datetime:
        """Return the wall time."""
        return BEGIN + timedelta(seconds=self.now_s - BEGIN_S)

    def look(self, *places: Place, after_s: float = 1.0) -> list[Incident]:
        """Return what one look tells."""
        self.now_s += after_s
        scene = Scene(mono_s=self.now_s, utc=self.utc, places=places, looked=True)
        told = self.keeper.observe(scene)
        self.told += told
        return told

    def watch(self, seconds: int, *places: Place) -> list[Incident]:
        """Return what a look every second tells."""
        return [incident for _ in range(seconds) for incident in self.look(*places)]

    def steps(self) -> list[Step]:
        """Return all that was told."""
        return [incident.action for incident in self.told]
