"""What rules have in common that go by this very picture: people on it, smoke and flame over it."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from edge.domain.geometry import around, box_area, centre, contains, foot, share_inside
from edge.domain.judging import allowed
from edge.domain.rule import Finding, Terms, Zone
from edge.domain.scene import Cloud, Evidence, Presence, Scene, Subject, Thing

LEAST_OVER = 0.3
"""Share of a cloud over a zone: it has no foot, and its middle drifts."""


def seen_in(scene: Scene, zone: Zone, terms: Terms, subject: Subject) -> list[Thing]:
    """Return what stands in a zone on this picture: a subject, or the terms' classes instead."""
    return [
        thing
        for thing in scene.things
        if (thing.label in terms.classes if terms.classes else thing.subject is subject)
        and thing.score >= terms.least_score
        and terms.least_area <= box_area(thing.box) <= terms.greatest_area
        and contains(zone.polygon, foot(thing.box))
        and not allowed(thing.box, terms)
    ]


def sighting(zone: Zone, things: Sequence[Thing], terms: Terms, *kinds: Evidence) -> Finding:
    """Return the finding that things are in a zone on this picture; ``least_count`` or more.

    It is as sure as the best of them that are enough: a doubtful one more makes no crowd doubtful.
    """
    best = sorted((thing.score for thing in things), reverse=True)[: terms.least_count]
    return Finding(
        key=f"zone:{zone.id}",
        box=around([thing.box for thing in things]),
        presence=Presence.PRESENT,
        since_s=None,
        parts=(("detector", round(fmean(best), 3)),),
        evidence=(Evidence.DETECTOR, *kinds),
        confirmed=True,
        count=len(things),
        label=", ".join(sorted({thing.label for thing in things})),
    )


def sure(cloud: Cloud) -> bool:
    """Return whether the evidence suffices by itself, or a network says so."""
    return cloud.alarm or cloud.confirmed


def clouds_over(
    scene: Scene, zone: Zone, terms: Terms, subject: Subject, kind: Evidence
) -> Iterator[Finding]:
    """Yield one finding for the zone if smoke, or flame, lies over it.

    The decision whether it is smoke has been made where pixels were seen; ``least_score`` only
    leaves out the weakest.
    """
    clouds = [
        cloud
        for cloud in scene.clouds
        if cloud.subject is subject
        and sure(cloud)
        and cloud.score >= terms.least_score
        and terms.least_area <= box_area(cloud.box) <= terms.greatest_area
        and (
            contains(zone.polygon, centre(cloud.box))
            or share_inside(cloud.box, zone.polygon) >= LEAST_OVER
        )
    ]
    if clouds:
        best = max(clouds, key=lambda cloud: (cloud.confirmed, cloud.score))
        yield Finding(
            key=f"zone:{zone.id}",
            box=around([cloud.box for cloud in clouds]),
            presence=Presence.PRESENT,
            since_s=scene.mono_s - max(cloud.age_s for cloud in clouds),
            parts=((str(subject), round(best.score, 3)),),
            evidence=((kind,) if best.alarm else ())
            + ((Evidence.DETECTOR,) if best.confirmed else ()),
            missing=best.missing,
            confirmed=best.confirmed,
            label=str(subject),
        )
