"""Everything the console may use, given to it by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request

from edge.clock import Clock
from edge.console.configuration import Configuration
from edge.console.dry_runs import DryRuns
from edge.console.live import Live
from edge.console.people import People
from edge.console.pulse import Pulse
from edge.console.reporting import Reporting
from edge.console.webhooks import Receivers
from edge.console.workshop import Redactions
from edge.domain.geometry import Polygon
from edge.evidence.signing import Signer
from edge.store.accounts import Accounts
from edge.store.cases import Cases
from edge.store.evidence import EvidenceStore
from edge.store.review import ReviewStore
from edge.store.sessions import Sessions
from edge.wire.health import Health


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """What pages and API are made of; stores are called for in the thread that uses them.

    Attributes:
        box_id: As in every message.
        time_zone: Of the site; people see its times.
        version: Of gridwatch.
        health: How the box is at this moment.
        passages: How many passages ended in each decision.
        reporting: What reports and the health page are made of.
        accounts: Who may sign in, and the audit.
        sessions: Who is signed in; on the connection of the same thread's ``accounts``.
        residents_audit: First broken row of the residents' own chain; None if it is intact.
        reviews: Incidents as they are found and judged.
        cases: What the platform says of them.
        pulse: What has changed, for open pages.
        zone: Polygon of a camera's zone, None if it is no longer configured.
        people: What the pages Gate and Residents are made of.
        evidence: What the journal knows of an incident's files.
        evidence_folder: Where these lie.
        signer: Signs for the box, and tells its signatures.
        redactions: Makes what may be shown of them.
        configuration: The cameras, their zones and rules.
        dry_runs: Tries them on what the cameras showed.
        live: What the cameras show now.
        webhooks: Receivers beside the platform.
    """

    box_id: str
    time_zone: ZoneInfo
    version: str
    clock: Clock
    health: Callable[[], Health]
    passages: Callable[[], Mapping[str, int]]
    reporting: Reporting
    accounts: Callable[[], Accounts]
    sessions: Callable[[], Sessions]
    residents_audit: Callable[[], int | None]
    reviews: Callable[[], ReviewStore]
    cases: Callable[[], Cases]
    pulse: Pulse
    zone: Callable[[str, str], Polygon | None]
    people: People
    evidence: Callable[[], EvidenceStore]
    evidence_folder: Path
    signer: Signer
    redactions: Redactions
    configuration: Configuration
    dry_runs: DryRuns
    live: Live
    webhooks: Receivers


def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    services: Services = request.app.state.services
    return services
