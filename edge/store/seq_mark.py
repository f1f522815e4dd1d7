"""How many messages the box has counted, beside the journal: no number is ever given twice.

A journal may be older than what was told: its log was lost, a backup was put back. The mark is not
flushed, so that a message does not cost a second wait for the disk; after a power cut it may be
older than the journal, which then counts.
"""

import contextlib
import os
from pathlib import Path

SUFFIX = ".seq"
DIGITS = 20


def keep_mark(path: Path, seq: int) -> None:
    """Note the ``seq`` of a message that is in the journal; a disk that fails costs the note."""
    with contextlib.suppress(OSError):
        descriptor = os.open(_mark(path), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, b"%0*d\n" % (DIGITS, seq), 0)
        finally:
            os.close(descriptor)


def read_mark(path: Path) -> int:
    """Return the ``seq`` that was noted last beside a journal, 0 if none can be read."""
    try:
        return int(_mark(path).read_bytes()[:DIGITS])
    except (OSError, ValueError):
        return 0


def _mark(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)
