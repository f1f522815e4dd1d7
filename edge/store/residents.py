"""The registered people: who they are, their consent, and their sealed templates."""

import os
import pwd
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from edge.clock import Clock
from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError
from edge.store import audit, handicaps
from edge.store.database import open_database, transaction
from edge.store.erasure import erase_traces
from edge.store.privacy import keep_private
from edge.store.registration import (
    PhotoRecord,
    Registration,
    SavedCalibration,
    Template,
    consent_of,
    require_guardian,
    resident_of,
    row_of,
)
from edge.store.vault import Label, PictureLabel, Sealed, Vault

__all__ = [
    "PhotoRecord",
    "Registration",
    "ResidentStore",
    "SavedCalibration",
    "Template",
]

MIGRATIONS = tuple(
    files("edge.store").joinpath(name).read_text(encoding="utf-8")
    for name in ("residents.sql", "portraits.sql", "residents_end.sql", "deltas.sql")
)
KEYS, KEY_NAME = "keys", "residents-audit.key"
PORTRAIT = "portrait"
ERASE_TIMEOUT_S = 10.0


class ResidentStore:
    """One connection to the residents' file."""

    def __init__(self, path: Path, *, vault: Vault, clock: Clock, actor: str | None = None) -> None:
        """Open the file, made if absent.

        Args:
            path: ``residents.db``; the key that seals its audit lies in ``keys/`` beside it.
            vault: Seals templates.
            clock: For audit rows.
            actor: Who acts; default: the operating system's user.

        Raises:
            StoreError: The file cannot be used.
        """
        self._path = path
        keep_private(path)
        self._connection = open_database(path, MIGRATIONS)
        self._seal = audit.open_sealed(self._connection, path.parent / KEYS / KEY_NAME)
        self._vault = vault
        self._clock = clock
        self._actor = actor or _user()
        self._own_changes = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def register(
        self,
        resident: Resident,
        consent: Consent,
        templates: Sequence[Template],
        *,
        photos: Sequence[PhotoRecord] = (),
        portrait: bytes | None = None,
    ) -> None:
        """Write a person, their consent and their templates, all or nothing.

        Somebody registered before under the same id is replaced, templates included.

        Args:
            resident: Who.
            consent: Theirs.
            templates: At least one.
            photos: What became of the photos.
            portrait: JPEG of the face; kept only if the consent says so.

        Raises:
            ConfigError: The person is a child and no guardian consented.
        """
        require_guardian(resident, consent)
        with transaction(self._connection):
            self._write_person(resident, consent, templates, photos, portrait)
            self._changed()

    def _write_person(
        self,
        resident: Resident,
        consent: Consent,
        templates: Sequence[Template],
        photos: Sequence[PhotoRecord],
        portrait: bytes | None,
    ) -> None:
        """Replace what is known of somebody; inside a transaction."""
        self._connection.execute("DELETE FROM residents WHERE id = ?", (resident.id,))
        self._connection.execute(
            "INSERT INTO residents VALUES (?, ?, ?, ?, ?, ?, ?)", row_of(resident)
        )
        consent_id = self._insert_consent(resident.id, consent)
        if portrait is not None and consent.portrait:
            self._insert_portrait(resident.id, portrait)
        for template in templates:
            self._insert_template(template, consent_id)
        self._connection.executemany(
            "INSERT OR IGNORE INTO photos VALUES (?, ?, ?, ?, ?)",
            [(resident.id, p.sha256, p.verdict, p.face_px, p.norm) for p in photos],
        )
        self._audit("register", resident.id, f"{len(templates)} templates")

    def _insert_consent(self, resident_id: str, consent: Consent) -> int | None:
        return self._connection.execute(
            "INSERT INTO consents"
            " (resident_id, notice_version, given_at, channel, guardian, portrait)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                resident_id,
                consent.notice_version,
                consent.given_at.isoformat(timespec="seconds"),
                consent.channel,
                consent.guardian,
                consent.portrait,
            ),
        ).lastrowid

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

    def _insert_portrait(self, resident_id: str, jpeg: bytes) -> None:
        sealed = self._vault.seal_bytes(jpeg, PictureLabel(PORTRAIT, resident_id))
        made_at = self._clock.utc().isoformat(timespec="seconds")
        self._connection.execute(
            "INSERT INTO portraits VALUES (?, ?, ?, ?)",
            (resident_id, sealed.nonce, sealed.payload, made_at),
        )

    def remove(self, resident_id: str, *, timeout_s: float = ERASE_TIMEOUT_S) -> None:
        """Delete a person and every byte of their templates, in the file and in its log.

        Args:
            resident_id: Who.
            timeout_s: How long to wait for others who read the file.

        Raises:
            ConfigError: There is nobody of that id; traces of those removed before are erased.
            StoreError: The person is deleted and unknown from now on, but the file could not be
                cleaned, as another process kept reading.
        """
        with transaction(self._connection):
            deleted = self._connection.execute(
                "DELETE FROM residents WHERE id = ?", (resident_id,)
            ).rowcount
            if deleted:
                self._changed()
            self._audit("remove", resident_id, "deleted" if deleted else "not registered")
        erase_traces(self._connection, self._path, timeout_s=timeout_s)
        if not deleted:
            raise _unknown(resident_id)

    def everybody(self) -> list[Resident]:
        """Return everybody, by id; an audited look."""
        with transaction(self._connection):
            rows = self._connection.execute("SELECT * FROM residents ORDER BY id").fetchall()
            self._audit("list", "*", f"{len(rows)} residents")
        return [resident_of(row) for row in rows]

    def show(self, resident_id: str) -> Registration:
        """Return all that is stored of a person but the vectors; an audited look.

        Raises:
            ConfigError: There is nobody of that id.
        """
        with transaction(self._connection):
            found = self.find(resident_id)
            self._audit("show", resident_id, "shown" if found else "not registered")
        if found is None:
            raise _unknown(resident_id)
        return found

    def find(self, resident_id: str) -> Registration | None:
        """Return what ``show`` does, unaudited, None if there is nobody of that id.

        For acts that are audited themselves and need to know what is there.
        """

        def rows(query: str) -> list[sqlite3.Row]:
            return self._connection.execute(query, (resident_id,)).fetchall()

        row = next(iter(rows("SELECT * FROM residents WHERE id = ?")), None)
        if row is None:
            return None
        consents = rows("SELECT * FROM consents WHERE resident_id = ? ORDER BY id")
        templates = rows("SELECT * FROM templates WHERE resident_id = ? ORDER BY id")
        photos = rows(
            "SELECT sha256, verdict, face_px, norm FROM photos WHERE resident_id = ?"
            " ORDER BY verdict, sha256"
        )
        denied = rows(
            "SELECT passage_id, amount, by, at, expires_at FROM handicaps WHERE resident_id = ?"
            " ORDER BY at"
        )
        return Registration(
            resident_of(row),
            tuple(consent_of(one) for one in consents),
            tuple((one["id"], one["model_sha256"], one["photos"]) for one in templates),
            tuple(PhotoRecord(*one) for one in photos),
            bool(rows("SELECT 1 FROM portraits WHERE resident_id = ?")),
            tuple((one[0], one[1], one[2], one[3], one[4]) for one in denied),
        )

    def gallery(
        self, model_sha256: str, *, partial: bool = False
    ) -> list[tuple[Resident, Template]]:
        """Return everybody who has a template of a network, by id.

        The vectors are the rows of one matrix, decrypted in place: overwriting it leaves no
        template in memory.

        Args:
            model_sha256: Which network.
            partial: Also if others have templates of another network only.

        Raises:
            ConfigError: Somebody has templates of another network only, who would be taken for a
                stranger; or the key is wrong.
        """
        if not partial:
            self.require_no_other_model(model_sha256)
        rows = self._connection.execute(
            "SELECT r.*, t.id AS template_id, t.photos, t.nonce, t.sealed FROM templates t"
            " JOIN residents r ON r.id = t.resident_id WHERE t.model_sha256 = ?"
            " ORDER BY r.id, t.id",
            (model_sha256,),
        ).fetchall()
        if not rows:
            return []
        dimensions = self._sealed(rows[0]).dimensions
        matrix = np.zeros((len(rows), dimensions), np.float32)
        found = []
        for row, vector in zip(rows, matrix, strict=True):
            label = Label(row["id"], row["template_id"], model_sha256)
            self._vault.open_into(self._sealed(row), label, vector)
            template = Template(row["template_id"], row["id"], model_sha256, row["photos"], vector)
            found.append((resident_of(row), template))
        return found

    @staticmethod
    def _sealed(row: sqlite3.Row) -> Sealed:
        return Sealed(row["nonce"], row["sealed"])

    def require_no_other_model(self, model_sha256: str) -> None:
        """Raise ConfigError if somebody has templates of another network only."""
        row = self._connection.execute(
            "SELECT count(DISTINCT resident_id) AS people, max(model_sha256) AS other"
            " FROM templates WHERE resident_id NOT IN"
            " (SELECT resident_id FROM templates WHERE model_sha256 = ?)",
            (model_sha256,),
        ).fetchone()
        if row["people"]:
            raise ConfigError(
                f"{self._path}: templates of {row['people']} residents were made with the network "
                f"{row['other'][:12]}…, the configuration uses {model_sha256[:12]}…; choose that "
                "face pack again (models.faces), or import or remove these residents"
            )

    def handicaps(self) -> Mapping[str, float]:
        """Return by how much a person's similarity is lowered, of those who were confused."""
        return handicaps.in_force(self._connection, self._clock.utc())

    def gallery_version(self) -> int:
        """Return a number that changes with every change of the gallery."""
        row = self._connection.execute("SELECT gallery_version FROM state").fetchone()
        return int(row["gallery_version"])

    def data_version(self) -> int:
        """Return a number that changes whenever anybody has written; costs microseconds."""
        # What this connection itself writes is left out of the connection's version.
        file, number = self._connection.version()
        return (file << 64) + (number << 32) + self._own_changes

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

    def write_down(self, act: str, subject: str, result: str) -> None:
        """Write a row of what was done to the file as a whole."""
        with transaction(self._connection):
            self._audit(act, subject, result)

    def audit_rows(self) -> Sequence[audit.AuditRow]:
        """Return all audit rows, oldest first, this look included."""
        with transaction(self._connection):
            self._audit("export-audit", "*", "exported")
            return list(audit.rows(self._connection))

    def first_broken_audit_row(self) -> int | None:
        """Return the number of the first row that was tampered with or cut off, None if none was.

        Raises:
            StoreError: The file is damaged.
        """
        return audit.first_broken_or_cut(self._connection, self._seal)

    def _changed(self) -> None:
        self._own_changes += 1
        self._connection.execute("UPDATE state SET gallery_version = gallery_version + 1")

    def _audit(self, act: str, subject: str, result: str) -> None:
        audit.append(
            self._connection,
            at=self._clock.utc(),
            actor=self._actor,
            act=act,
            subject=subject,
            result=result,
            seal=self._seal,
        )


def _unknown(resident_id: str) -> ConfigError:
    return ConfigError(
        f"resident {resident_id!r} is not registered; see 'gridwatch residents list'"
    )


def _user() -> str:
    """Return who runs this process, by the system's word rather than by the environment's."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have no name
        return f"uid {os.getuid()}"
