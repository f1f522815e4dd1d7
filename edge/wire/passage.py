"""``gridwatch.passage/1``."""

from collections.abc import Sequence

from edge.clock import ClockState
from edge.domain.passage import Decision, Passage
from edge.wire.box import BoxIdentity, CameraIdentity
from edge.wire.parts import EvidenceItem, clock_part, evidence_part, location_part
from edge.wire.text import encode, rounded, timestamp


def passage_message(
    passage: Passage,
    *,
    box: BoxIdentity,
    seq: int,
    clock: ClockState,
    announce: frozenset[Decision],
    evidence: Sequence[EvidenceItem] = (),
) -> bytes:
    """Return the JSON of ``gridwatch.passage/1``.

    Args:
        passage: What to tell; names and units are not part of it and never of the message.
        box: Who tells it.
        seq: The box's count of messages.
        clock: State of the box's clock.
        announce: Decisions that the site wants as alerts.
        evidence: Pictures that follow.
    """
    camera = box.cameras.get(passage.camera_id, CameraIdentity(passage.camera_id))
    likeness = passage.likeness
    return encode(
        {
            "schema": "gridwatch.passage/1",
            "id": passage.id,
            "revision": passage.revision,
            "seq": seq,
            "action": passage.action,
            "box_id": box.box_id,
            "camera_id": passage.camera_id,
            "device_code": camera.device_code,
            "grid_code": box.grid_code,
            "location": location_part(camera),
            "direction": passage.direction,
            "decision": passage.decision,
            "alert": passage.decision in announce,
            "doubts": list(passage.doubts),
            "resident_id": passage.resident_id,
            "category": passage.category,
            "similarity": rounded(likeness.similarity) if likeness else None,
            "margin": rounded(likeness.margin) if likeness else None,
            "threshold": rounded(likeness.threshold) if likeness else None,
            "template_id": likeness.template_id if likeness else None,
            "frames": passage.frames,
            "usable_frames": passage.usable_frames,
            "refused": dict(passage.refused),
            "persons": passage.persons,
            "appeared_at": timestamp(passage.appeared_at),
            "decided_at": timestamp(passage.decided_at),
            "models": [
                {
                    "name": box.model_names.get(passage.model_sha256, "faces"),
                    "sha256": passage.model_sha256,
                }
            ],
            "clock": clock_part(clock),
            "evidence": evidence_part(evidence),
        }
    )
