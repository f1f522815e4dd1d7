"""Registering people: photos, verdicts, consent, one transaction per person."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from edge.bootstrap import parts
from edge.clock import Clock, SystemClock
from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError
from edge.gallery.calibration import Calibration, calibrate, threshold_for
from edge.gallery.enrolment import Enrolled, Enroller, Judged
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.roster import Applicant
from edge.settings import Settings
from edge.store.residents import PhotoRecord, ResidentStore, SavedCalibration, Template
from models.faces import FacePack, Floats
from models.sources import Progress

ATTESTED = "attested"
DUPLICATE_FPIR = 0.001
PORTRAIT_QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one applicant.

    Attributes:
        attested: Whether consent was recorded on the importer's word.
    """

    photos: tuple[Judged, ...]
    registered: bool
    attested: bool
    summary: str


class Registrar:
    """Registers applicants one by one."""

    def __init__(
        self, store: ResidentStore, pack: FacePack, *, clock: Clock, consent_required: bool
    ) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._consent_required = consent_required
        self._enroller = Enroller(pack)
        # Loaded once: reading everybody again for everybody would take hours in a large compound.
        self._registered = _gallery(store, pack)
        self._added: list[tuple[Resident, str, int, Floats]] = []

    def register(self, applicant: Applicant) -> Outcome:
        """Judge an applicant's photos and write person, consent and template, or nothing."""
        applicant = self._with_what_is_known(applicant)
        resident = applicant.resident
        consent, attested = self._consent(applicant)
        if consent is None:
            return Outcome(
                (), registered=False, attested=False, summary="refused: no consent stated"
            )
        judged = [self._judge(path) for path in applicant.photos]
        return self._enrol(resident, consent, judged, attested=attested)

    def enrol(
        self, resident: Resident, consent: Consent, photos: Sequence[tuple[str, bytes]]
    ) -> Outcome:
        """Judge photos, as (name, file), and write person, consent and template, or nothing."""
        judged = [self.judge(name, content) for name, content in photos]
        return self._enrol(resident, consent, judged, attested=False)

    def judge(self, name: str, content: bytes) -> Judged:
        """Return the verdict on one photo."""
        return self._enroller.judge(name, content)

    def _enrol(
        self, resident: Resident, consent: Consent, judged: list[Judged], *, attested: bool
    ) -> Outcome:
        enrolled = self._enroller.combine(
            judged, resembles_other=lambda template: self._is_somebody_else(resident.id, template)
        )
        if enrolled.template is None:
            reason = "no photo accepted" if judged else "no photos"
            return Outcome(
                enrolled.photos, registered=False, attested=False, summary=f"refused: {reason}"
            )
        template = Template(
            id=str(uuid.uuid4()),
            resident_id=resident.id,
            model_sha256=self._pack.recogniser.sha256,
            photos=enrolled.accepted,
            vector=enrolled.template,
        )
        photos = [
            PhotoRecord(one.sha256, one.verdict, one.face_px, one.norm) for one in enrolled.photos
        ]
        try:
            self._store.register(
                resident,
                consent,
                [template],
                photos=photos,
                portrait=portrait_of(enrolled) if consent.portrait else None,
            )
        except ConfigError as error:
            return Outcome(
                enrolled.photos, registered=False, attested=False, summary=f"refused: {error}"
            )
        self._added.append((resident, template.id, template.photos, template.vector))
        summary = f"registered with {enrolled.accepted} of {len(judged)} photos"
        return Outcome(enrolled.photos, registered=True, attested=attested, summary=summary)

    def _with_what_is_known(self, applicant: Applicant) -> Applicant:
        """Return the applicant; new photos alone change neither who somebody is nor consent."""
        known = self._store.find(applicant.resident.id)
        if known is None:
            return applicant
        return replace(
            applicant,
            resident=applicant.resident if applicant.listed else known.resident,
            consent=applicant.consent or next(reversed(known.consents), None),
        )

    def _consent(self, applicant: Applicant) -> tuple[Consent | None, bool]:
        if applicant.consent is not None:
            return applicant.consent, False
        if self._consent_required:
            return None, False
        return Consent("unstated", self._clock.utc(), ATTESTED), True

    def _judge(self, path: Path) -> Judged:
        try:
            content = path.read_bytes()
        except OSError:
            content = b""  # judged as unreadable
        return self.judge(path.name, content)

    def _is_somebody_else(self, resident_id: str, template: Floats) -> bool:
        galleries = (self._registered, build_gallery(self._added))
        return is_somebody_else(galleries, resident_id, template, self._pack)


def is_somebody_else(
    galleries: Sequence[Gallery], resident_id: str, template: Floats, pack: FacePack
) -> bool:
    """Return whether a template is that of somebody who has another id.

    Args:
        galleries: Who is registered; the first one has the templates of most photos.
        resident_id: Whose it is said to be.
        template: ``(D,)``, unit length.
        pack: What it was made with.
    """
    threshold = threshold_for(
        people=sum(len(gallery) for gallery in galleries),
        fpir=DUPLICATE_FPIR,
        prior=pack.impostors,
        photos=galleries[0].photos,
    )
    return any(
        found.similarity >= threshold
        for gallery in galleries
        if (found := gallery.search_besides(template, resident_id)) is not None
    )


def portrait_of(enrolled: Enrolled) -> bytes | None:
    """Return the JPEG of the best face of somebody's photos, None without any."""
    if enrolled.portrait is None:
        return None
    quality = [cv2.IMWRITE_JPEG_QUALITY, PORTRAIT_QUALITY]
    _, jpeg = cv2.imencode(".jpg", enrolled.portrait, quality)
    return jpeg.tobytes()


def open_registrar(
    settings: Settings,
    progress: Progress | None = None,
    *,
    actor: str | None = None,
    pack: FacePack | None = None,
) -> Registrar:
    """Return a registrar for the configured gallery, with exact landmarks.

    Args:
        settings: The configuration.
        progress: Told of networks that are pulled.
        actor: Who registers; default: the operating system's user.
        pack: Exact networks that are loaded already.
    """
    clock = SystemClock()
    if pack is None:
        pack = parts.load_pack(settings, exact=True, progress=progress)
    store = parts.open_residents(settings, clock, actor=actor)
    required = settings.residents.consent == "required"
    return Registrar(store, pack, clock=clock, consent_required=required)


def calibrate_gallery(settings: Settings, fpir: float, progress: Progress) -> Calibration:
    """Return this gallery's calibration and keep its impostor distribution with it."""
    pack = parts.load_pack(settings, progress=progress)
    store = parts.open_residents(settings, SystemClock())
    gallery = _gallery(store, pack)
    found = calibrate(
        gallery.one_per_person(), fpir=fpir, prior=pack.impostors, photos=gallery.photos
    )
    saved = SavedCalibration(fpir, found.impostors.mean, found.impostors.sd, found.people)
    store.save_calibration(pack.recogniser.sha256, saved)
    return found


def _gallery(store: ResidentStore, pack: FacePack) -> Gallery:
    """Return who is registered with this network, as far as an import has come."""
    return build_gallery(
        [
            (resident, template.id, template.photos, template.vector)
            for resident, template in store.gallery(pack.recogniser.sha256, partial=True)
        ]
    )
