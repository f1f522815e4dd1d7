"""The manifest of an incident: what shows it and under which circumstances, signed by the box."""

import base64
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from edge.evidence.folder import EvidenceFolder
from edge.evidence.signing import Signer
from edge.files import locked, make_folder
from edge.store.evidence import EvidenceStore
from edge.store.kept import Item
from edge.wire.text import encode, timestamp

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
SCHEMA = "gridwatch.manifest/1"
ALGORITHM = "Ed25519"
FACTS = (
    "box_id",
    "camera_id",
    "type",
    "category",
    "zone_id",
    "place",
    "rule",
    "models",
    "clock",
    "first_seen_at",
    "opened_at",
    "cleared_at",
)
"""Parts of the last message that the manifest repeats."""


class ManifestWriter:
    """Writes manifests anew after every change; used by one thread."""

    def __init__(self, folder: EvidenceFolder, store: EvidenceStore, signer: Signer) -> None:
        """Prepare.

        Args:
            folder: Of all evidence.
            store: This thread's connection.
            signer: Of the box.
        """
        self._folder = folder
        self._store = store
        self._signer = signer

    def write(self, incident_id: str) -> None:
        """Write the manifest of an incident that has, or had, any evidence.

        A disk that fails is said and does not stop who calls: the manifest is written again with
        the next change, and verification finds what is not in it.
        """
        opened_at = self._store.opened_at(incident_id)
        if opened_at is None:
            return
        folder = self._folder.of(incident_id, opened_at)
        try:
            make_folder(folder)
            with locked(folder):  # what is read and written here is one step to other processes
                content = signed(self.content(incident_id), self._signer)
                self._folder.write(folder / MANIFEST, content)
        except OSError as error:
            log.error("incident=%s manifest not written: %s", incident_id, error)  # noqa: TRY400

    def content(self, incident_id: str) -> dict[str, Any]:
        """Return what the store knows of an incident now, unsigned."""
        told = self._store.revisions(incident_id)
        last = json.loads(told[-1].payload)
        clip = self._store.clip(incident_id)
        return {
            "schema": SCHEMA,
            "id": incident_id,
            **{name: last.get(name) for name in FACTS},
            "revisions": [
                {
                    "revision": one.revision,
                    "seq": one.seq,
                    "action": one.action,
                    "observed_at": timestamp(one.observed_at),
                    "sha256": hashlib.sha256(one.payload).hexdigest(),
                }
                for one in told
            ],
            "files": [_file(item) for item in self._store.items(incident_id)],
            "gaps": [
                {"name": gap.name, "reason": gap.detail} for gap in self._store.gaps(incident_id)
            ],
            "clip": None if clip is None else {"state": clip.state, "detail": clip.detail},
            "purges": [
                {
                    "name": purge.name,
                    "sha256": purge.sha256,
                    "reason": purge.reason,
                    "purged_at": timestamp(purge.purged_at),
                }
                for purge in self._store.purges(incident_id)
            ],
        }


def signed(content: Mapping[str, Any], signer: Signer) -> bytes:
    """Return the JSON of a manifest with the signature of its content."""
    signature = {
        "algorithm": ALGORITHM,
        "key": signer.fingerprint,
        "value": base64.b64encode(signer.sign(canonical(content))).decode(),
    }
    return encode({**content, "signature": signature})


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: compact UTF-8 JSON, keys in order, no signature."""
    unsigned = {name: value for name, value in content.items() if name != "signature"}
    return json.dumps(
        unsigned, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _file(item: Item) -> dict[str, Any]:
    return {
        **item.listed(),
        "camera_id": item.camera_id,
        "begins_at": timestamp(item.begins_at),
        "ends_at": timestamp(item.ends_at),
        "purged_at": timestamp(item.purged_at) if item.purged_at else None,
    }
