"""Why there is no clip: a word for programs, from the sentence that was written down."""

import errno
import os
from enum import StrEnum

LOST = "the service ended before it was written; its packets were in memory"
NOT_KEPT = "the packets of this camera are not kept"
NO_MOMENT = "what is left of the camera does not contain the moment"


class ClipFault(StrEnum):
    """Why an incident has no clip."""

    LOST = "lost"
    """The service ended before it was written."""
    NOT_KEPT = "not_kept"
    """No packets of this camera are kept."""
    NO_MOMENT = "no_moment"
    """The camera broke off, and its packets do not show the moment."""
    NOTHING = "nothing"
    """The camera sent nothing in that time."""
    UNREADABLE = "unreadable"
    """Its packets make no film that can be read again."""
    DISK = "disk"
    OTHER = "other"


_BEGINNINGS = {
    LOST: ClipFault.LOST,
    NOT_KEPT: ClipFault.NOT_KEPT,
    NO_MOMENT: ClipFault.NO_MOMENT,
    "nothing of that time is in memory": ClipFault.NOTHING,
    "the clip": ClipFault.UNREADABLE,
}
_DISK = frozenset(
    os.strerror(one)
    for one in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ENOENT,
        errno.EMFILE,
    )
)


def fault_of(detail: str) -> ClipFault:
    """Return what a sentence says, as it was kept when the clip was given up."""
    if detail in _DISK:
        return ClipFault.DISK
    found = (fault for begin, fault in _BEGINNINGS.items() if detail.startswith(begin))
    return next(found, ClipFault.OTHER)
