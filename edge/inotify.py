"""Whether somebody writes into a folder, without asking often: inotify(7) of Linux."""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

IN_MODIFY = 0x00000002
ROOM_BYTES = 64 * 1024
"""For what has been noted: the system keeps one note of many writes to one file in a row."""


class FolderBell:
    """Can be waited for like a socket: readable once a file of the folder is written to.

    Every write to a folder that is watched costs its writer a microsecond more: whoever looks at it
    anyway lets the bell be hushed.
    """

    def __init__(self, library: ctypes.CDLL, fd: int, folder: Path) -> None:
        """Take the C library and an inotify instance; it is hushed."""
        self._library = library
        self._fd = fd
        self._folder = os.fsencode(folder)
        self._watch = -1

    def fileno(self) -> int:
        """Return what to poll."""
        return self._fd

    def arm(self) -> bool:
        """Ring at the next write; return False where that cannot be had."""
        watch = self._library.inotify_add_watch
        self._watch = watch(self._fd, self._folder, ctypes.c_uint32(IN_MODIFY))
        return self._watch >= 0

    def hush(self) -> None:
        """Ring no more, and forget that it has rung."""
        if self._watch >= 0:
            self._library.inotify_rm_watch(self._fd, self._watch)
            self._watch = -1
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, ROOM_BYTES)


@contextlib.contextmanager
def folder_bell(folder: Path) -> Iterator[FolderBell | None]:
    """Yield a bell for writes to the folder's files; None where the system has none to give."""
    library = ctypes.CDLL(None)
    try:
        begin = library.inotify_init1
    except AttributeError:  # not Linux
        yield None
        return
    fd: int = begin(os.O_NONBLOCK | os.O_CLOEXEC)
    if fd < 0:  # the user has as many as are allowed
        yield None
        return
    try:
        yield FolderBell(library, fd, folder)
    finally:
        os.close(fd)
