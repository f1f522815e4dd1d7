"""Whether somebody has written into a folder, without asking often: inotify(7) of Linux."""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

IN_MODIFY = 0x00000002
ROOM_BYTES = 64 * 1024
"""Many times what waits: the system keeps one notice of many writes to one file in a row."""


class FolderBell:
    """Can be waited for like a socket: readable once a file of the folder was written to."""

    def __init__(self, fd: int) -> None:
        """Take an inotify instance."""
        self._fd = fd

    def fileno(self) -> int:
        """Return what to poll."""
        return self._fd

    def hush(self) -> None:
        """Forget what has been written until now."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, ROOM_BYTES)


@contextlib.contextmanager
def folder_bell(folder: Path) -> Iterator[FolderBell | None]:
    """Yield a bell that rings at every write; None where the system has none to give."""
    fd = _watched(folder)
    if fd is None:
        yield None
        return
    try:
        yield FolderBell(fd)
    finally:
        os.close(fd)


def _watched(folder: Path) -> int | None:
    library = ctypes.CDLL(None)
    try:
        begin, watch = library.inotify_init1, library.inotify_add_watch
    except AttributeError:  # not Linux
        return None
    fd: int = begin(os.O_NONBLOCK | os.O_CLOEXEC)
    if fd < 0:  # the user has as many as are allowed
        return None
    if watch(fd, os.fsencode(folder), ctypes.c_uint32(IN_MODIFY)) < 0:
        os.close(fd)
        return None
    return fd
