"""The rows of a damaged SQLite file, page by page, past whatever cannot be read.

SQLite itself gives up at the first bad page of a tree, and with it all that hangs below. Here every
page is looked at for itself, as described in https://www.sqlite.org/fileformat2.html; numbers of
sections below are of that page. Rows that were deleted do not come back: the box has SQLite
overwrite them (``secure_delete``).
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

Value = None | int | float | str | bytes

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
USUAL_PAGE_BYTES = 4096
LEAST_PAGE_BYTES, MOST_PAGE_BYTES = 512, 65536
MOST_PAYLOAD = 1 << 30
MOST_RESERVED = 32
MORE_FOLLOWS = 0x80
INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
REAL, TEXT_OR_BLOB = 7, 12
LOG_MAGIC = (0x377F0682, 0x377F0683)
LOG_HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24


class PageKind(IntEnum):
    """Section 1.6, the byte that a b-tree page begins with."""

    INDEX_INTERIOR = 2
    TABLE_INTERIOR = 5
    INDEX_LEAF = 10
    TABLE_LEAF = 13


KINDS = frozenset(int(kind) for kind in PageKind)


class DamageError(ValueError):
    """A page or a row is not what it should be."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it is stored: ``rowid`` is None in trees of an index's kind."""

    rowid: int | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a b-tree.

    Attributes:
        children: Pages below.
        rows: Those that can be read.
        lost: How many of its rows cannot.
    """

    number: int
    kind: PageKind
    children: tuple[int, ...]
    rows: tuple[Row, ...]
    lost: int


class Pages:
    """A file with what its write-ahead log adds; nobody may write to it meanwhile."""

    def __init__(self, path: Path) -> None:
        """Read the files; raises OSError."""
        with path.open("rb") as file:
            empty = not path.stat().st_size
            self._content: bytes | mmap.mmap = (
                b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            )
        log = path.with_name(path.name + "-wal")
        logged = log.read_bytes() if log.exists() else b""
        self.size = _page_size(self._content[:HEADER_BYTES], logged)
        self._logged, of_commit = _committed(logged, self.size)
        self.count = max(len(self._content) // self.size, of_commit)
        header = self._raw(1)[:HEADER_BYTES]
        self.has_header = header.startswith(MAGIC)
        reserved = header[20] if self.has_header else 0
        self._usable = self.size - (reserved if reserved <= MOST_RESERVED else 0)

    @property
    def user_version(self) -> int | None:
        """Return the schema's number, None if it cannot be read."""
        return int(struct.unpack_from(">I", self._raw(1), 60)[0]) if self.has_header else None

    def page(self, number: int, *, with_rows: bool = True) -> Page | None:
        """Return a page of a b-tree, None if this is none or nothing of it makes sense."""
        raw = self._raw(number)
        start = HEADER_BYTES if number == 1 else 0
        if len(raw) < self.size or raw[start] not in KINDS:
            return None
        kind = PageKind(raw[start])
        (cells,) = struct.unpack_from(">H", raw, start + 3)
        interior = kind in (PageKind.INDEX_INTERIOR, PageKind.TABLE_INTERIOR)
        pointers = start + (12 if interior else 8)
        if pointers + 2 * cells > self._usable:
            return None
        children: list[int] = []
        rows: list[Row] = []
        lost = 0
        for at in struct.unpack_from(f">{cells}H", raw, pointers):
            try:
                if interior:
                    children.append(_number(raw, at))
                if with_rows and kind is not PageKind.TABLE_INTERIOR:
                    rows.append(self._row(raw, at + 4 if interior else at, kind))
            except (DamageError, struct.error, IndexError, UnicodeDecodeError):
                lost += 1
        if interior:
            children.append(_number(raw, start + 8))
        return Page(number, kind, tuple(children), tuple(rows), lost)

    def _raw(self, number: int) -> bytes:
        found = self._logged.get(number)
        if found is not None:
            return found
        return self._content[(number - 1) * self.size : number * self.size]

    def _row(self, raw: bytes, at: int, kind: PageKind) -> Row:
        length, at = varint(raw, at)
        rowid: int | None = None
        if kind is PageKind.TABLE_LEAF:
            rowid, at = varint(raw, at)
            rowid = rowid - (1 << 64) if rowid >= 1 << 63 else rowid
        return Row(rowid, decoded(self._payload(raw, at, length, kind)))

    def _payload(self, raw: bytes, at: int, length: int, kind: PageKind) -> bytes:
        """Return a record with what lies on overflow pages (1.6, 1.7)."""
        if not 0 < length < MOST_PAYLOAD:
            raise DamageError("a record of no possible length")
        usable = self._usable
        most = usable - 35 if kind is PageKind.TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if length <= most:
            payload = raw[at : at + length]
        else:
            least = (usable - 12) * 32 // 255 - 23
            local = least + (length - least) % (usable - 4)
            local = local if local <= most else least
            pieces, have = [raw[at : at + local]], local
            page = _number(raw, at + local)
            while have < length:
                more = self._raw(page) if 1 < page <= self.count else b""
                if len(more) < usable:
                    raise DamageError("a record goes on where there is no page")
                piece = more[4 : 4 + min(length - have, usable - 4)]
                pieces.append(piece)
                have += len(piece)
                page = _number(more, 0)
            if page:
                raise DamageError("a record goes on beyond its end")
            payload = b"".join(pieces)
        if len(payload) != length:
            raise DamageError("a record goes beyond its page")
        return payload


def varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes and where it ends."""
    value = 0
    for count in range(8):
        byte = raw[at + count]
        value = value << 7 | byte & 0x7F
        if byte < MORE_FOLLOWS:
            return value, at + count + 1
    return value << 8 | raw[at + 8], at + 9


def decoded(payload: bytes) -> tuple[Value, ...]:
    """Return the values of a record (2.1); raises DamageError."""
    end, at = varint(payload, 0)
    if not at <= end <= len(payload):
        raise DamageError("a record without a heading")
    kinds = []
    while at < end:
        kind, at = varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, size = _value(payload, at, kind)
        values.append(value)
        at += size
    if at != len(payload):
        raise DamageError("a record of another length than its heading says")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, 0
    if kind in (8, 9):
        return kind - 8, 0
    if kind in (10, 11):
        raise DamageError("a value of a kind that is not in use")
    size = (*INTEGER_BYTES, 8)[kind] if kind <= REAL else (kind - TEXT_OR_BLOB) // 2
    raw = payload[at : at + size]
    if len(raw) != size:
        raise DamageError("a value goes beyond its record")
    if kind < REAL:
        return int.from_bytes(raw, "big", signed=True), size
    if kind == REAL:
        return float(struct.unpack(">d", raw)[0]), size
    if not kind % 2:
        return raw, size
    if b"\0" in raw:
        raise DamageError("a text that nobody wrote")
    return raw.decode("utf-8"), size


def _number(raw: bytes, at: int) -> int:
    return int(struct.unpack_from(">I", raw, at)[0])


def _page_size(content: bytes, log: bytes) -> int:
    if content.startswith(MAGIC):
        (size,) = struct.unpack_from(">H", content, 16)
        size = MOST_PAGE_BYTES if size == 1 else size
    elif len(log) >= LOG_HEADER_BYTES:
        size = _number(log, 8)
    else:
        size = USUAL_PAGE_BYTES
    sound = LEAST_PAGE_BYTES <= size <= MOST_PAGE_BYTES and not size & (size - 1)
    return size if sound else USUAL_PAGE_BYTES


def _committed(log: bytes, size: int) -> tuple[dict[int, bytes], int]:
    """Return the pages that a log's whole transactions wrote, and the file's pages after (4)."""
    pages: dict[int, bytes] = {}
    count = 0
    if len(log) < LOG_HEADER_BYTES or _number(log, 0) not in LOG_MAGIC or _number(log, 8) != size:
        return pages, count
    order = ">" if _number(log, 0) & 1 else "<"
    sums = _checksum(log[:24], (0, 0), order)
    if sums != struct.unpack_from(">2I", log, 24):
        return pages, count
    salt = log[16:24]
    pending: dict[int, bytes] = {}
    for at in _frames(log, size):
        head = log[at : at + FRAME_HEADER_BYTES]
        page = log[at + FRAME_HEADER_BYTES : at + FRAME_HEADER_BYTES + size]
        sums = _checksum(head[:8] + page, sums, order)
        if head[8:16] != salt or sums != struct.unpack_from(">2I", head, 16):
            break
        pending[_number(head, 0)] = page
        if after := _number(head, 4):
            pages |= pending
            pending, count = {}, after
    return pages, count


def _frames(log: bytes, size: int) -> Iterator[int]:
    step = FRAME_HEADER_BYTES + size
    yield from range(LOG_HEADER_BYTES, len(log) - step + 1, step)


def _checksum(content: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = before
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
