"""How a key comes to the disk: whole or not at all, and readable by its owner alone."""

import errno
from pathlib import Path

from edge.errors import StoreError
from edge.files import make_folder, write_whole

PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What may pass by itself, or by somebody who makes room; nothing that was set up is wrong."""


def write_key(path: Path, content: bytes, *, mode: int = 0o600, replace: bool = False) -> None:
    """Write a file so that nobody ever sees a part of it, and a power cut does not lose it.

    Args:
        path: The file; its folder is made for its owner alone if it is absent.
        content: What it holds.
        mode: Its permissions.
        replace: Whether to replace what is there; else whoever came first has won.

    Raises:
        StoreError: The disk takes nothing now; to be tried again.
        OSError: The folder cannot be made, or the file cannot be written.
    """
    try:
        make_folder(path.parent)
        write_whole(path, content, mode=mode, replace=replace)
    except OSError as error:
        if error.errno in PASSING:
            raise StoreError(
                f"{path}: the key cannot be written ({error.strerror}); make room on its disk"
            ) from error
        raise
