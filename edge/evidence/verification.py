"""Is evidence as the box has signed it? Files, manifest and the box's own records are compared."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from edge.evidence.folder import EvidenceFolder, sha256_of
from edge.evidence.manifest import ALGORITHM, MANIFEST, SCHEMA, canonical
from edge.evidence.signing import Authenticator
from edge.store.evidence import EvidenceStore


class Fault(StrEnum):
    """What can be wrong with evidence."""

    NO_MANIFEST = "no_manifest"
    BAD_MANIFEST = "bad_manifest"
    WRONG_KEY = "wrong_key"
    WRONG_SIGNATURE = "wrong_signature"
    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"
    OUTDATED = "outdated"
    """The box has recorded other files than the manifest lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        name: Of the file; empty where the whole folder is meant.
    """

    fault: Fault
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of the verification of one incident's folder.

    Attributes:
        files: How many files are as they were signed.
        purged: How many were removed and are recorded as removed.
        problems: None if all is well.
    """

    incident_id: str
    files: int
    purged: int
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


def folders_below(path: Path) -> Iterator[Path]:
    """Yield the incident folders of a folder: itself, or all below it that hold files, in order."""
    if (path / MANIFEST).exists():
        yield path
        return
    holding = {file.parent for file in path.rglob("*") if file.is_file()}
    yield from sorted(one for one in holding if not one.name.startswith("."))


def verify_folder(folder: Path, authenticator: Authenticator) -> Verified:
    """Return what is wrong with one incident's folder."""
    problems, listed = _read(folder, authenticator)
    if listed is None:
        return Verified(folder.name, 0, 0, tuple(problems))
    right = purged = 0
    names = {MANIFEST}
    for one in listed["files"]:
        name = str(one["name"])
        names.add(name)
        path = folder / name
        if Path(name).name != name:
            problems.append(Problem(Fault.BAD_MANIFEST, name, "leaves the folder"))
        elif path.is_file():
            problem = _compare(path, one)
            problems += [problem] if problem else []
            right += problem is None
        elif one["purged_at"]:
            purged += 1
        else:
            problems.append(Problem(Fault.MISSING, name, "is listed and not there"))
    problems += [
        Problem(Fault.EXTRA, path.name, "is there and not listed")
        for path in sorted(folder.iterdir())
        if path.name not in names
    ]
    return Verified(str(listed["id"]), right, purged, tuple(problems))


def verify_incident(
    incident_id: str, *, folder: EvidenceFolder, store: EvidenceStore, authenticator: Authenticator
) -> Verified:
    """Return what is wrong with an incident, by its folder and by what the box has recorded."""
    opened_at = store.opened_at(incident_id)
    items = store.items(incident_id)
    if opened_at is None or not items:
        return Verified(incident_id, 0, 0, ())
    place = folder.of(incident_id, opened_at)
    if not place.is_dir():
        absent = Problem(Fault.MISSING, "", f"the folder {place.name} is not there")
        return Verified(incident_id, 0, 0, (absent,))
    found = verify_folder(place, authenticator)
    _, listed = _read(place, authenticator)
    signed = {one["name"]: one["sha256"] for one in listed["files"]} if listed else {}
    outdated = [
        Problem(Fault.OUTDATED, item.name, "is recorded otherwise than the manifest says")
        for item in items
        if listed is not None and signed.get(item.name) != item.sha256
    ]
    return Verified(incident_id, found.files, found.purged, (*found.problems, *outdated))


def _read(
    folder: Path, authenticator: Authenticator
) -> tuple[list[Problem], dict[str, Any] | None]:
    """Return what is wrong with a manifest, and its content if it can be read at all."""
    path = folder / MANIFEST
    if not path.is_file():
        return [Problem(Fault.NO_MANIFEST, MANIFEST, "is not there")], None
    try:
        content = json.loads(path.read_bytes())
        signature = content["signature"]
        value = base64.b64decode(signature["value"], validate=True)
        right_form = (
            content["schema"] == SCHEMA
            and signature["algorithm"] == ALGORITHM
            and isinstance(content["id"], str)
            and all(
                isinstance(one["name"], str) and {"sha256", "bytes", "purged_at"} <= one.keys()
                for one in content["files"]
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        right_form = False
    if not right_form:
        return [Problem(Fault.BAD_MANIFEST, MANIFEST, f"is no {SCHEMA}")], None
    if signature["key"] != authenticator.fingerprint:
        return [Problem(Fault.WRONG_KEY, MANIFEST, "was signed with another key")], content
    if not authenticator.signed(canonical(content), value):
        return [
            Problem(Fault.WRONG_SIGNATURE, MANIFEST, "was changed after it was signed")
        ], content
    if content["id"] != folder.name:
        return [Problem(Fault.BAD_MANIFEST, MANIFEST, "is another incident's")], content
    return [], content


def _compare(path: Path, listed: dict[str, Any]) -> Problem | None:
    size = path.stat().st_size
    if size != listed["bytes"]:
        return Problem(Fault.CHANGED, path.name, f"has {size} bytes, signed {listed['bytes']}")
    if sha256_of(path) != listed["sha256"]:
        return Problem(Fault.CHANGED, path.name, "has another SHA-256 than was signed")
    return None
