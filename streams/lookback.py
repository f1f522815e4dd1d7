"""What a camera showed lately, a picture every few seconds: its keyframes, in a file a minute."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streams.clip import write_clip
from streams.decode import Decode
from streams.errors import StreamError
from streams.frame import Frame
from streams.reading import Reading
from streams.recording import open_recording
from streams.ring import Layout, Ring, RingPacket, Stretch
from streams.source import Counters, StreamInfo

FILE_S = 60.0
SUFFIX = ".mp4"
_NAME = "%Y%m%dT%H%M%S.%fZ"
SLACK_S = 0.5
"""Keyframes do not come on the dot."""


class Lookback:
    """Writes the keyframes of one camera's ring, and forgets them; used by one thread."""

    def __init__(self, folder: Path, ring: Ring, *, every_s: float, reach_s: float) -> None:
        """Prepare.

        Args:
            folder: Of this camera alone; made when there is something to write.
            ring: Of the camera.
            every_s: Least distance between two pictures.
            reach_s: What is older is removed.
        """
        self._folder = folder
        self._ring = ring
        self._least = timedelta(seconds=max(every_s - SLACK_S, 0.0))
        self._reach_s = reach_s
        self._seen: datetime | None = None
        self._layout: Layout | None = None
        self._waiting: list[RingPacket] = []

    def look(self, now: datetime) -> None:
        """Take what is new, write a file if one is full, remove what is old.

        Raises:
            OSError: The disk fails; what was to be written is forgotten.
            StreamError: The packets cannot be put into a file; they are forgotten.
        """
        for layout, keyframe in self._ring.keyframes(self._seen):
            if self._seen is not None and keyframe.utc - self._seen < self._least:
                continue
            if self._waiting and self._is_full(layout, keyframe):
                self.flush()
            self._seen, self._layout = keyframe.utc, layout
            self._waiting.append(keyframe)
        forget(self._folder, now - timedelta(seconds=self._reach_s))

    def flush(self) -> None:
        """Write what waits; raises as ``look`` does."""
        packets, self._waiting = self._waiting, []
        if self._layout is None or not packets:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / (packets[0].utc.astimezone(UTC).strftime(_NAME) + SUFFIX)
        draft = path.with_suffix(".part")
        try:
            draft.touch(mode=0o600)
            write_clip(draft, Stretch(self._layout, packets))
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)

    def _is_full(self, layout: Layout, keyframe: RingPacket) -> bool:
        span = keyframe.utc - self._waiting[0].utc
        return layout is not self._layout or not timedelta() <= span < timedelta(seconds=FILE_S)


def files_of(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the files of a camera and when each begins, oldest first."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append((datetime.strptime(path.stem, _NAME).replace(tzinfo=UTC), path))
        except ValueError:
            continue  # nothing of ours
    return found


def forget(folder: Path, before: datetime) -> None:
    """Remove what a camera showed before a moment."""
    for begins_at, path in files_of(folder):
        if begins_at < before:
            path.unlink(missing_ok=True)


class LookbackStream:
    """A camera's last hour as a ``Stream``; stream time goes on over what is not there."""

    def __init__(
        self, folder: Path, *, since: datetime | None = None, start_mono_s: float = 0.0
    ) -> None:
        """Open what is there.

        Args:
            folder: Of one camera.
            since: Leaves out files that begin earlier; None for none.
            start_mono_s: Stream time of the first frame.

        Raises:
            StreamError: There is nothing.
        """
        files = [one for one in files_of(folder) if since is None or one[0] >= since]
        if not files:
            raise StreamError(
                "nothing is kept of this camera's last hour yet; it begins a minute after the "
                "camera does, and evidence.lookback must not be 0"
            )
        self._files = files
        self._start_mono_s = start_mono_s
        self.counters = Counters()
        first = self._opened(*files[0])
        self.info: StreamInfo = first.info
        first.close()

    @property
    def begins_at(self) -> datetime:
        """Return the wall time of the first picture."""
        return self._files[0][0]

    def frames(self) -> Iterator[Frame]:
        """Yield frames; a file that was removed meanwhile is left out."""
        for begins_at, path in self._files:
            try:
                recording = self._opened(begins_at, path)
            except StreamError:
                continue
            try:
                for frame in recording.frames():
                    self.counters.decoded += 1
                    yield frame
            finally:
                recording.close()

    def note_motion(self, active: bool, mono_s: float) -> None:
        """Do nothing: there are no more pictures than these."""

    def ease(self, thrifty: bool) -> None:
        """Do nothing: they are keyframes."""

    def close(self) -> None:
        """Do nothing: each file is closed after its last frame."""

    def _opened(self, begins_at: datetime, path: Path) -> Reading:
        since_s = (begins_at - self._files[0][0]).total_seconds()
        return open_recording(
            path,
            start_utc=begins_at,
            decode=Decode.KEYFRAMES,
            start_mono_s=self._start_mono_s + since_s,
        )
