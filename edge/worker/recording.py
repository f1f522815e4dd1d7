"""Where a camera's incidents go, as its pipelines want it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from edge.domain.geometry import Box
from edge.domain.incident import Incident
from streams.frame import Frame


class Recorder(Protocol):
    """Where incidents of one camera and duty go, and what must be known after a restart."""

    def recall(self) -> bytes | None:
        """Return the memory that was last recorded, None if none was."""
        ...

    def unwatched(self, watched: Collection[str], utc: datetime) -> list[Incident]:
        """Return withdrawals of all that is open but those ids."""
        ...

    def record(
        self,
        incidents: Sequence[Incident],
        frame: Frame | None,
        people: Sequence[Box],
        *,
        memory: bytes,
    ) -> None:
        """Record revisions of incidents and what is known after them: all of it or nothing.

        Args:
            incidents: In order; none to keep the memory only.
            frame: Shows what they are about; None where nothing is to be shown.
            people: Boxes whose heads must not be shown.
            memory: What must be known after a restart.
        """
        ...

    def retry(self) -> None:
        """Record what could not be recorded before."""
        ...
