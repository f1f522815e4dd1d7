"""Tables and photos that nobody would hand in, and what becomes of them."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.gallery.roster import read_roster
from models.picture import MOST_PIXELS, decode_picture, size_wh_of


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
