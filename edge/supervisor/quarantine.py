"""Which cameras of a worker process that crashes again and again are to be kept apart."""

from collections import Counter
from collections.abc import Sequence

CRASHES = 3
WITHIN_S = 600.0
"""So many crashes within so long are no accident."""


def parted(camera_ids: Sequence[str], culprits: Sequence[str | None]) -> list[list[str]]:
    """Return the shares that a share falls into: the first goes on as before.

    Whoever was caught more often than once gets a process of its own. Where nobody was, each half
    gets one: if it goes on, half of them run, and the rest is parted again.

    Args:
        camera_ids: The share; it has two cameras or more.
        culprits: Whose thread each crash was; None where that is not known.
    """
    caught = Counter(one for one in culprits if one in camera_ids)
    alone = [one for one in camera_ids if caught[one] > 1]
    if alone and len(alone) < len(camera_ids):
        return [[one for one in camera_ids if one not in alone], *([one] for one in alone)]
    half = (len(camera_ids) + 1) // 2
    return [list(camera_ids[:half]), list(camera_ids[half:])]
