"""What the console asks of the workshop: pictures and clips that may be shown."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that may be shown, or how far it is.

    Attributes:
        path: Where it lies; None if it is not there.
        failure: Why it cannot be had; empty while it is being made.
    """

    path: Path | None
    failure: str = ""


class Redactions(Protocol):
    """Makes what may be shown; used by any thread."""

    def redact_still(self, path: Path, *, plates: bool) -> Prepared:
        """Return a picture on which nobody can be known; waits for it."""
        ...

    def redact_clip(self, path: Path, *, plates: bool) -> Prepared:
        """Return a clip on which nobody can be known, or that it is being made."""
        ...

    def clear_clip(self, path: Path) -> Prepared:
        """Return a clip as it is, in a codec that browsers play, or that it is being made."""
        ...
