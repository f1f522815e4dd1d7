"""Changing who is registered as the platform asks: the same checks as at the counter."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from edge.bootstrap import parts
from edge.bootstrap.registration import is_somebody_else, portrait_of
from edge.bootstrap.workshop.modesty import require_modest
from edge.clock import Clock, SystemClock
from edge.domain.delta import Applied, Delta, DeltaRefused, Entry, GivenTemplate, Misfit
from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError
from edge.gallery.enrolment import Enroller, Judged, PhotoVerdict
from edge.gallery.matrix import build_gallery
from edge.settings import Settings
from edge.store.deltas import DeltaStore, Newcomer
from edge.store.registration import PhotoRecord, Registration, Template, require_guardian
from edge.store.vault import open_vault
from models.faces import FacePack, Floats

UNIT_LENGTH = 0.01
"""How far a template's length may be from 1."""


class MisfitError(Exception):
    """Somebody of a delta cannot be registered or changed.

    Attributes:
        reasons: See ``Misfit``.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class DeltaOffice:
    """Applies deltas one by one, each whole or not at all."""

    def __init__(self, store: DeltaStore, pack: FacePack | None) -> None:
        """Prepare.

        Args:
            store: The residents.
            pack: Exact networks; None where the box has no gate, and nobody can be registered.
        """
        self._store = store
        self._pack = pack

    def apply(self, delta: Delta) -> Applied | DeltaRefused:
        """Return what a delta did, or why nothing was done.

        The same again does nothing, and returns the same.

        Raises:
            ConfigError: Somebody else has changed the residents meanwhile.
            StoreError: The file cannot be written, or traces of the removed may remain in it.
        """
        before = self._store.latest(delta.sha256)
        if before is not None:
            return self._store.erase(before)
        version = self._store.version()
        if version != delta.from_version:
            return DeltaRefused("version", f"this box is at version {version}", version)
        pictured = [one for one in delta.entries if one.photos or one.template]
        if pictured and self._pack is None:
            return DeltaRefused("no_gate", "this box has no gate to recognise anybody at", version)
        newcomers, misfits = self._prepared(delta, pictured)
        changes = [one for one in delta.entries if one not in pictured]
        misfits += [misfit for one in changes if (misfit := self._unchangeable(one))]
        if misfits:
            text = f"{len(misfits)} people cannot be registered as given; nothing was changed"
            return DeltaRefused("people", text, version, tuple(misfits))
        return self._store.erase(self._store.apply(delta, newcomers, changes))

    def _prepared(
        self, delta: Delta, pictured: Sequence[Entry]
    ) -> tuple[list[Newcomer], list[Misfit]]:
        newcomers: list[Newcomer] = []
        misfits: list[Misfit] = []
        if self._pack is None or not pictured:
            return newcomers, misfits
        judge = _Judge(self._store, self._pack, delta, pictured)
        try:
            for entry in pictured:
                try:
                    newcomers.append(judge.newcomer(entry))
                except MisfitError as misfit:
                    misfits.append(Misfit(entry.id, misfit.reasons))
        finally:
            judge.forget()
        return newcomers, misfits

    def _unchangeable(self, entry: Entry) -> Misfit | None:
        known = self._store.find(entry.id)
        if known is None:
            return Misfit(entry.id, ("not_registered",))
        if entry.consent is not None:
            try:
                require_guardian(known.resident, entry.consent)
            except ConfigError:
                return Misfit(entry.id, ("no_guardian",))
        return None


class _Judge:
    """Turns entries into people with templates; knows who is registered, and who is about to be."""

    def __init__(
        self, store: DeltaStore, pack: FacePack, delta: Delta, pictured: Sequence[Entry]
    ) -> None:
        self._store = store
        self._pack = pack
        self._enroller = Enroller(pack)
        gone = {one.id for one in delta.removals} | {one.id for one in pictured}
        self._registered = build_gallery(
            [
                (resident, template.id, template.photos, template.vector)
                for resident, template in store.gallery(pack.recogniser.sha256, partial=True)
                if resident.id not in gone
            ]
        )
        self._added: list[tuple[Resident, str, int, Floats]] = []

    def forget(self) -> None:
        """Overwrite the templates of those who are registered."""
        self._registered.wipe()

    def newcomer(self, entry: Entry) -> Newcomer:
        """Return somebody with a template; raises MisfitError."""
        if entry.consent is None:
            raise MisfitError("no_consent")
        resident = _resident(entry, self._store.find(entry.id))
        try:
            require_guardian(resident, entry.consent)
        except ConfigError as error:
            raise MisfitError("no_guardian") from error
        if entry.template is not None:
            template = self._given(entry, entry.template)
            newcomer = Newcomer(resident, entry.consent, template)
        else:
            newcomer = self._from_photos(entry, resident, entry.consent)
            template = newcomer.template
        self._added.append((resident, template.id, template.photos, template.vector))
        return newcomer

    def _from_photos(self, entry: Entry, resident: Resident, consent: Consent) -> Newcomer:
        judged = [self._judge(number, photo) for number, photo in enumerate(entry.photos, 1)]
        enrolled = self._enroller.combine(
            judged, resembles_other=lambda vector: self._is_somebody_else(entry.id, vector)
        )
        if enrolled.template is None:
            raise MisfitError(*(str(one.verdict) for one in enrolled.photos))
        return Newcomer(
            resident,
            consent,
            self._template(entry.id, enrolled.accepted, enrolled.template),
            tuple(
                PhotoRecord(one.sha256, one.verdict, one.face_px, one.norm)
                for one in enrolled.photos
            ),
            portrait_of(enrolled) if consent.portrait else None,
        )

    def _judge(self, number: int, photo: bytes) -> Judged:
        try:
            require_modest(photo)
        except ConfigError as error:
            raise MisfitError("no_picture") from error
        return self._enroller.judge(f"photo-{number}", photo)

    def _given(self, entry: Entry, given: GivenTemplate) -> Template:
        if given.model_sha256 != self._pack.recogniser.sha256:
            raise MisfitError("other_model")
        vector = np.frombuffer(given.vector, "<f4").astype(np.float32)
        length = float(np.linalg.norm(vector))
        # Written so that no comparison with what is no number is true.
        if vector.shape != (self._dimensions(),) or not abs(length - 1) <= UNIT_LENGTH:
            raise MisfitError("no_template")
        vector /= np.float32(length)
        if self._is_somebody_else(entry.id, vector):
            raise MisfitError(str(PhotoVerdict.DUPLICATE))
        return self._template(entry.id, given.photos, vector)

    def _is_somebody_else(self, resident_id: str, vector: Floats) -> bool:
        galleries = (self._registered, build_gallery(self._added))
        return is_somebody_else(galleries, resident_id, vector, self._pack)

    def _template(self, resident_id: str, photos: int, vector: Floats) -> Template:
        sha256 = self._pack.recogniser.sha256
        return Template(str(uuid.uuid4()), resident_id, sha256, photos, vector)

    def _dimensions(self) -> int:
        blank = np.zeros((1, 112, 112, 3), np.uint8)
        return int(self._pack.recogniser.embed(blank).vectors.shape[1])


def _resident(entry: Entry, known: Registration | None) -> Resident:
    """Return who an entry is; what the platform does not know of them stays."""
    resident = known.resident if known is not None else Resident(entry.id)
    return replace(
        resident,
        category=entry.category,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        birth_date=entry.birth_date or resident.birth_date,
    )


@contextlib.contextmanager
def open_office(
    settings: Settings, *, actor: str, pack: FacePack | None, clock: Clock | None = None
) -> Iterator[DeltaOffice]:
    """Yield the office of the configured residents; StoreError, ConfigError."""
    store = DeltaStore(
        parts.residents_path(settings),
        vault=open_vault(parts.key_path(settings)),
        clock=clock or SystemClock(),
        actor=actor,
    )
    try:
        yield DeltaOffice(store, pack)
    finally:
        store.close()
