"""Which worker process has which cameras, at the start and after a change of the configuration."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.schema import Camera

Shares = Mapping[str, Sequence[str]]
"""Ids of cameras by the name of a worker process."""

PARTED = "."
"""In the name of a process whose cameras were taken out of another one's share."""

FIXED = ("box",)
"""Sections that everything stands on: they change while the service is stopped."""

WORKERS_READ = ("models", "mqtt", "residents", "evidence", "codes", "calendar")
"""Sections that matter to every camera's worker."""

WORKERS_ALONE = ("models", "calendar")
"""Of these, the sections that nobody else reads."""


FOLLOWED_BY_SERVICE = ("cameras", "webhooks")
"""Sections that the service itself follows at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reload does.

    Attributes:
        shares: Afterwards.
        ending: Workers that end; those of them that are in ``shares`` begin anew.
        beginning: Workers that begin.
        later: Sections whose changes wait for the service's next start, in part or as a whole.
    """

    shares: Shares
    ending: frozenset[str]
    beginning: tuple[str, ...]
    later: tuple[str, ...]


def share(camera_ids: Sequence[str], workers: int | str) -> dict[str, list[str]]:
    """Return which worker has which cameras, dealt out in turn; no worker without a camera."""
    count = min(_count(workers), len(camera_ids))
    return {f"worker-{number + 1}": list(camera_ids[number::count]) for number in range(count)}


def share_anew(
    shares: Shares, camera_ids: Sequence[str], workers: int | str
) -> dict[str, list[str]]:
    """Return shares for other cameras: who has a worker keeps it, others go where there are fewest.

    Args:
        shares: So far.
        camera_ids: All that are to be shared from now on.
        workers: How many processes there may be.
    """
    wanted = set(camera_ids)
    anew = {name: [one for one in ids if one in wanted] for name, ids in shares.items()}
    shared = {one for ids in anew.values() for one in ids}
    for number in range(_count(workers)):
        anew.setdefault(f"worker-{number + 1}", [])
    # Who crashed its worker again and again is alone there, and stays so.
    open_to_all = [ids for name, ids in anew.items() if PARTED not in name]
    for camera_id in camera_ids:
        if camera_id not in shared:
            min(open_to_all, key=len).append(camera_id)
    return {name: ids for name, ids in anew.items() if ids}


def plan(old: Settings, new: Settings, shares: Shares, camera_ids: Sequence[str]) -> Plan:
    """Return what must be done for the service to follow a change of the configuration.

    Args:
        old: What it follows now.
        new: What it is to follow.
        shares: Which worker has which cameras now.
        camera_ids: Those of ``new`` that a worker must have.

    Raises:
        ConfigError: The change needs a new start of the service.
    """
    require_followable(old, new)
    different = _different(old, new)
    anew = share_anew(shares, camera_ids, new.workers)
    if any(name in WORKERS_READ for name in different):
        touched = {camera.id for camera in old.cameras}
    else:
        touched = set(changed_cameras(old.cameras, new.cameras))
    ending = frozenset(
        name
        for name, ids in shares.items()
        if list(anew.get(name, ())) != list(ids) or touched.intersection(ids)
    )
    beginning = tuple(name for name in anew if name in ending or name not in shares)
    at_once = (*FOLLOWED_BY_SERVICE, *WORKERS_ALONE)
    later = tuple(name for name in different if name not in at_once)
    return Plan(anew, ending, beginning, later)


def require_followable(old: Settings, new: Settings) -> None:
    """Raise ConfigError if a change needs a new start of the service."""
    for name in _different(old, new):
        if name in FIXED:
            raise ConfigError(
                f"{new.where(name)}: cannot change while the service runs; stop it and start it"
            )


def watched(settings: Settings) -> list[str]:
    """Return the ids of the cameras that a worker must have: all, as all can be shown live."""
    return [camera.id for camera in settings.cameras]


def _different(old: Settings, new: Settings) -> list[str]:
    return [name for name in type(new).model_fields if getattr(old, name) != getattr(new, name)]


def changed_cameras(old: Collection[Camera], new: Collection[Camera]) -> list[str]:
    """Return the ids of cameras that are on one side only, or not the same on both."""
    before, after = ({camera.id: camera for camera in side} for side in (old, new))
    return [one for one in {**before, **after} if before.get(one) != after.get(one)]


def places(workers: int | str) -> int:
    """Return how many cameras of one worker may be looked at in the same moment."""
    return max(round(len(os.sched_getaffinity(0)) / _count(workers)), 1)


def _count(workers: int | str) -> int:
    return (os.cpu_count() or 1) if isinstance(workers, str) else workers
