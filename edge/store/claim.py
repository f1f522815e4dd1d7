"""Nobody else serves a sink while this process does."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from edge.errors import StoreError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""The disk takes no new file."""


@contextlib.contextmanager
def claimed(journal: Path, sink: str) -> Iterator[None]:
    """Serve a sink alone, among all processes and threads.

    Args:
        journal: Whose messages it is told.
        sink: Its name.

    Raises:
        StoreError: Another one serves it, or that cannot be found out.
    """
    path = journal.with_name(f"{journal.name}.{sink.replace(':', '-')}.lock")
    try:
        # A disk that is read only still has the file of the run before.
        descriptor = os.open(
            path, os.O_RDONLY if path.exists() else os.O_RDONLY | os.O_CREAT, 0o600
        )
    except OSError as error:
        if error.errno in FULL:
            yield  # better served without a lock than not at all
            return
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); give this user the right to"
        ) from error
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreError(
            f"{path}: another process delivers from this journal; end it, or give this one "
            "another box.home"
        ) from error
