"""Smoke over a zone."""

from collections.abc import Iterator

from edge.domain.geometry import around, centre, contains, share_inside
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Evidence, Presence, Scene, Subject

LEAST_INSIDE = 0.3


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if smoke lies over it."""
    smoke = [
        cloud
        for cloud in scene.clouds
        if cloud.subject is Subject.SMOKE
        and (cloud.alarm or cloud.confirmed)
        and cloud.score >= terms.least_score
        and (
            contains(zone.polygon, centre(cloud.box))
            or share_inside(cloud.box, zone.polygon) >= LEAST_INSIDE
        )
    ]
    if smoke:
        strongest = max(smoke, key=lambda cloud: cloud.score)
        yield Finding(
            key=f"zone:{zone.id}",
            box=around([cloud.box for cloud in smoke]),
            presence=Presence.PRESENT,
            since_s=scene.mono_s - max(cloud.age_s for cloud in smoke),
            parts=(("smoke", strongest.score),),
            evidence=(Evidence.SMOKE_MOTION,)
            + ((Evidence.DETECTOR,) if strongest.confirmed else ()),
            missing=strongest.missing,
            confirmed=strongest.confirmed,
            label="smoke",
        )


RULE = Rule(
    type=IncidentType.SMOKE_AIR,
    needs=Needs.CLOUDS,
    subjects=frozenset({Subject.SMOKE}),
    terms=Terms(
        dwell_s=10,
        clear_s=60,
        hold_s=900,
        steadiness=0.6,
        least_score=0.3,
        gap_s=10,
        severity=Severity.URGENT,
    ),
    judge=judge,
)
