"""The passages of all gates of a process on their way into the journal, many at a time.

A transaction that is flushed to the disk costs several times what a passage in it costs: those that
wait while the disk is busy with the one before are written together.
"""

from collections.abc import Callable
from dataclasses import dataclass

from edge.bootstrap.camera.patience import PatientWriter, Writes, at_once
from edge.store.journal import Journal
from edge.store.passage_entries import PassageEntry

TOGETHER = 128
"""More in one transaction bring little, and the first of them waits for the last."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """A passage on its way to the disk, and who is told once it is there."""

    entry: PassageEntry
    written: Callable[[int | None], None]


_Page = tuple[_Noted, ...]


class PassageBook:
    """Has passages written in their order; they wait while the disk fails."""

    def __init__(self, journal: Journal, *, hand: Callable[[Writes], None] = at_once) -> None:
        """Prepare a book.

        Args:
            journal: Of whoever writes.
            hand: Has what is added written.
        """
        self._journal = journal
        self._unwritten = PatientWriter[_Page](
            self._write, "passages", join=_together, size=len, hand=hand
        )

    @property
    def waiting(self) -> int:
        """Return how many passages are not yet on the disk."""
        return self._unwritten.waiting

    def add(self, entry: PassageEntry, written: Callable[[int | None], None]) -> None:
        """Have a passage written.

        Args:
            entry: The passage.
            written: Given the ``seq`` of its message once it is on the disk, None if it was there.
        """
        self._unwritten.add((_Noted(entry, written),))

    def retry(self) -> None:
        """Write what could not be written before."""
        self._unwritten.retry()

    def _write(self, page: _Page) -> None:
        seqs = self._journal.record_passages([one.entry for one in page])
        for one, seq in zip(page, seqs, strict=True):
            one.written(seq)


def _together(before: _Page, last: _Page) -> _Page | None:
    return before + last if len(before) + len(last) <= TOGETHER else None
