"""The first user's password, where there was no terminal to show it on."""

import os
from pathlib import Path

from edge.errors import StoreError

NAME = "first-password.txt"


def keep_first_password(home: Path, password: str) -> Path:
    """Write it for this user alone, and return where.

    Raises:
        StoreError: It cannot be written.
    """
    path = home / NAME
    try:
        path.unlink(missing_ok=True)
        # Made anew, so that its mode is this one and it is nobody's link.
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); give this user the right to, then"
            " `gridwatch users passwd admin`"
        ) from error
    return path


def forget_first_password(home: Path) -> None:
    """Remove it, as it no longer opens anything."""
    (home / NAME).unlink(missing_ok=True)
