"""Disks of their own, that a test can fill, make read only, or cut the power of."""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SIZE = 16 << 20
PIECE = 4096
DISK_SIZE = 48 << 20


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


CUT_POWER = (2 << 30) | (4 << 16) | (ord("X") << 8) | 125
"""``EXT4_IOC_SHUTDOWN`` of linux/fs/ext4/ext4.h; with ``NO_FLUSH`` nothing more is written."""

NO_FLUSH = 2


class PowerDisk:
    """A real ext4 file system on a file, whose power can be cut: what was not flushed is gone."""

    def __init__(self, folder: Path) -> None:
        """Make and mount it; raises OSError where this process may not."""
        self._image, self.root = folder / "image", folder / "disk"
        self.root.mkdir()
        with self._image.open("wb") as image:
            image.truncate(DISK_SIZE)
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()

    def cut_power(self) -> None:
        """Lose everything that was not flushed; whoever has a file open gets errors from now on."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, CUT_POWER, struct.pack("I", NO_FLUSH))
        finally:
            os.close(descriptor)

    def fail(self) -> None:
        """Meet an error, as of a bad sector: the kernel takes no write any more."""
        (device,) = {
            one.split()[0]
            for one in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
            if one.split()[1] == str(self.root)
        }
        trigger = Path(f"/sys/fs/ext4/{device.removeprefix('/dev/')}/trigger_fs_error")
        try:
            trigger.write_text("1", encoding="ascii")
        except OSError as error:
            pytest.skip(f"no error can be made here: {error}")

    def begin_anew(self) -> None:
        """Have power again; nobody may have a file open."""
        self.unmount()
        self._mount()

    def unmount(self) -> None:
        """Take it away."""
        _run("umount", str(self.root))

    def _mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.root))


@pytest.fixture
def power_disk(tmp_path: Path) -> Iterator[PowerDisk]:
    """A disk whose power can be cut; skipped where nothing may be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    try:
        disk = PowerDisk(tmp_path)
    except OSError as error:
        pytest.skip(f"a file system on a file cannot be mounted here: {error}")
    yield disk
    _run("umount", "-l", str(disk.root))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())
