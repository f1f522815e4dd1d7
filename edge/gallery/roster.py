"""What an operator hands in: a folder of photos, and optionally a table of people."""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from edge.domain.resident import Category, Consent, Resident
from edge.errors import ConfigError

PHOTO_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
COLUMNS = (
    "resident_id",
    "name",
    "unit",
    "category",
    "valid_from",
    "valid_until",
    "birth_date",
    "notice_version",
    "consented_at",
    "channel",
    "guardian",
)

BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of control characters, halves of pairs, and separators of lines and paragraphs."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person to be registered.

    Attributes:
        consent: As stated in the table, None if nothing is stated.
        photos: Their photo files, sorted.
        listed: Whether the table has a row for them; otherwise ``resident`` is a bare id, and what
            is known of the person already stays true.
    """

    resident: Resident
    consent: Consent | None
    photos: tuple[Path, ...]
    listed: bool = True


def read_roster(folder: Path, table: Path | None) -> list[Applicant]:
    """Return everybody in ``folder/<resident_id>/*.jpg``, with what the table says of them.

    Raises:
        ConfigError: The folder or table cannot be read, names a column or value wrongly, or names
            somebody who has no folder; the text says the file, line and column.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder; give one with a folder of photos per person")
    rows = _by_id(table) if table else {}
    try:
        photos = {path.name: _photos_in(path) for path in sorted(folder.iterdir()) if _is_one(path)}
    except OSError as error:
        raise ConfigError(
            f"{error.filename}: cannot be read ({error.strerror}); give this user the right to"
        ) from error
    for name in photos:
        if _is_broken(name):
            raise ConfigError(f"{folder}: folder {name!r} has a control character; rename it")
    if not photos:
        raise ConfigError(f"{folder}: has no folders; photos go into {folder}/<resident_id>/")
    lacking = [name for name in rows if name not in photos]
    if lacking:
        raise ConfigError(
            f"{table}: {lacking[0]} has no folder of photos in {folder}; add it or drop the row"
        )
    return [
        Applicant(*rows[name], files)
        if name in rows
        else Applicant(Resident(name), None, files, listed=False)
        for name, files in photos.items()
    ]


def _is_broken(text: str) -> bool:
    """Return whether a text would break the lines of logs and tables, or command a terminal."""
    return any(unicodedata.category(one) in BREAKING for one in text)


def _is_one(path: Path) -> bool:
    """Return whether a path is a person's folder; hidden ones belong to file managers."""
    return path.is_dir() and not path.name.startswith((".", "__"))


def _photos_in(folder: Path) -> tuple[Path, ...]:
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in PHOTO_ENDINGS and not path.name.startswith(".")
    )


def _by_id(table: Path) -> dict[str, tuple[Resident, Consent | None]]:
    rows: dict[str, tuple[Resident, Consent | None]] = {}
    for where, resident, consent in _read_table(table):
        if resident.id in rows:
            raise ConfigError(f"{where}: resident_id {resident.id!r} has a row already; keep one")
        rows[resident.id] = resident, consent
    return rows


def _read_table(path: Path) -> Iterator[tuple[str, Resident, Consent | None]]:
    """Yield (file and line, person, consent)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            unknown = set(reader.fieldnames or ()) - set(COLUMNS)
            if "resident_id" not in (reader.fieldnames or ()) or unknown:
                wrong = f"unknown column {sorted(unknown)[0]!r}" if unknown else "no resident_id"
                raise ConfigError(f"{path}:1: {wrong}; the columns are {', '.join(COLUMNS)}")
            for row in reader:
                where = f"{path}:{reader.line_num}"
                cells = {key: (value or "").strip() for key, value in row.items() if key}
                yield where, _resident(cells, where), _consent(cells, where)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: cannot be read as CSV in UTF-8 ({error})") from error


def _resident(cells: dict[str, str], where: str) -> Resident:
    if not cells["resident_id"]:
        raise ConfigError(f"{where}: resident_id is empty; give each person an id")
    for name, cell in cells.items():
        if _is_broken(cell):
            raise ConfigError(f"{where}: {name} {cell!r} has a control character; take it out")
    category = cells.get("category") or Category.RESIDENT
    if category not in list(Category):
        raise ConfigError(f"{where}: category {category!r}; allowed: {', '.join(Category)}")
    valid_from, valid_until = _day(cells, "valid_from", where), _day(cells, "valid_until", where)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise ConfigError(f"{where}: valid_until lies before valid_from; correct one of them")
    return Resident(
        id=cells["resident_id"],
        name=cells.get("name", ""),
        unit=cells.get("unit", ""),
        category=Category(category),
        valid_from=valid_from,
        valid_until=valid_until,
        birth_date=_day(cells, "birth_date", where),
    )


def _consent(cells: dict[str, str], where: str) -> Consent | None:
    if not cells.get("notice_version"):
        stated = [name for name in ("consented_at", "channel", "guardian") if cells.get(name)]
        if stated:
            raise ConfigError(
                f"{where}: {stated[0]} is stated without notice_version; "
                "state which notice the person was shown, or leave all four columns empty"
            )
        return None
    written = cells.get("consented_at", "")
    try:
        given_at = datetime.fromisoformat(written)
    except ValueError as error:
        raise ConfigError(
            f"{where}: consented_at {written!r}; write it like 2026-11-24 or 2026-11-24T08:30+08:00"
        ) from error
    if given_at.tzinfo is None:
        given_at = given_at.replace(tzinfo=UTC)
    return Consent(
        notice_version=cells["notice_version"],
        given_at=given_at,
        channel=cells.get("channel") or "paper",
        guardian=cells.get("guardian") or None,
    )


def _day(cells: dict[str, str], column: str, where: str) -> date | None:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {column} {text!r}; write it like 2026-11-24") from error
