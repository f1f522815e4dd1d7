"""Files that only the service's own user may read."""

from pathlib import Path

from edge.errors import StoreError


def keep_private(path: Path) -> None:
    """Make a file, if absent, readable for this user alone; SQLite's own ones follow its mode.

    Raises:
        StoreError: The file cannot be made.
    """
    try:
        if path.exists():  # touching it would need a disk that can be written
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); give this user the right to"
        ) from error
