"""A small disk of its own, that a test can fill, make read only, and give back."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SIZE = 16 << 20
PIECE = 4096


class SmallDisk:
    """A file system in memory of sixteen megabytes."""

    def __init__(self, root: Path) -> None:
        """Mount it; raises OSError where this process may not."""
        self.root = root
        root.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(root))

    def fill(self) -> None:
        """Leave no room at all."""
        with (self.root / "ballast").open("ab", buffering=0) as file:
            for size in (PIECE, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Have room again."""
        (self.root / "ballast").unlink()

    def read_only(self) -> None:
        """Refuse every write; nobody may have a file open for writing."""
        _run("mount", "-o", "remount,ro", str(self.root))

    def writable(self) -> None:
        """Take writes again."""
        _run("mount", "-o", "remount,rw", str(self.root))

    def unmount(self) -> None:
        """Take it away."""
        _run("umount", "-l", str(self.root))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of sixteen megabytes; skipped where nothing may be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    try:
        disk = SmallDisk(tmp_path / "disk")
    except OSError as error:
        pytest.skip(f"a file system cannot be mounted here: {error}")
    yield disk
    disk.unmount()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())
