from edge.bench.part import LEAST_S, Act, Part, measure, ready


class Work:
    """Does nothing, and remembers that it did."""

    def __init__(self) -> None:
        self.prepared = 0
        self.done = 0

    def begin(self) -> Act:
        self.prepared += 1
        return self._do

    def _do(self) -> None:
        self.done += 1
        sum(range(10_000))


def test_both_sides_are_prepared_for_each_time_that_they_are_done() -> None:
    ours, bare = Work(), Work()
    (figure,) = measure(Part("adding", ours.begin, 10, bare.begin, "the same"), repeats=3)
    assert figure.name == "adding"
    assert figure.unit == "ms"
    assert 0 < figure.least <= figure.value <= figure.most
    assert figure.limit is not None
    assert figure.of == "the same"
    for side in (ours, bare):
        assert side.prepared == side.done > 2 + 3


def test_what_is_short_is_done_until_it_can_be_measured() -> None:
    work = Work()
    (figure,) = measure(Part("adding", work.begin), repeats=1)
    assert figure.limit is None
    assert work.done * figure.value > LEAST_S * 1e3 / 10


def test_what_waits_is_told_with_the_time_that_it_took_and_done_once_each_time() -> None:
    work = Work()
    cpu, wall = measure(Part("adding", work.begin, waits=True), repeats=4)
    assert (cpu.name, wall.name) == ("adding", "adding, wall")
    assert wall.value > 0
    assert work.done == 1 + 4


def test_a_piece_is_a_part_of_the_work() -> None:
    def spin() -> None:
        sum(range(300_000))

    (whole,) = measure(Part("whole", ready(spin)), repeats=1)
    (piece,) = measure(Part("piece", ready(spin), 1000), repeats=1)
    assert piece.value < whole.value
