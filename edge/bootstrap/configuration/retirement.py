"""Whoever has left the configuration: its incidents are withdrawn, its memory is forgotten."""

import logging
from collections.abc import Iterator

from edge.bootstrap.camera.cameras import code_table
from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.clock import Clock
from edge.domain.camera import Duty, Post
from edge.health import clock_state
from edge.settings import Settings
from edge.store.journal import Journal
from edge.wire.box import BoxIdentity

log = logging.getLogger(__name__)


def retire(settings: Settings, journal: Journal, *, box: BoxIdentity, clock: Clock) -> None:
    """Withdraw what is open of cameras and duties that nobody watches any more.

    Args:
        settings: The configuration.
        journal: With what is open.
        box: Who tells it.
        clock: When.

    Raises:
        ConfigError: A code table is wrong.
        StoreError: The journal cannot be written; to be done at the next start.
    """
    watched = set(_posts(settings))
    for post in [post for post in journal.posts() if post not in watched]:
        recorder = IncidentRecorder(
            journal,
            post,
            box=box,
            codes=code_table(settings),
            models=(),
            zones={},
            clock=clock_state,
            stills=False,
            keep_s=0.0,
        )
        unwatched = recorder.unwatched((), clock.utc())
        log.info(
            "camera=%s %s is watched no more, %s open", post.camera_id, post.duty, len(unwatched)
        )
        recorder.record(unwatched, None, (), memory=None)
        journal.forget(post)


def _posts(settings: Settings) -> Iterator[Post]:
    """Yield what the cameras of a configuration are watched for."""
    for camera in settings.cameras:
        if camera.watches_street:
            yield Post(camera.id, Duty.STREET)
        if camera.analysed and camera.integrity.enabled:
            yield Post(camera.id, Duty.INTEGRITY)
