"""How long evidence stays: its days by kind, a quota for all of it, and holds above both."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edge.clock import Clock
from edge.evidence.folder import EvidenceFolder
from edge.evidence.manifest import ManifestWriter
from edge.store.evidence import EvidenceStore
from edge.store.kept import Item, Kind

log = logging.getLogger(__name__)

BATCH = 100
QUOTA_ORDER = (Kind.CLIP, Kind.STILL)
"""Clips go first: they are the largest, and a still says most of what they say."""

NO_CLOCK_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
"""What is dated earlier was made by a box that had no time yet: nobody knows how old it is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long evidence stays.

    Attributes:
        stills_s: Of a still.
        clips_s: Of a clip.
        quota_bytes: Of all files together.
        least_free_bytes: What must stay free on the disk, for the databases to go on; clips make
            room for it, stills do not, as what fills the disk may be something else.
    """

    stills_s: float
    clips_s: float
    quota_bytes: int
    least_free_bytes: int


class Retention:
    """Removes what is too old or too much; incidents and manifests stay. Used by one thread."""

    def __init__(
        self,
        folder: EvidenceFolder,
        store: EvidenceStore,
        manifests: ManifestWriter,
        *,
        terms: Terms,
        clock: Clock,
        free_bytes: Callable[[], int],
        certain: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare.

        Args:
            folder: Of all evidence.
            store: This thread's connection.
            manifests: This thread's.
            terms: How long evidence stays.
            clock: The box's.
            free_bytes: How much room the disk has.
            certain: Whether the clock is believed; nothing goes because of its age while not.
        """
        self._folder = folder
        self._store = store
        self._manifests = manifests
        self._terms = terms
        self._clock = clock
        self._free_bytes = free_bytes
        self._certain = certain

    def pressing(self) -> bool:
        """Return whether the quota is exceeded, or the disk nearly full."""
        return self._excess(Kind.CLIP) > 0

    def run(self) -> int:
        """Remove what must go; return how many files were.

        Raises:
            StoreError: The journal cannot be written; what was removed before is recorded.
        """
        removed = 0
        if self._certain():
            removed += self._outlived(Kind.CLIP, self._terms.clips_s)
            removed += self._outlived(Kind.STILL, self._terms.stills_s)
        for kind in QUOTA_ORDER:
            removed += self._surplus(kind)
        if self._excess(Kind.STILL) > 0:
            log.warning("evidence takes more than its quota, and all that is left of it is held")
        return removed

    def _outlived(self, kind: Kind, keep_s: float) -> int:
        before = self._clock.utc() - timedelta(seconds=keep_s)
        removed = 0
        while batch := self._store.unprotected(
            kind, made_before=before, made_after=NO_CLOCK_BEFORE, limit=BATCH
        ):
            count = sum(self._remove(item, f"older than {keep_s / 86400:g} days") for item in batch)
            removed += count
            if not count:
                break
        return removed

    def _surplus(self, kind: Kind) -> int:
        removed = 0
        excess = self._excess(kind)
        while excess > 0 and (batch := self._store.unprotected(kind, limit=BATCH)):
            before = removed
            for item in batch:
                if excess <= 0:
                    break
                if self._remove(item, "quota"):
                    excess -= item.bytes
                    removed += 1
            if removed == before:
                break
            excess = self._excess(kind)
        return removed

    def _excess(self, kind: Kind) -> int:
        """Return how many bytes are too many, as far as files of a kind have to make room."""
        over_quota = self._store.kept_bytes() - self._terms.quota_bytes
        if kind is Kind.STILL:
            return over_quota
        return max(over_quota, self._terms.least_free_bytes - self._free_bytes())

    def _remove(self, item: Item, reason: str) -> bool:
        """Record a purge, then remove the file: what is recorded may still be there, never less."""
        if not self._store.purge(item, reason):
            return False
        self._manifests.write(item.incident_id)
        try:
            (self._folder.root / item.path).unlink(missing_ok=True)
        except OSError as error:
            log.error("evidence %s not removed: %s", item.path, error)  # noqa: TRY400
        log.info("incident=%s purged %s: %s", item.incident_id, item.name, reason)
        return True
