from edge.bootstrap.camera.patience import LONGEST_WAIT, PatientWriter, unwritten
from edge.errors import StoreError


class Disk:
    """Takes things, or does not."""

    def __init__(self) -> None:
        self.full = False
        self.written: list[list[int]] = []

    def write(self, things: list[int]) -> None:
        if self.full:
            raise StoreError("the disk is full")
        self.written.append(things)


def test_what_waits_is_counted_over_all_writers_and_written_in_order() -> None:
    disk = Disk()
    before, _ = unwritten()
    one, other = PatientWriter(disk.write, "letters"), PatientWriter(disk.write, "notes")
    one.add([0])
    disk.full = True
    for number in (1, 2, 3):
        one.add([number])
    other.add([9])
    assert (one.waiting, other.waiting) == (3, 1)
    assert unwritten()[0] - before == 4
    disk.full = False
    one.retry()
    other.retry()
    assert disk.written == [[0], [1], [2], [3], [9]]
    assert unwritten()[0] == before


def test_what_has_no_room_in_memory_is_counted_as_lost() -> None:
    disk = Disk()
    disk.full = True
    writer = PatientWriter(disk.write, "letters")
    for number in range(LONGEST_WAIT + 5):
        writer.add([number])
    assert (writer.waiting, writer.lost) == (LONGEST_WAIT, 5)
    disk.full = False
    writer.retry()
    assert disk.written[0] == [5]


def test_what_is_joined_and_shortened_is_counted_as_lost() -> None:
    disk = Disk()
    disk.full = True
    writer = PatientWriter(disk.write, "letters", join=lambda a, b: (a + b)[-3:], size=len)
    for number in range(5):
        writer.add([number])
    assert (writer.waiting, writer.lost) == (3, 2)
    disk.full = False
    writer.add([5])
    assert disk.written == [[3, 4, 5]]
