"""The registered people: who they are, their consent, and their sealed templates."""

import getpass
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.clock import Clock
from edge.domain.resident import (
    GUARDIAN_AGE_YEARS,
    Category,
    Consent,
    Resident,
    age_years,
)
from edge.errors import ConfigError, StoreError
from edge.store import audit
from edge.store.database import open_database, transaction
from edge.store.vault import Label, Sealed, Vault

MIGRATIONS = (files("edge.store").joinpath("residents.sql").read_text(encoding="utf-8"),)
WIPE_ATTEMPTS = 50

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One face vector of one person: the mean over their photos.

    Attributes:
        vector: ``(D,)``, unit length.
        photos: How many photos it was made of.
    """

    id: str
    resident_id: str
    model_sha256: str
    photos: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Registration:
    """What ``show`` tells of one person."""

    resident: Resident
    consents: tuple[Consent, ...]
    templates: tuple[tuple[str, str, int], ...]
    """(template id, model's SHA-256, photos)"""


@dataclass(frozen=True, slots=True)
class SavedCalibration:
    """Impostor distribution of this gallery, as ``residents calibrate`` found it."""

    fpir: float
    mean: float
    sd: float
    people: int


class ResidentStore:
    """One connection to the residents' file."""

    def __init__(self, path: Path, *, vault: Vault, clock: Clock, actor: str | None = None) -> None:
        """Open the file, made if absent.

        Args:
            path: ``residents.db``.
            vault: Seals templates.
            clock: For audit rows.
            actor: Who acts; default: the operating system's user.

        Raises:
            StoreError: The file cannot be used.
        """
        self._path = path
        self._connection = open_database(path, MIGRATIONS)
        self._vault = vault
        self._clock = clock
        self._actor = actor or _user()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def register(self, resident: Resident, consent: Consent, templates: Sequence[Template]) -> None:
        """Write a person, their consent and their templates, all or nothing.

        Somebody registered before under the same id is replaced, templates included.

        Raises:
            ConfigError: The person is a child and no guardian consented.
        """
        _require_guardian(resident, consent)
        with transaction(self._connection):
            self._connection.execute("DELETE FROM residents WHERE id = ?", (resident.id,))
            self._connection.execute(
                "INSERT INTO residents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    resident.id,
                    resident.name,
                    resident.unit,
                    resident.category,
                    _iso(resident.valid_from),
                    _iso(resident.valid_until),
                    _iso(resident.birth_date),
                ),
            )
            consent_id = self._connection.execute(
                "INSERT INTO consents (resident_id, notice_version, given_at, channel, guardian)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    resident.id,
                    consent.notice_version,
                    consent.given_at.isoformat(timespec="seconds"),
                    consent.channel,
                    consent.guardian,
                ),
            ).lastrowid
            for template in templates:
                self._insert_template(template, consent_id)
            self._changed()
            self._audit("register", resident.id, f"{len(templates)} templates")

    def _insert_template(self, template: Template, consent_id: int | None) -> None:
        label = Label(template.resident_id, template.id, template.model_sha256)
        sealed = self._vault.seal(template.vector, label)
        self._connection.execute(
            "INSERT INTO templates VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                template.id,
                template.resident_id,
                consent_id,
                template.model_sha256,
                template.photos,
                sealed.nonce,
                sealed.payload,
                self._clock.utc().isoformat(timespec="seconds"),
            ),
        )

    def remove(self, resident_id: str) -> None:
        """Delete a person and every byte of their templates, in the file and in its log.

        Raises:
            ConfigError: There is nobody of that id.
            StoreError: The log could not be emptied, as another process kept reading; the person
                is deleted, and the next write of the service will empty it.
        """
        with transaction(self._connection):
            deleted = self._connection.execute(
                "DELETE FROM residents WHERE id = ?", (resident_id,)
            ).rowcount
            if not deleted:
                raise ConfigError(
                    f"resident {resident_id!r} is not registered; see 'gridwatch residents list'"
                )
            self._changed()
            self._audit("remove", resident_id, "deleted")
        self._empty_log()

    def _empty_log(self) -> None:
        for _ in range(WIPE_ATTEMPTS):
            # Waits up to the busy timeout for readers by itself.
            row = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if row["busy"] == 0:
                return
        raise StoreError(
            f"{self._path}: the person is deleted, but the write-ahead log could not be emptied; "
            "run the command again when the service is idle"
        )

    def everybody(self) -> list[Resident]:
        """Return everybody, by id; an audited look."""
        found = [
            _resident(row)
            for row in self._connection.execute("SELECT * FROM residents ORDER BY id")
        ]
        with transaction(self._connection):
            self._audit("list", "*", f"{len(found)} residents")
        return found

    def show(self, resident_id: str) -> Registration:
        """Return all that is stored of a person but the vectors; an audited look.

        Raises:
            ConfigError: There is nobody of that id.
        """
        row = self._connection.execute(
            "SELECT * FROM residents WHERE id = ?", (resident_id,)
        ).fetchone()
        if row is None:
            raise ConfigError(
                f"resident {resident_id!r} is not registered; see 'gridwatch residents list'"
            )
        consents = self._connection.execute(
            "SELECT * FROM consents WHERE resident_id = ? ORDER BY id", (resident_id,)
        ).fetchall()
        templates = self._connection.execute(
            "SELECT id, model_sha256, photos FROM templates WHERE resident_id = ? ORDER BY id",
            (resident_id,),
        ).fetchall()
        with transaction(self._connection):
            self._audit("show", resident_id, "shown")
        return Registration(
            _resident(row),
            tuple(_consent(one) for one in consents),
            tuple((one["id"], one["model_sha256"], one["photos"]) for one in templates),
        )

    def gallery(self, model_sha256: str) -> list[tuple[Resident, Template]]:
        """Return everybody who has a template of a network, by id.

        Raises:
            ConfigError: There are templates, but all of another network; or the key is wrong.
        """
        rows = self._connection.execute(
            "SELECT r.*, t.id AS template_id, t.photos, t.nonce, t.sealed FROM templates t"
            " JOIN residents r ON r.id = t.resident_id WHERE t.model_sha256 = ?"
            " ORDER BY r.id, t.id",
            (model_sha256,),
        ).fetchall()
        if not rows:
            self._require_no_other_model(model_sha256)
        return [(_resident(row), self._open(row, model_sha256)) for row in rows]

    def _open(self, row: sqlite3.Row, model_sha256: str) -> Template:
        label = Label(row["id"], row["template_id"], model_sha256)
        vector = self._vault.open(Sealed(row["nonce"], row["sealed"]), label)
        return Template(row["template_id"], row["id"], model_sha256, row["photos"], vector)

    def _require_no_other_model(self, model_sha256: str) -> None:
        other = self._connection.execute("SELECT model_sha256 FROM templates LIMIT 1").fetchone()
        if other is not None:
            raise ConfigError(
                f"{self._path}: its templates were made with the network "
                f"{other['model_sha256'][:12]}…, the configuration uses {model_sha256[:12]}…; "
                "choose that face pack again (models.faces) or import the residents anew"
            )

    def gallery_version(self) -> int:
        """Return a number that changes with every change of the gallery."""
        row = self._connection.execute("SELECT gallery_version FROM state").fetchone()
        return int(row["gallery_version"])

    def data_version(self) -> int:
        """Return a number that changes when another connection has written; microseconds."""
        row = self._connection.execute("PRAGMA data_version").fetchone()
        return int(row["data_version"])

    def save_calibration(self, model_sha256: str, calibration: SavedCalibration) -> None:
        """Keep a network's impostor distribution for this gallery."""
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO calibrations VALUES (?, ?, ?, ?, ?, ?)",
                (
                    model_sha256,
                    calibration.fpir,
                    calibration.mean,
                    calibration.sd,
                    calibration.people,
                    self._clock.utc().isoformat(timespec="seconds"),
                ),
            )
            self._changed()
            self._audit("calibrate", "*", f"fpir {calibration.fpir:g}")

    def calibration(self, model_sha256: str) -> SavedCalibration | None:
        """Return the saved impostor distribution, None if never calibrated."""
        row = self._connection.execute(
            "SELECT fpir, mean, sd, people FROM calibrations WHERE model_sha256 = ?",
            (model_sha256,),
        ).fetchone()
        return SavedCalibration(*row) if row else None

    def audit_rows(self) -> Sequence[audit.AuditRow]:
        """Return all audit rows, oldest first, this look included."""
        with transaction(self._connection):
            self._audit("export-audit", "*", "exported")
        return list(audit.rows(self._connection))

    def first_broken_audit_row(self) -> int | None:
        """Return the number of the first audit row that was tampered with, None if none was."""
        return audit.first_broken(self._connection)

    def _changed(self) -> None:
        self._connection.execute("UPDATE state SET gallery_version = gallery_version + 1")

    def _audit(self, act: str, subject: str, result: str) -> None:
        audit.append(
            self._connection,
            at=self._clock.utc(),
            actor=self._actor,
            act=act,
            subject=subject,
            result=result,
        )


def _require_guardian(resident: Resident, consent: Consent) -> None:
    if resident.birth_date is None or consent.guardian:
        return
    if age_years(resident.birth_date, consent.given_at.date()) < GUARDIAN_AGE_YEARS:
        raise ConfigError(
            f"resident {resident.id}: is under {GUARDIAN_AGE_YEARS}; a guardian must consent, "
            "fill in the column guardian"
        )


def _resident(row: sqlite3.Row) -> Resident:
    return Resident(
        id=row["id"],
        name=row["name"],
        unit=row["unit"],
        category=Category(row["category"]),
        valid_from=_date(row["valid_from"]),
        valid_until=_date(row["valid_until"]),
        birth_date=_date(row["birth_date"]),
    )


def _consent(row: sqlite3.Row) -> Consent:
    given_at = datetime.fromisoformat(row["given_at"])
    return Consent(row["notice_version"], given_at, row["channel"], row["guardian"])


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
