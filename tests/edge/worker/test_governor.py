"""More work than the processors do: what is let be, how evenly, and when it is done again."""

from collections.abc import Sequence

import pytest

from edge.domain.strain import (
    LEAST_GATE,
    LEAST_STREET,
    STREETS_UNTIL,
    gate_share,
    overloaded,
    street_share,
)
from edge.worker.governor import Governor
from edge.worker.load import Load, LoadMeter
from streams.pace import Pace

WELL = 0.05
LATE = 0.6


class Machine:
    """Cameras of a process, and processors that are busy or not."""

    def __init__(self) -> None:
        self.now_s = 10.0
        self.busy = True
        self.governor = Governor(short=lambda: self.busy, now_s=lambda: self.now_s)

    def pass_s(self, seconds: int, loads: Sequence[Load]) -> float:
        """Let time pass, with four looks a second; return the strain."""
        for _ in range(seconds * 4):
            self.now_s += 0.25
            self.governor.look(lambda: loads)
        return self.governor.strain


def loads(*, gates: float = WELL, streets: float = WELL, busy: float = 0.9) -> list[Load]:
    """Four gates and eight streets that are so late."""
    return [Load(gates, busy, urgent=True)] * 4 + [Load(streets, busy, urgent=False)] * 8


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_machine_that_does_all_is_left_to_do_all(machine: Machine) -> None:
    assert machine.pass_s(60, loads()) == 0
    assert machine.governor.street_share() == machine.governor.gate_share() == 1


def test_streets_are_looked_at_less_before_gates_are(machine: Machine) -> None:
    shares = []
    for _ in range(40):
        machine.pass_s(1, loads(gates=LATE, streets=LATE))
        shares.append((machine.governor.street_share(), machine.governor.gate_share()))
    assert all(gate == 1 for street, gate in shares if street > LEAST_STREET + 1e-9)
    assert shares[-1] == pytest.approx((LEAST_STREET, LEAST_GATE))


def test_late_gates_alone_are_reason_enough(machine: Machine) -> None:
    assert machine.pass_s(5, loads(gates=LATE)) > 0


def test_late_streets_alone_are_no_reason_to_look_at_gates_less(machine: Machine) -> None:
    assert machine.pass_s(120, loads(streets=3.0)) == STREETS_UNTIL
    assert machine.governor.gate_share() == 1


def test_one_camera_that_floods_is_no_reason_to_look_less_at_the_others(machine: Machine) -> None:
    flooded = [*loads(), Load(5.0, 1.0, urgent=False)]
    assert machine.pass_s(60, flooded) == 0


def test_a_network_that_is_slow_is_no_reason_either(machine: Machine) -> None:
    assert machine.pass_s(60, loads(gates=LATE, streets=LATE, busy=0.2)) == 0


def test_who_is_late_on_an_idle_machine_is_not_helped_by_less_work(machine: Machine) -> None:
    machine.busy = False
    assert machine.pass_s(60, loads(gates=LATE)) == 0


def test_who_is_very_late_is_relieved_sooner(machine: Machine) -> None:
    late = machine.pass_s(3, loads(gates=LATE))
    assert Machine().pass_s(3, loads(gates=3.0)) > 2 * late


def test_when_there_is_time_again_more_is_done_slowly(machine: Machine) -> None:
    strain = machine.pass_s(30, loads(gates=2.0, streets=2.0))
    assert machine.pass_s(5, loads()) == pytest.approx(strain - 0.1)
    assert machine.pass_s(60, loads()) == 0


def test_streets_are_decoded_by_keyframes_without_going_to_and_fro(machine: Machine) -> None:
    machine.pass_s(10, loads(gates=LATE))
    assert machine.governor.thrifty
    machine.pass_s(8, loads())
    assert machine.governor.thrifty
    machine.pass_s(10, loads())
    assert not machine.governor.thrifty


def test_gates_are_decoded_by_keyframes_at_the_very_last(machine: Machine) -> None:
    machine.pass_s(15, loads(gates=LATE))
    assert machine.governor.thrifty
    assert not machine.governor.thrifty_gates
    machine.pass_s(10, loads(gates=LATE))
    assert machine.governor.thrifty_gates
    machine.pass_s(20, loads())
    assert not machine.governor.thrifty_gates


