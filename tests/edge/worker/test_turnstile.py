from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from edge.worker.turnstile import Turnstile

WITHIN_S = 10.0


def never() -> None:
    """Be told of waiting by who need not wait."""
    raise AssertionError("there was room")


class Line:
    """Threads before a turnstile, and in what order they came through."""

    def __init__(self, turnstile: Turnstile, pool: ThreadPoolExecutor) -> None:
        self.turnstile = turnstile
        self.pool = pool
        self.through: list[str] = []

    def join(self, name: str, *, urgent: bool) -> None:
        """Have a thread wait in line; return when it does."""
        waited = self.turnstile.waiting

        def go() -> None:
            with self.turnstile.passed(urgent=urgent, waiting=Event().set):
                self.through.append(name)

        self.pool.submit(go)
        while self.turnstile.waiting == waited:
            pass


def test_gates_come_before_streets_and_else_who_came_first() -> None:
    turnstile = Turnstile(1)
    with ThreadPoolExecutor() as pool:
        line = Line(turnstile, pool)
        with turnstile.passed(urgent=False, waiting=never):
            for name in ("street-1", "street-2", "gate-1", "street-3", "gate-2"):
                line.join(name, urgent=name.startswith("gate"))
            assert line.through == []
    assert line.through == ["gate-1", "gate-2", "street-1", "street-2", "street-3"]
    assert turnstile.waiting == 0


def test_so_many_are_through_at_a_time_as_there_are_places() -> None:
    turnstile, inside, leave = Turnstile(2), [Event(), Event()], Event()

    def stay(number: int) -> None:
        with turnstile.passed(urgent=False, waiting=never):
            inside[number].set()
            assert leave.wait(WITHIN_S)

    with ThreadPoolExecutor() as pool:
        stays = [pool.submit(stay, number) for number in (0, 1)]
        assert all(one.wait(WITHIN_S) for one in inside)
        line = Line(turnstile, pool)
        line.join("third", urgent=True)
        assert line.through == []
        leave.set()
        for one in stays:
            one.result(WITHIN_S)
    assert line.through == ["third"]


def test_a_place_is_free_again_after_an_error() -> None:
    turnstile = Turnstile(1)
    with pytest.raises(ValueError, match="a broken"), turnstile.passed(urgent=False, waiting=never):
        raise ValueError("a broken picture")
    with turnstile.passed(urgent=False, waiting=never):
        assert turnstile.waiting == 0


def test_who_waits_gives_signs_of_life() -> None:
    turnstile, alive = Turnstile(1), Event()

    def wait() -> None:
        with turnstile.passed(urgent=False, waiting=alive.set):
            pass

    with ThreadPoolExecutor() as pool:
        with turnstile.passed(urgent=False, waiting=never):
            waits = pool.submit(wait)
            assert alive.wait(WITHIN_S)
        waits.result(WITHIN_S)
