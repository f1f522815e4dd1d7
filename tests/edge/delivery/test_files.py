"""Messages in files of a folder."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from edge.delivery.courier import Courier
from edge.delivery.files import SWEEP_EVERY_S, FileCarrier, Pictures, Shelf
from edge.domain.lane import Lane
from edge.store.letters import Letter, Letters
from edge.store.sinks import FILES, Sinks
from tests.conftest import FakeClock
from tests.incidents import an_incident
from tests.receiver import Day
from tests.review_desk import ReviewDesk

DAY_S = 86400
QUOTA = 10**6


def a_letter(name: str, payload: bytes = b'{"a":1}') -> Letter:
    return Letter(Lane.STREET, 1, "incidents", name, 1, payload, "incidents")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def a_carrier(
    folder: Path,
    clock: FakeClock,
    *,
    quota: int = QUOTA,
    keep_days: int = 30,
    pictures: Pictures | None = None,
) -> FileCarrier:
    return FileCarrier(Shelf(folder, timedelta(days=keep_days), quota), clock, pictures=pictures)


def lines(folder: Path) -> dict[str, list[bytes]]:
    return {path.name: path.read_bytes().splitlines() for path in sorted(folder.glob("*.jsonl"))}


def test_all_messages_of_the_box_are_written_one_line_each(tmp_path: Path, folder: Path) -> None:
    desk = ReviewDesk(tmp_path / "journal.db")
    Sinks(desk.path, desk.clock).keep(FILES, ["archive"])
    desk.tell(an_incident("car"), an_incident("bike", box=(0.7, 0.1, 0.8, 0.2)))
    letters = Letters(desk.path, desk.clock, FILES + "archive")
    Courier("files=archive", letters, a_carrier(folder, desk.clock)).run(Day(desk.clock))
    (day,) = lines(folder).values()
    assert day == [one.payload for one in desk.outbox.waiting(limit=10)]
    state = Sinks(desk.path, desk.clock).state(FILES + "archive")
    assert state is not None
    assert (state.delivered, state.depth) == (2, 0)


def test_every_day_has_a_file_and_old_ones_go(folder: Path, clock: FakeClock) -> None:
    carrier = a_carrier(folder, clock, keep_days=1)
    days = []
    for _ in range(4):
        days.append(f"{clock.utc().date()}.jsonl")
        assert carrier.carry([a_letter("a")]).taken == 1
        clock.advance(DAY_S)
    assert list(lines(folder)) == days[2:]


def test_what_a_power_cut_left_of_a_line_is_written_anew(folder: Path, clock: FakeClock) -> None:
    carrier = a_carrier(folder, clock)
    carrier.carry([a_letter("a", b'{"a":1}')])
    (path,) = folder.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b'{"b":' + b"x" * 100_000)
    carrier.carry([a_letter("b", b'{"b":\n2}')])
    assert lines(folder)[path.name] == [b'{"a":1}', b'{"b": 2}']


def test_pictures_lie_beside_and_the_oldest_go_first(folder: Path, clock: FakeClock) -> None:
    def pictures(letter: Letter) -> Sequence[tuple[str, bytes]]:
        return [("opened.jpg", bytes(400))]

    carrier = a_carrier(folder, clock, quota=1000, pictures=pictures)
    for name in ("first", "second", "third"):
        clock.advance(DAY_S)
        assert carrier.carry([a_letter(name)]).taken == 1
    clock.advance(SWEEP_EVERY_S)
    assert carrier.carry([a_letter("fourth")]).taken == 1
    found = [path.parent.name for path in sorted(folder.rglob("*.jpg"))]
    assert "first" not in found
    assert found[-1] in {"third", "fourth"}
    assert sum(len(day) for day in lines(folder).values()) == 4


def test_messages_wait_where_they_alone_are_over_the_quota(folder: Path, clock: FakeClock) -> None:
    carrier = a_carrier(folder, clock, quota=50)
    assert carrier.carry([a_letter("a", json.dumps({"x": "x" * 100}).encode())]).taken == 1
    clock.advance(SWEEP_EVERY_S)
    carried = carrier.carry([a_letter("b")])
    assert (carried.taken, carried.refused) == (0, "")
    assert "over its quota" in carried.later
    for path in folder.glob("*.jsonl"):
        path.unlink()
    assert carrier.carry([a_letter("b")]).taken == 1


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "archive").write_text("a file")
    carried = a_carrier(tmp_path / "archive", clock).carry([a_letter("a")])
    assert carried.taken == 0
    assert "cannot be written" in carried.later
