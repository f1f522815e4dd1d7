"""Chunks of clips in the outbox: behind everything else, whole or not at all."""

from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.store.clip_chunks import MOST_BYTES, ClipChunks
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS
from tests.conftest import FakeClock

LEAF = "clips/one"
CHUNKS = [b"a" * 10, b"b" * 10, b"c"]


class Desk:
    """Chunks, and what lies in the outbox."""

    def __init__(self, path: Path, clock: FakeClock, *, most_bytes: int = MOST_BYTES) -> None:
        self.chunks = ClipChunks(path, clock, most_bytes=most_bytes)
        self._outbox = open_database(path, MIGRATIONS)

    def lies(self) -> list[tuple[str, bytes, int]]:
        rows = self._outbox.execute("SELECT leaf, payload, lane FROM outbox ORDER BY position")
        return [(row["leaf"], row["payload"], row["lane"]) for row in rows]


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path / "journal.db", clock)


def test_chunks_are_numbered_and_lie_behind_everything_else(desk: Desk) -> None:
    assert desk.chunks.post(LEAF, CHUNKS)
    assert desk.lies() == [
        (f"{LEAF}/{number}", chunk, Lane.UPKEEP) for number, chunk in enumerate(CHUNKS, start=1)
    ]


def test_a_clip_that_is_asked_for_again_lies_there_once(desk: Desk) -> None:
    desk.chunks.post("clips/on", CHUNKS)
    desk.chunks.post(LEAF, CHUNKS)
    desk.chunks.post("clips/one-more", CHUNKS)
    desk.chunks.post(LEAF, CHUNKS[:1])
    leaves = [leaf for leaf, *_ in desk.lies()]
    assert leaves == [
        *(f"clips/on/{number}" for number in (1, 2, 3)),
        *(f"clips/one-more/{number}" for number in (1, 2, 3)),
        f"{LEAF}/1",
    ]


def test_a_broker_that_takes_none_does_not_fill_the_disk(tmp_path: Path, clock: FakeClock) -> None:
    desk = Desk(tmp_path / "journal.db", clock, most_bytes=50)
    assert desk.chunks.post("clips/one", CHUNKS)
    assert desk.chunks.post("clips/two", CHUNKS)
    assert not desk.chunks.post("clips/three", CHUNKS)
    assert len(desk.lies()) == 6
    assert desk.chunks.post("clips/two", CHUNKS)
