"""Flames in a zone."""

from collections.abc import Iterator

from edge.domain.geometry import around, centre, contains, share_inside
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Evidence, Presence, Scene, Subject

LEAST_INSIDE = 0.3


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if something burns in it."""
    flames = [
        cloud
        for cloud in scene.clouds
        if cloud.subject is Subject.FLAME
        and (cloud.alarm or cloud.confirmed)
        and cloud.score >= terms.least_score
        and (
            contains(zone.polygon, centre(cloud.box))
            or share_inside(cloud.box, zone.polygon) >= LEAST_INSIDE
        )
    ]
    if flames:
        strongest = max(flames, key=lambda cloud: cloud.score)
        yield Finding(
            key=f"zone:{zone.id}",
            box=around([cloud.box for cloud in flames]),
            presence=Presence.PRESENT,
            since_s=scene.mono_s - max(cloud.age_s for cloud in flames),
            parts=(("flame", strongest.score),),
            evidence=(Evidence.FLAME_FLICKER,)
            + ((Evidence.DETECTOR,) if strongest.confirmed else ()),
            missing=strongest.missing,
            confirmed=strongest.confirmed,
            label="flame",
        )


RULE = Rule(
    type=IncidentType.OPEN_FLAME,
    needs=Needs.CLOUDS,
    subjects=frozenset({Subject.FLAME}),
    terms=Terms(
        dwell_s=4,
        clear_s=30,
        hold_s=300,
        steadiness=0.6,
        least_score=0.3,
        gap_s=6,
        severity=Severity.URGENT,
    ),
    judge=judge,
)
