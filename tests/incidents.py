"""Made-up incidents, and the recorders that write them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Post
from edge.domain.incident import AppliedRule, Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence
from edge.store.journal import Journal
from edge.wire.box import BoxIdentity

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def an_incident(name: str, **facts: Any) -> Incident:
    """Return a parked vehicle's incident as it opens, or with other facts."""
    usual = Incident(
        id=name,
        revision=1,
        action=Step.OPENED,
        camera_id="street-01",
        type=IncidentType.MOTOR_PARKING,
        stage=Stage.CASE,
        severity=Severity.NORMAL,
        zone_id="curb",
        place=None,
        box=(0.3, 0.5, 0.6, 0.9),
        first_seen_at=NOON,
        opened_at=NOON + timedelta(seconds=180),
        observed_at=NOON + timedelta(seconds=180),
        cleared_at=None,
        dwell_s=180.0,
        confidence=0.8,
        parts=(("car", 0.8),),
        evidence=(Evidence.DETECTOR,),
        missing=(),
        confirmed=True,
        count=1,
        label="car",
        rule=AppliedRule("motor_parking", f"sha256:{'0f' * 32}", 180.0),
    )
    return replace(usual, **facts)


def cleared(incident: Incident) -> Incident:
    """Return the revision that ends it a minute later."""
    gone_at = incident.observed_at + timedelta(seconds=60)
    return replace(
        incident,
        revision=incident.revision + 1,
        action=Step.CLEARED,
        observed_at=gone_at,
        cleared_at=gone_at,
    )


def a_recorder(
    journal: Journal, post: Post, *, clock: Callable[[], ClockState] = ClockState
) -> IncidentRecorder:
    """Return a recorder that takes no pictures."""
    return IncidentRecorder(
        journal,
        post,
        box=BoxIdentity("box-01"),
        codes=load_table("GB/T 30428.2-2013"),
        models=(),
        zones={},
        clock=clock,
        stills=False,
        keep_s=0.0,
    )
