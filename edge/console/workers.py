"""Worker processes as somebody may see them who does not see all cameras."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.domain.worker import WorkerReport


def workers_shown(
    reports: Sequence[WorkerReport], sees: Callable[[str], bool]
) -> list[WorkerReport]:
    """Return all workers, with the cameras that somebody sees.

    Args:
        reports: Of all workers.
        sees: Whether they see a camera.
    """
    return [
        replace(
            one,
            # One that was parted from another is named after a camera.
            name=one.name if all(map(sees, one.camera_ids)) else one.name.partition(".")[0],
            camera_ids=tuple(filter(sees, one.camera_ids)),
            culprit=one.culprit if one.culprit and sees(one.culprit) else "",
        )
        for one in reports
    ]
