"""How a file comes to the disk: whole or not at all, and still there after a power cut."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def write_whole(
    path: Path,
    content: bytes,
    *,
    mode: int = 0o600,
    owner: tuple[int, int] | None = None,
    replace: bool = True,
    drafts: Path | None = None,
) -> bool:
    """Write a file so that nobody ever sees a part of it.

    Args:
        path: The file; its folder exists.
        content: What it holds.
        mode: Its permissions.
        owner: User and group it shall belong to, where this process may give files away.
        replace: Whether to replace what is there; else whoever came first has won.
        drafts: A folder on the same disk that the draft lies in until it is whole, where one that
            is left behind by a crash is looked for; None for that of the file.

    Returns:
        Whether it was written: False where another one was there and stays.

    Raises:
        OSError: It cannot be written; what was there is as it was.
    """
    draft = (drafts or path.parent) / f".{path.name}.{secrets.token_hex(4)}"
    written = True
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if owner is not None:
                with contextlib.suppress(PermissionError):  # only root may give files away
                    os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            try:
                os.link(draft, path)
            except FileExistsError:
                written = False
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    flush_folder(path.parent)
    return written


def flush_file(path: Path) -> None:
    """Make what was written into a file survive a power cut; raises OSError."""
    _flush(path, os.O_RDONLY)


def flush_folder(folder: Path) -> None:
    """Make what was put into a folder survive a power cut; raises OSError."""
    _flush(folder, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, with those above it; they survive a power cut.

    Raises:
        OSError: It cannot be made.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    flush_folder(folder.parent)


@contextlib.contextmanager
def locked(folder: Path, *, shared: bool = False, wait: bool = True) -> Iterator[None]:
    """Be alone in a folder among all processes that ask for it.

    It needs no room and no right to write: a folder is locked on a full disk, too.

    Args:
        folder: Which.
        shared: Whether others who share it may be there at the same time.
        wait: Whether to wait for those who are there.

    Raises:
        BlockingIOError: Somebody is there, and nobody waits.
        OSError: The folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, how if wait else how | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
