import signal
from collections.abc import Iterator

import pytest

from edge.signals import stopped_by


@pytest.fixture
def harmless() -> Iterator[signal.Signals]:
    """A signal whose handler is put back after the test."""
    number = signal.SIGUSR1
    before = signal.getsignal(number)
    yield number
    signal.signal(number, before)


def test_a_signal_sets_the_event(harmless: signal.Signals) -> None:
    stop = stopped_by(harmless)
    assert not stop.is_set()
    signal.raise_signal(harmless)
    assert stop.wait(10)


def test_a_signal_in_the_middle_of_waiting_for_it_blocks_nobody(harmless: signal.Signals) -> None:
    stop = stopped_by(harmless)
    with stop._cond:  # type: ignore[attr-defined] # as while ``stop.wait`` begins and ends
        signal.raise_signal(harmless)
    assert stop.wait(10)
