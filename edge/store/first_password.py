"""The first user's password, where there was no terminal to show it on."""

from pathlib import Path

from edge.errors import StoreError
from edge.files import write_whole

NAME = "first-password.txt"


def keep_first_password(home: Path, password: str) -> Path:
    """Write it for this user alone, and return where.

    Raises:
        StoreError: It cannot be written.
    """
    path = home / NAME
    try:
        # Made anew, so that its mode is this one and it is nobody's link.
        write_whole(path, f"{password}\n".encode())
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); give this user the right to, then"
            " `gridwatch users passwd admin`"
        ) from error
    return path


def forget_first_password(home: Path) -> None:
    """Remove it, as it no longer opens anything."""
    (home / NAME).unlink(missing_ok=True)
