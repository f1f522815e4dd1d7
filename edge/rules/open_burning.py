"""Rubbish or leaves that burn in the open: flames with their smoke, two cues that agree.

It counts from when both were there, so smoke that has long stood over a street makes nothing of a
lamp that has just come on. Two cues are still only arithmetic: steam and a red lamp on a food stall
have both, so without a network's word it is for review like the others.
"""

from collections.abc import Iterator

from edge.domain.geometry import Box, around, box_area, centre, contains, shared_area, widened
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Cloud, Evidence, Presence, Scene, Subject
from edge.domain.sightings import sure

NEAR = 1.0
"""Smoke belongs to a flame that lies within its own width and height of it."""


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if a flame in it has smoke at it."""
    pairs = [
        (flame, smoke)
        for flame in scene.clouds
        if flame.subject is Subject.FLAME
        and sure(flame)
        and contains(zone.polygon, centre(flame.box))
        and terms.least_area <= box_area(flame.box) <= terms.greatest_area
        for smoke in scene.clouds
        if smoke.subject is Subject.SMOKE
        and sure(smoke)
        and shared_area(widened(flame.box, NEAR), smoke.box) > 0
    ]
    pairs = [pair for pair in pairs if _strength(pair) >= terms.least_score]
    if pairs:
        flame, smoke = max(pairs, key=_strength)
        boxes: list[Box] = [cloud.box for pair in pairs for cloud in pair]
        yield Finding(
            key=f"zone:{zone.id}",
            box=around(boxes),
            presence=Presence.PRESENT,
            since_s=scene.mono_s - min(flame.age_s, smoke.age_s),
            parts=(("two_cues", _strength((flame, smoke))),),
            evidence=tuple(_evidence(flame, smoke)),
            missing=tuple(sorted({*flame.missing, *smoke.missing})),
            confirmed=flame.confirmed or smoke.confirmed,
            label="burning",
        )


def _evidence(flame: Cloud, smoke: Cloud) -> Iterator[Evidence]:
    if flame.alarm:
        yield Evidence.FLAME_FLICKER
    if smoke.alarm:
        yield Evidence.SMOKE_MOTION
    if flame.confirmed or smoke.confirmed:
        yield Evidence.DETECTOR


def _strength(pair: tuple[Cloud, Cloud]) -> float:
    """Return how sure two cues are together: either may err, both seldom do."""
    flame, smoke = pair
    return round(1 - (1 - flame.score) * (1 - smoke.score), 3)


RULE = Rule(
    type=IncidentType.OPEN_BURNING,
    needs=Needs.CLOUDS,
    subjects=frozenset({Subject.FLAME, Subject.SMOKE}),
    terms=Terms(
        dwell_s=4,
        clear_s=30,
        hold_s=300,
        steadiness=0.6,
        least_score=0.5,
        gap_s=6,
        severity=Severity.URGENT,
    ),
    judge=judge,
)
