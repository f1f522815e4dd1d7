"""What the API says of the platform's cases."""

from datetime import datetime

from edge.console.api.evidence_bodies import Strict
from edge.domain.case import CaseMove, CaseState
from edge.store.cases import Case


class CaseMoveBody(Strict):
    """One step of a case, as the platform told it."""

    sequence: int
    state: CaseState
    at: datetime
    case_number: str
    department: str
    text: str


class CaseBody(Strict):
    """What the platform says of its case about an incident.

    Attributes:
        moves: In the platform's order; the last one is the present.
    """

    state: CaseState
    case_number: str
    department: str
    moves: list[CaseMoveBody]


def case_of(case: Case) -> CaseBody:
    """Return a case as the API tells it; what a step does not say holds on from before."""
    latest = list(reversed(case.moves))
    return CaseBody(
        state=case.present.state,
        case_number=next((one.case_number for one in latest if one.case_number), ""),
        department=next((one.department for one in latest if one.department), ""),
        moves=[_move(one) for one in case.moves],
    )


def _move(one: CaseMove) -> CaseMoveBody:
    names = CaseMoveBody.model_fields
    return CaseMoveBody.model_validate({name: getattr(one, name) for name in names})
