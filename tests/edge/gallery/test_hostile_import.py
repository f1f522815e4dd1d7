"""Tables and photos that nobody would hand in, and what becomes of them."""

import random
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.gallery.roster import COLUMNS, read_roster
from models.picture import MOST_PIXELS, decode_picture, size_wh_of

CELLS = [
    "", "ann", "ben", "../ann", "/etc/passwd", "2026-13-01", "9999-12-31", "0000-00-00", "resident",
    "visitor", "2026-11-24T08:30+99:00", "=cmd|' /C calc'!A0", "x" * 5000, '"', "\u202e", "\x00",
    "v1", "paper", "1e9", "安",
]  # fmt: skip


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for name in ("ann", "ben"):
        (folder / name).mkdir()
        (folder / name / "1.jpg").touch()
    return folder


def outcome(photos: Path, content: bytes) -> list[str] | str:
    """Return who would be registered, or what is said of the table."""
    table = photos / "people.csv"
    table.write_bytes(content)
    try:
        return [one.resident.id for one in read_roster(photos, table)]
    except ConfigError as error:
        return str(error)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(photos: Path, content: bytes) -> None:
    found = outcome(photos, content)
    assert found == ["ann", "ben"] or str(photos) in found


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_table_of_odd_cells_registers_nobody_without_a_folder(photos: Path, seed: int) -> None:
    chance = random.Random(seed)
    columns = chance.sample(COLUMNS, chance.randrange(1, len(COLUMNS)))
    rows = [[chance.choice(CELLS) for _ in range(chance.randrange(14))] for _ in range(3)]
    lines = [",".join(row) for row in [["resident_id", *columns], *rows]]
    found = outcome(photos, "\n".join(lines).encode())
    assert found == ["ann", "ben"] or str(photos) in found


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_photo_with_damage_is_a_picture_or_none(seed: int) -> None:
    chance = random.Random(seed)
    ending = chance.choice([".jpg", ".png", ".bmp", ".webp"])
    content = bytearray(_encoded(ending))
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    picture = decode_picture(bytes(content[: chance.randrange(1, len(content) + 1)]))
    assert picture is None or picture.ndim == 3


def _encoded(ending: str) -> bytes:
    ramp = np.tile(np.arange(64, dtype=np.uint8)[None, :, None], (48, 1, 3))
    return cv2.imencode(ending, ramp)[1].tobytes()


def test_a_small_file_that_claims_to_be_a_huge_picture_is_not_decoded() -> None:
    side = 32_000
    rows = zlib.compress(bytes(1000))
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0), b"IDAT" + rows, b"IEND")
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )
    assert size_wh_of(content) == (side, side)
    assert side * side > MOST_PIXELS
    assert decode_picture(content) is None
