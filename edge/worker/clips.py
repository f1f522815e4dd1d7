"""Clips of incidents: wished for at the opening, written when the post-roll is there."""

import errno
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event

from edge.clock import Clock
from edge.errors import StoreError
from edge.evidence.folder import EvidenceFolder, sha256_of
from edge.evidence.manifest import ManifestWriter
from edge.store.clip_faults import LOST, NO_MOMENT, NOT_KEPT
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal
from edge.store.kept import MP4, Clip, ClipState, Item, Kind
from edge.worker.film import Film, Span
from streams.errors import StreamError

log = logging.getLogger(__name__)

CLIP = "clip.mp4"
LOOK_EVERY_S = 0.5
PATIENCE_S = 5.0
"""So long after its end a clip is waited for: packets come late, and in groups of pictures."""

SHORT_S = 1.0
"""A roll that lacks less is not called short: a clip begins and ends with whole pictures."""

LATE_S = 60.0
"""A picture is dated no later than this after it was taken."""

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
ROOM_WITHIN_S = 30.0
"""A clip waits so long for room on a full disk: housekeeping makes some, and its packets stay."""


class _NoRoomError(Exception):
    """There is no room for a clip now."""


class ClipDesk:
    """Writes the clips of a process's cameras, one after the other, on a thread of its own."""

    def __init__(
        self,
        films: Mapping[str, Film],
        *,
        folder: EvidenceFolder,
        journal: Journal,
        store: EvidenceStore,
        manifests: ManifestWriter,
        clock: Clock,
    ) -> None:
        """Prepare.

        Args:
            films: By camera.
            folder: Of all evidence.
            journal: This thread's connection.
            store: This thread's connection.
            manifests: This thread's.
            clock: The box's.
        """
        self._films = films
        self._folder = folder
        self._journal = journal
        self._store = store
        self._manifests = manifests
        self._clock = clock
        self._wishes: SimpleQueue[tuple[Clip, float]] = SimpleQueue()
        self._waiting: list[Clip] = []
        self._ends_s: dict[str, float] = {}

    def wish(self, clip: Clip) -> None:
        """Take a wish that is on the disk already; called by any thread."""
        self._wishes.put((clip, self._clock.mono_s() + self._ends_in_s(clip)))

    def run(self, stop: Event) -> None:
        """Write clips until ``stop`` is set, then what is there of those that wait."""
        while not stop.wait(LOOK_EVERY_S):
            self.look()
        self.flush()

    @property
    def busy(self) -> bool:
        """Return whether a clip is not written yet; asked by any thread."""
        return bool(self._waiting) or not self._wishes.empty()

    def abandon(self, camera_ids: Iterable[str]) -> None:
        """Say of what an earlier process was asked for that it will not come; before the first."""
        for camera_id in camera_ids:
            for clip in self._store.wanted(camera_id):
                try:
                    self._miss(clip, LOST)
                except StoreError as error:  # said at the next start; cameras do not wait
                    log.warning("incident=%s clip stays wanted: %s", clip.incident_id, error)

    def look(self) -> None:
        """Write the clips whose time has come."""
        self._waiting += self._asked()
        due = [clip for clip in self._waiting if self._due(clip)]
        for clip in due:
            self._finish(clip)

    def flush(self) -> None:
        """Write all that waits as far as there are packets: the service ends."""
        self._waiting += self._asked()
        for clip in list(self._waiting):
            self._finish(clip)

    def _asked(self) -> Iterator[Clip]:
        while True:
            try:
                clip, ends_s = self._wishes.get_nowait()
            except Empty:
                return
            self._ends_s[clip.incident_id] = ends_s
            yield clip

    def _due(self, clip: Clip) -> bool:
        film = self._films.get(clip.camera_id)
        reaches = film.reaches() if film is not None else None
        if reaches is not None and reaches >= clip.ends_at:
            return True
        # A camera that died sends no more: what there is of it is the clip.
        return self._late_s(clip) >= PATIENCE_S

    def _late_s(self, clip: Clip) -> float:
        """Return for how long a clip is due, however the clock was set meanwhile."""
        return self._clock.mono_s() - self._ends_s[clip.incident_id]

    def _ends_in_s(self, clip: Clip) -> float:
        """Return how long a clip goes on; pictures may be dated by the clock before it was set."""
        post_s = (clip.ends_at - clip.moment).total_seconds()
        left_s = (clip.ends_at - self._clock.utc()).total_seconds()
        return min(max(left_s, 0.0), post_s + LATE_S)

    def _finish(self, clip: Clip) -> None:
        try:
            self._write(clip)
        except (StoreError, _NoRoomError) as error:
            log.warning("incident=%s clip waits: %s", clip.incident_id, error)
            return  # at the next look it is tried again
        self._waiting.remove(clip)
        del self._ends_s[clip.incident_id]

    def _write(self, clip: Clip) -> None:
        film = self._films.get(clip.camera_id)
        if film is None:
            self._miss(clip, NOT_KEPT)
            return
        draft = None
        try:
            draft = self._folder.new_draft(".mp4")
            span = film.write(draft, clip.begins_at, clip.ends_at, moment=clip.moment)
            if not span.begins_at <= clip.moment <= span.ends_at:
                self._miss(clip, NO_MOMENT)
                return
            self._record(clip, draft, span)
        except StreamError as error:
            self._miss(clip, str(error))
        except OSError as error:
            if error.errno in FULL_DISK and self._late_s(clip) < ROOM_WITHIN_S:
                raise _NoRoomError(error.strerror) from error
            self._miss(clip, error.strerror or str(error))
        finally:
            if draft is not None:
                draft.unlink(missing_ok=True)

    def _record(self, clip: Clip, draft: Path, span: Span) -> None:
        size, sha256 = draft.stat().st_size, sha256_of(draft)
        opened_at = clip.moment
        path = self._folder.place(draft, clip.incident_id, opened_at, CLIP)
        item = Item(
            clip.incident_id,
            CLIP,
            Kind.CLIP,
            clip.camera_id,
            MP4,
            size,
            sha256,
            path,
            span.begins_at,
            span.ends_at,
        )
        detail = _shortness(clip, span)
        written = replace(clip, state=ClipState.WRITTEN, detail=detail)
        seq = self._journal.record_clip(written, item)
        self._manifests.write(clip.incident_id)
        log.info("incident=%s seq=%s clip of %s bytes %s", clip.incident_id, seq, size, detail)

    def _miss(self, clip: Clip, detail: str) -> None:
        self._store.miss(clip.incident_id, detail)
        self._manifests.write(clip.incident_id)
        log.warning("incident=%s has no clip: %s", clip.incident_id, detail)


def _shortness(clip: Clip, span: Span) -> str:
    """Return what a clip lacks of its rolls, empty if nothing."""
    lacks = {
        "pre-roll": ((span.begins_at - clip.begins_at), clip.moment - span.begins_at),
        "post-roll": ((clip.ends_at - span.ends_at), span.ends_at - clip.moment),
    }
    return ", ".join(
        f"{name} of {has.total_seconds():.1f} s only"
        for name, (lack, has) in lacks.items()
        if lack.total_seconds() > SHORT_S
    )
