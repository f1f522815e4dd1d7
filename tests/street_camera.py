"""A whole street of one camera, for tests: short terms, drawn pictures, a network that is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from edge.domain.incident import Incident
from edge.domain.rule import IncidentType, Needs, Zone
from edge.domain.scene import Cloud, CloudReport
from edge.rules import RULES
from edge.street.keeper import Keeper
from edge.street.looking import Lookout
from edge.street.street import Noticed, Street
from edge.street.tone import Picture
from edge.street.zone_rule import ZoneRule
from models.faces import Picture as Pixels
from tests.asphalt import noisy
from tests.fake_detector import BEGIN, FakeDetector, frame_of

ROAD = Zone("road", ((0.0, 0.3), (1.0, 0.3), (1.0, 1.0), (0.0, 1.0)))


def in_the_road(incident: IncidentType, **terms: Any) -> ZoneRule:
    short = {"dwell_s": 20.0, "warn_s": None, "clear_s": 5.0, "unseen_arrival_s": 0.0} | terms
    rule = RULES[incident]
    return ZoneRule(rule, ROAD, replace(rule.terms, **short))


class FakeClouds:
    """Sees the same smoke on every picture."""

    def __init__(self, clouds: Sequence[Cloud]) -> None:
        self.shown = tuple(clouds)
        self.report = CloudReport()
        self.looks = 0

    def wants(self, mono_s: float) -> bool:
        return True

    def observe(self, picture: Pixels, mono_s: float) -> None:
        self.looks += 1
        self.report = CloudReport(self.shown, watching=True, suspicious=bool(self.shown))


class StreetCamera:
    """A street, its network and its time."""

    def __init__(
        self,
        *incidents: IncidentType,
        detector: FakeDetector | None = None,
        clouds: Sequence[Cloud] = (),
        **terms: Any,
    ) -> None:
        rules = [in_the_road(incident, **terms) for incident in incidents]
        names = (f"incident-{number}" for number in range(100))
        self.detector = detector
        self.clouds = FakeClouds(clouds)
        watched = any(one.rule.needs is Needs.CLOUDS for one in rules)
        self.street = Street(
            rules,
            keeper=Keeper("street-01", rules, new_id=lambda moment: next(names)),
            lookout=Lookout(detector, [(0.0, 0.3, 1.0, 1.0)]) if detector else None,
            clouds=self.clouds if watched else None,
        )
        self.now_s = 0.0
        self.noticed: Noticed | None = None

    def watch(
        self, seconds: float, picture: Picture, *, every_s: float = 1.0, moving: bool = True
    ) -> list[Incident]:
        """Return what is told while a picture is seen."""
        told: list[Incident] = []
        for _ in range(round(seconds / every_s)):
            self.now_s += every_s
            shown = frame_of(noisy(picture, round(self.now_s)), self.now_s)
            self.noticed = self.street.observe(
                shown,
                mono_s=self.now_s,
                utc=BEGIN + timedelta(seconds=self.now_s),
                moving=moving,
            )
            told += self.noticed.incidents
        return told
