"""Letters into files of a folder: one line each, one file a day, and the pictures beside them."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from edge.clock import Clock
from edge.delivery.courier import Carried
from edge.files import flush_folder, make_folder, write_whole
from edge.store.letters import Letter

SUFFIX = ".jsonl"
STILLS = "stills"
SWEEP_EVERY_S = 60.0

Pictures = Callable[[Letter], Sequence[tuple[str, bytes]]]
"""Returns name and content of the pictures that a letter names, as far as the box has them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a file sink writes, and how much.

    Attributes:
        keep: For how long.
        quota_bytes: Pictures go, the oldest first, where it is more; messages wait.
    """

    folder: Path
    keep: timedelta
    quota_bytes: int


class FileCarrier:
    """Carries letters into a folder; see ``Carrier``."""

    batch = 100

    def __init__(self, shelf: Shelf, clock: Clock, *, pictures: Pictures | None = None) -> None:
        """Prepare a carrier.

        Args:
            shelf: Where to.
            clock: Says which day it is.
            pictures: None: none are written.
        """
        self._shelf = shelf
        self._clock = clock
        self._pictures = pictures
        self._sweep_s = float("-inf")

    def carry(self, letters: Sequence[Letter]) -> Carried:
        """Write letters; they are on the disk when they are taken."""
        today = self._clock.utc().date()
        try:
            make_folder(self._shelf.folder)
            if self._sweep(today) > self._shelf.quota_bytes:
                return Carried(
                    later=f"{self._shelf.folder}: is over its quota; take files away or raise it"
                )
            for letter in letters:
                self._write_pictures(letter, today)
            self._append(today, b"".join(_line(one) for one in letters))
        except OSError as error:
            return Carried(later=f"{self._shelf.folder}: cannot be written ({error.strerror})")
        return Carried(taken=len(letters))

    def _append(self, today: date, lines: bytes) -> None:
        path = self._shelf.folder / f"{today}{SUFFIX}"
        new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            end = _whole_lines(descriptor)
            os.ftruncate(descriptor, end)  # what a power cut has left of a line is written again
            os.lseek(descriptor, end, os.SEEK_SET)
            left = memoryview(lines)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            flush_folder(path.parent)

    def _write_pictures(self, letter: Letter, today: date) -> None:
        if self._pictures is None:
            return
        for name, jpeg in self._pictures(letter):
            folder = self._shelf.folder / STILLS / str(today) / letter.id
            make_folder(folder)
            write_whole(folder / name, jpeg)

    def _sweep(self, today: date) -> int:
        """Take away what is too old or too much; return how many bytes are there, or 0 if unasked.

        Asked once a minute: a folder of a month has thousands of pictures.
        """
        now_s = self._clock.mono_s()
        if now_s < self._sweep_s:
            return 0
        with contextlib.suppress(FileNotFoundError):
            for day, path in self._days():
                if today - day > self._shelf.keep:
                    _remove(path)
        used = _bytes_of(self._shelf.folder)
        for _, path in self._days(stills_only=True):
            if used <= self._shelf.quota_bytes:
                break
            used -= _bytes_of(path)
            _remove(path)
        if used <= self._shelf.quota_bytes:
            self._sweep_s = now_s + SWEEP_EVERY_S
        return used

    def _days(self, *, stills_only: bool = False) -> Iterator[tuple[date, Path]]:
        """Return the days there are, the oldest first, with their file or their pictures."""
        found = []
        stills = self._shelf.folder / STILLS
        candidates = list(stills.iterdir()) if stills.is_dir() else []
        if not stills_only:
            candidates += self._shelf.folder.glob(f"*{SUFFIX}")
        for path in candidates:
            with contextlib.suppress(ValueError):  # somebody else's
                found.append((date.fromisoformat(path.name.removesuffix(SUFFIX)), path))
        return iter(sorted(found))


def _line(letter: Letter) -> bytes:
    return letter.payload.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"


def _whole_lines(descriptor: int) -> int:
    """Return the length of a file up to its last whole line."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    step = 65536
    while end:
        begin = max(end - step, 0)
        piece = os.pread(descriptor, end - begin, begin)
        found = piece.rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _bytes_of(path: Path) -> int:
    total = 0
    for one in [path, *path.rglob("*")]:
        with contextlib.suppress(OSError):  # it has just gone
            if one.is_file():
                total += one.stat().st_size
    return total


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
