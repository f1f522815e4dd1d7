"""How a key comes to the disk: whole or not at all, and readable by its owner alone."""

import contextlib
import os
import secrets
from pathlib import Path


def write_key(path: Path, content: bytes, *, mode: int = 0o600, replace: bool = False) -> None:
    """Write a file so that nobody ever sees a part of it.

    Args:
        path: The file; its folder is made for its owner alone if it is absent.
        content: What it holds.
        mode: Its permissions.
        replace: Whether to replace what is there; else whoever came first has won.

    Raises:
        OSError: The folder cannot be made, or the file cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
