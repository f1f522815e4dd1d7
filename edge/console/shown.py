"""A file of evidence as it may be shown: redacted, or clear for whoever has said why."""

from pathlib import Path

from edge.console.services import Services
from edge.console.workshop import Prepared
from edge.domain.rule import IncidentType
from edge.store.kept import Item, Kind

PLATES_STAY = frozenset({IncidentType.MOTOR_PARKING})
"""What a vehicle did is nothing without its plate."""


def prepare(services: Services, item: Item, *, clear: bool) -> Prepared:
    """Return the file that may be shown, or how far it is; a still is waited for."""
    # Names come from the journal, never from the address.
    path = services.evidence_folder / item.path
    if not path.resolve().is_relative_to(services.evidence_folder.resolve()):
        return Prepared(None, f"{path.name} leads out of the evidence; verify the incident's")
    redactions = services.redactions
    if clear:
        return _there(path) if item.kind is Kind.STILL else redactions.clear_clip(path)
    head = services.reviews().head(item.incident_id)
    plates = head is None or head.type not in PLATES_STAY
    if item.kind is Kind.STILL:
        return redactions.redact_still(path, plates=plates)
    return redactions.redact_clip(path, plates=plates)


def _there(path: Path) -> Prepared:
    if path.is_file():
        return Prepared(path)
    return Prepared(None, f"{path.name} is missing; verify the incident's evidence")
