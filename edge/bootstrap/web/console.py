"""What the console is given: stores, and what other processes do for it."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import code_table
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.evidence import FOLDER, KEYS
from edge.bootstrap.trying.dry_runs import open_dry_runs
from edge.bootstrap.web.reporting import reporting
from edge.bootstrap.workshop.service import Workshop
from edge.clock import Clock
from edge.console.live import Live, LivePictures, Looks, Seats
from edge.console.people import EnrolmentOutcome, People, PhotoJudgement
from edge.console.pulse import Pulse
from edge.console.services import Services
from edge.console.webhooks import Receivers
from edge.domain.geometry import Polygon
from edge.domain.resident import Consent, Resident
from edge.evidence.signing import open_signer
from edge.gallery.enrolment import Judged
from edge.settings import Settings
from edge.store.accounts import FILE, Accounts
from edge.store.cases import Cases
from edge.store.directory import Directory
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal
from edge.store.passages import Passages
from edge.store.per_thread import PerThread
from edge.store.pulse import JournalPulse
from edge.store.review import ReviewStore
from edge.store.sessions import Sessions
from edge.store.vault import open_vault
from edge.wire.health import Health


def accounts_path(settings: Settings) -> Path:
    """Return the file of users, sessions and the console's audit."""
    return settings.home / FILE


class EnrolmentDesk:
    """Takes new people through the workshop; see ``Enrolment``."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def judge_photo(self, name: str, content: bytes) -> PhotoJudgement:
        """Return what would become of a photo."""
        return _judgement(self._workshop.judge_photo(name, content))

    def enrol(
        self,
        resident: Resident,
        consent: Consent,
        photos: Sequence[tuple[str, bytes]],
        *,
        actor: str,
    ) -> EnrolmentOutcome:
        """Register somebody from photos, as (name, file)."""
        outcome = self._workshop.enrol(resident, consent, photos, actor=actor)
        return EnrolmentOutcome(
            outcome.registered,
            outcome.summary,
            tuple(_judgement(photo) for photo in outcome.photos),
        )


def console_services(
    desk: ConfigurationDesk,
    workshop: Workshop,
    *,
    live: LivePictures,
    clock: Clock,
    health: Callable[[], Health],
    webhooks: Receivers,
) -> Services:
    """Return the console's services.

    Args:
        desk: The configuration.
        workshop: Works on pictures.
        live: What the cameras show now.
        clock: The box's.
        health: How the box is at this moment.
        webhooks: Receivers beside the platform.

    Raises:
        ConfigError: A code table or the key of templates cannot be used.
        StoreError: The journal cannot be read.
    """
    settings = desk.settings
    path = parts.journal_path(settings)
    journal = PerThread(lambda: Journal(path, clock))
    accounts = PerThread(lambda: Accounts(accounts_path(settings), clock))
    residents = PerThread(lambda: parts.open_residents(settings, clock))
    codes = code_table(settings)
    return Services(
        box_id=settings.box.id,
        time_zone=ZoneInfo(settings.box.time_zone),
        version=version("gridwatch"),
        clock=clock,
        health=health,
        passages=lambda: journal().count_passages(),
        reporting=reporting(settings, clock),
        accounts=accounts,
        sessions=PerThread(lambda: Sessions(accounts(), clock)),
        residents_audit=lambda: residents().first_broken_audit_row(),
        reviews=PerThread(lambda: ReviewStore(path, clock, category=codes.category)),
        cases=PerThread(lambda: Cases(path, clock)),
        pulse=Pulse(JournalPulse(path).changed),
        zone=lambda camera_id, zone_id: _polygon(desk.settings, camera_id, zone_id),
        people=_people(settings, workshop, clock),
        evidence=PerThread(lambda: EvidenceStore(path, clock)),
        evidence_folder=settings.home / FOLDER,
        signer=open_signer(settings.home / KEYS),
        redactions=workshop,
        configuration=desk,
        dry_runs=open_dry_runs(desk, clock),
        live=Live(live, Looks(clock), Seats()),
        webhooks=webhooks,
    )


def _polygon(settings: Settings, camera_id: str, zone_id: str) -> Polygon | None:
    cameras = (camera for camera in settings.cameras if camera.id == camera_id)
    zones = (zone for camera in cameras for zone in camera.zones if zone.id == zone_id)
    return next((zone.polygon for zone in zones), None)


def _people(settings: Settings, workshop: Workshop, clock: Clock) -> People:
    path = parts.journal_path(settings)
    vault = open_vault(parts.key_path(settings))

    @contextlib.contextmanager
    def directory(actor: str) -> Iterator[Directory]:
        opened = Directory(parts.residents_path(settings), vault=vault, clock=clock, actor=actor)
        try:
            yield opened
        finally:
            opened.close()

    return People(
        passages=PerThread(lambda: Passages(path)),
        probes=PerThread(lambda: parts.open_probes(settings)),
        directory=directory,
        enrolment=EnrolmentDesk(workshop),
    )


def _judgement(photo: Judged) -> PhotoJudgement:
    return PhotoJudgement(photo.name, str(photo.verdict), photo.face_px)