def test_where_somebody_stands_there_is_time_for_three_looks_a_second(machine: Machine) -> None:
    machine.pass_s(60, loads(gates=3.0))
    assert machine.governor.gate_share() == pytest.approx(LEAST_GATE)
    assert 5 * machine.governor.gate_share(occupied=True) > 3


def test_what_other_processes_cannot_do_is_not_done_here_either(machine: Machine) -> None:
    machine.governor.common = 0.4
    assert machine.pass_s(5, loads()) == 0
    assert machine.governor.street_share() == street_share(0.4)
    assert machine.governor.thrifty


def test_shares_go_down_from_all_to_the_least() -> None:
    assert (street_share(0), gate_share(0)) == (1, 1)
    assert (street_share(1), gate_share(1)) == pytest.approx((0.1, 0.2))
    assert not overloaded(0.0)
    assert overloaded(0.1)


def test_a_thread_is_busy_while_it_does_not_wait_for_its_camera() -> None:
    meter = LoadMeter(urgent=True)
    meter.take(100.0, 40.0)
    meter.observe(0.5)
    meter.observe(0.25)
    assert meter.take(108.0, 46.0) == Load(0.375, 0.25, urgent=True)
    assert meter.take(116.0, 1.0) == Load(0.0, 0.875, urgent=True)


class Processor:
    """Does what cameras ask of it, one thing after the other, for so many seconds a second."""

    FPS = 10.0

    def __init__(self, machine: Machine, cost_s: float, cameras: int) -> None:
        self.machine = machine
        self.cost_s = cost_s
        governor = machine.governor
        self.gates = [Pace(5, governor.gate_share) for _ in range(2)]
        self.streets = [Pace(2, governor.street_share) for _ in range(cameras - 2)]
        self.free_s = machine.now_s
        self.lags: list[float] = []

    def second(self) -> None:
        """Let every camera send its pictures of a second, in turn."""
        worst = [0.0] * (len(self.gates) + len(self.streets))
        total = [0.0] * len(worst)
        for frame in range(int(self.FPS)):
            at_s = self.machine.now_s + frame / self.FPS
            for number, pace in enumerate([*self.gates, *self.streets]):
                at_s += 1 / self.FPS / len(worst)
                lag_s = max(self.free_s - at_s, 0.0)
                worst[number] = max(worst[number], lag_s)
                total[number] += lag_s
                if pace.due(at_s, lag_s):
                    self.free_s = max(self.free_s, at_s) + self.cost_s
        self.lags.append(max(worst))
        busy = 0.95 if max(worst) > WELL else 0.3
        self.machine.busy = busy > 0.5
        kinds = [True] * len(self.gates) + [False] * len(self.streets)
        seen = [Load(lag / self.FPS, busy, one) for lag, one in zip(total, kinds, strict=True)]
        self.machine.now_s += 1.0
        self.machine.governor.look(lambda: seen)


@pytest.mark.parametrize("cameras", [12, 22, 42])
def test_with_more_work_than_time_all_streets_are_looked_at_equally_often(
    machine: Machine, cameras: int
) -> None:
    """Ten pictures a second of gates and two of each street: each takes 40 ms of one processor."""
    processor = Processor(machine, 0.04, cameras)
    for _ in range(120):
        processor.second()
    settled = [pace.analysed for pace in (*processor.gates, *processor.streets)]
    for _ in range(120):
        processor.second()
    rates = [
        (pace.analysed - before) / 120
        for pace, before in zip((*processor.gates, *processor.streets), settled, strict=True)
    ]
    gates, streets = rates[:2], rates[2:]
    assert min(gates) > 4.0
    assert max(streets) < 0.5 * min(gates)
    assert max(streets) - min(streets) < 0.3 * max(streets)
    assert max(processor.lags[120:]) < 0.8
    assert 0.04 * sum(rates) > 0.7  # of the one processor
