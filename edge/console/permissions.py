"""Who may do what: one table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    RESIDENT_ADMIN = "resident-admin"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that can be allowed."""

    OWN_ACCOUNT = "own_account"
    SEE_INCIDENTS = "see_incidents"
    SEE_CLEAR = "see_clear"
    """Pictures without redaction, with a reason."""
    REVIEW = "review"
    SUPPRESS = "suppress"
    HOLD = "hold"
    SEE_GATE = "see_gate"
    SEE_FACES = "see_faces"
    DENY_MATCH = "deny_match"
    SEE_LIVE = "see_live"
    SEE_RESIDENTS = "see_residents"
    CHANGE_RESIDENTS = "change_residents"
    SEE_CAMERAS = "see_cameras"
    CHANGE_CAMERAS = "change_cameras"
    SEE_REPORTS = "see_reports"
    APPLY_PROPOSALS = "apply_proposals"
    EXPORT = "export"
    VERIFY = "verify"
    """Compare evidence with what the box has signed."""
    SEE_HEALTH = "see_health"
    CHANGE_OUTBOX = "change_outbox"
    SEE_AUDIT = "see_audit"
    CHANGE_USERS = "change_users"


_P = Permission
_VIEWER = frozenset({_P.OWN_ACCOUNT, _P.SEE_INCIDENTS, _P.SEE_HEALTH, _P.SEE_REPORTS})
_REVIEWER = _VIEWER | {_P.REVIEW, _P.VERIFY}
_OPERATOR = _REVIEWER | {
    _P.SEE_CLEAR,
    _P.SUPPRESS,
    _P.HOLD,
    _P.SEE_GATE,
    _P.SEE_FACES,
    _P.DENY_MATCH,
    _P.SEE_LIVE,
    _P.SEE_CAMERAS,
    _P.EXPORT,
}
_RESIDENT_ADMIN = frozenset(
    {_P.OWN_ACCOUNT, _P.SEE_HEALTH, _P.SEE_RESIDENTS, _P.CHANGE_RESIDENTS, _P.SEE_FACES}
)
_AUDITOR = frozenset(
    {_P.OWN_ACCOUNT, _P.SEE_AUDIT, _P.SEE_REPORTS, _P.SEE_HEALTH, _P.EXPORT, _P.VERIFY}
)

TABLE: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.REVIEWER: _REVIEWER,
        Role.OPERATOR: _OPERATOR,
        Role.RESIDENT_ADMIN: _RESIDENT_ADMIN,
        # Whoever administers does not also watch over it.
        Role.ADMIN: frozenset(Permission) - {_P.SEE_AUDIT},
        Role.AUDITOR: _AUDITOR,
    }
)
