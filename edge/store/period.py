"""From when to when something is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.store.moments import text_of


@dataclass(frozen=True, slots=True)
class Period:
    """Moments from ``since`` to before ``until``."""

    since: datetime
    until: datetime

    @property
    def texts(self) -> tuple[str, str]:
        """Return both ends as the journal writes times."""
        return text_of(self.since.astimezone(UTC)), text_of(self.until.astimezone(UTC))


def marks(values: Sequence[object]) -> str:
    """Return the question marks of a statement that takes some values."""
    return ", ".join("?" for _ in values)
