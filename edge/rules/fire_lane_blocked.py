"""A fire lane that things stand in, whatever they are, once they cover enough of it.

What stands beside the lane and only hides part of it does not block it: the lower half of a box is
what lies on the ground. It counts from when what stands there now covered enough, so a bollard that
has always stood there does not make every car that turns late. Any name will do: what a thing is
called does not matter to an engine that cannot pass, so a network's score may be as low as 0.3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from edge.domain.geometry import Box, share_covered, share_inside
from edge.domain.judging import allowed, together, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Evidence, Place, Scene, Subject

IN_THE_WAY = (
    Subject.VEHICLE,
    Subject.BIKE,
    Subject.STALL,
    Subject.GOODS,
    Subject.GARBAGE,
    Subject.OBJECT,
)
LEAST_INSIDE = 0.15
FULL_COVER = 2.0
"""Times the least cover; from there on more of it makes nothing surer."""


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the lane if what stands in it covers enough of it."""

    def enough(places: Sequence[Place]) -> bool:
        return bool(places) and _cover(zone, places) >= terms.least_cover

    standing = [
        place
        for place in scene.of(*IN_THE_WAY)
        if not place.gone
        and share_inside(_on_ground(place.box), zone.polygon) >= LEAST_INSIDE
        and not allowed(place.box, terms)
        and wanted(place, terms)
    ]
    if enough(standing):
        share = _cover(zone, standing) / (FULL_COVER * max(terms.least_cover, 0.01))
        finding = together(zone, standing, terms, enough=enough, coverage=min(share, 1.0))
        yield replace(finding, evidence=(*finding.evidence, Evidence.COVERAGE))


def _on_ground(box: Box) -> Box:
    return (box[0], (box[1] + box[3]) / 2, box[2], box[3])


def _cover(zone: Zone, places: Sequence[Place]) -> float:
    return share_covered(zone.polygon, [place.box for place in places])


RULE = Rule(
    type=IncidentType.FIRE_LANE_BLOCKED,
    needs=Needs.PLACES,
    subjects=frozenset(IN_THE_WAY),
    terms=Terms(dwell_s=120, warn_s=30, clear_s=30, hold_s=900, least_cover=0.2, least_score=0.3),
    judge=judge,
)
