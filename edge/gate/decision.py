"""From evidence to a decision: who passes, who is unknown, and when we do not know.

Pure: the same evidence and gallery give the same verdict.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from edge.domain.candidate import Candidate
from edge.domain.passage import Decision, Doubt
from edge.domain.resident import Category, Validity
from edge.gate.evidence import Evidence
from models.faces import Floats


class Search(Protocol):
    """A gallery, as the gate needs it."""

    def __call__(self, query: Floats) -> Candidate | None:
        """Return the most similar person, None if nobody is registered."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines set by the wanted false-positive identification rate at this gallery's size.

    Attributes:
        match: At or above: the person.
        unsure: Below: nobody of the gallery. In between nobody can say.
        people: The gallery's size; in an empty one everybody is a stranger.
    """

    match: float
    unsure: float
    people: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How much evidence a decision needs.

    Attributes:
        early_frames: Usable frames that allow a decision while the person is still there.
        last_frames: Usable frames after which waiting longer does not help.
        final_frames: Usable frames that must be there when the person has gone.
        strong_norm: Raw embedding length of a face that may accuse somebody of being a stranger;
            weaker ones can only prove who somebody is. None where the norm says nothing.
        margin: Least distance to the second person of the gallery.
        live: Least mean liveness.
        certainty: Mean detector score of something that is surely a face.
    """

    early_frames: int = 3
    last_frames: int = 8
    final_frames: int = 2
    strong_norm: float | None = 10.0
    margin: float = 0.05
    live: float = 0.5
    certainty: float = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says."""

    decision: Decision
    doubts: tuple[Doubt, ...] = ()
    candidate: Candidate | None = None


def judge(
    evidence: Evidence,
    *,
    search: Search,
    thresholds: Thresholds,
    patience: Patience,
    today: date,
    ended: bool,
) -> Verdict | None:
    """Return the verdict, None while more frames are needed or if it was no face at all.

    Args:
        evidence: All that was seen of the person.
        search: The gallery at this moment.
        thresholds: For this gallery.
        patience: How long to wait.
        today: The day at the site, for the validity of registrations.
        ended: Whether the person is gone and no frame will follow.
    """
    usable = evidence.usable_frames
    if usable == 0:
        return _without_comparison(evidence, thresholds, patience) if ended else None
    if usable < patience.early_frames and not ended:
        return None
    candidate = search(evidence.fused())
    flaw = _flaw(evidence, candidate, patience)
    if flaw is not None:
        return Verdict(Decision.UNSURE, (flaw,), candidate)
    if candidate is None:
        return Verdict(Decision.STRANGER)
    settled = ended or usable >= patience.last_frames
    if candidate.similarity < thresholds.unsure:
        return _nobody_known(evidence, candidate, patience, ended=ended)
    doubt = _doubt(evidence, candidate, search=search, thresholds=thresholds, patience=patience)
    if doubt is not None:
        return Verdict(Decision.UNSURE, (doubt,), candidate) if settled else None
    return _known(candidate, today)


def _without_comparison(
    evidence: Evidence, thresholds: Thresholds, patience: Patience
) -> Verdict | None:
    """Return the verdict on somebody whose face was never good enough; None if it was no face."""
    if evidence.certainty < patience.certainty:
        return None
    if thresholds.people == 0:
        return Verdict(Decision.STRANGER)
    return Verdict(Decision.UNSURE, (Doubt.NO_USABLE_FACE,))


def _nobody_known(
    evidence: Evidence, candidate: Candidate, patience: Patience, *, ended: bool
) -> Verdict | None:
    """Return ``stranger`` on good faces; bad ones are unlike everybody, their owner included."""
    needed = patience.final_frames if ended else patience.early_frames
    strong = evidence.usable_frames
    if patience.strong_norm is not None:
        strong = evidence.strong_frames(patience.strong_norm)
    if strong >= needed:
        return Verdict(Decision.STRANGER, (), candidate)
    return Verdict(Decision.UNSURE, (Doubt.NO_USABLE_FACE,), candidate) if ended else None


def _flaw(evidence: Evidence, candidate: Candidate | None, patience: Patience) -> Doubt | None:
    """Return what is wrong with the evidence itself, whomever it points to."""
    if evidence.liveness is not None and evidence.liveness < patience.live:
        return Doubt.NOT_LIVE
    if candidate is not None and evidence.usable_frames < patience.final_frames:
        return Doubt.TOO_FEW_FRAMES
    return None


def _doubt(
    evidence: Evidence,
    candidate: Candidate,
    *,
    search: Search,
    thresholds: Thresholds,
    patience: Patience,
) -> Doubt | None:
    """Return why somebody similar to the candidate is not taken for them, or None."""
    if candidate.similarity < thresholds.match:
        return Doubt.BETWEEN_THRESHOLDS
    if candidate.margin is not None and candidate.margin < patience.margin:
        return Doubt.SMALL_MARGIN
    if not _frames_agree(evidence, candidate, search=search, floor=thresholds.unsure):
        return Doubt.FRAMES_DISAGREE
    return None


def _frames_agree(
    evidence: Evidence, candidate: Candidate, *, search: Search, floor: float
) -> bool:
    """Return whether most single frames point to the same person, two at the least.

    The mean alone would let one wrongly associated face of a resident carry a stranger.
    """
    vectors = evidence.vectors
    needed = max(2, (len(vectors) + 1) // 2)
    found = 0
    for vector in vectors:
        single = search(vector)
        found += (
            single is not None
            and single.resident.id == candidate.resident.id
            and single.similarity >= floor
        )
        if found == needed:  # a large gallery is not searched for what changes nothing
            return True
    return False


def _known(candidate: Candidate, today: date) -> Verdict:
    if candidate.resident.category is Category.WATCHLIST:
        return Verdict(Decision.WATCHLIST, (), candidate)
    match candidate.resident.validity(today):
        case Validity.EXPIRED:
            return Verdict(Decision.UNSURE, (Doubt.EXPIRED,), candidate)
        case Validity.NOT_YET_VALID:
            return Verdict(Decision.UNSURE, (Doubt.NOT_YET_VALID,), candidate)
        case Validity.VALID:
            return Verdict(Decision.RESIDENT, (), candidate)
