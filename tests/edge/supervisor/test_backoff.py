from edge.supervisor.backoff import Backoff


def highest(**terms: float) -> Backoff:
    return Backoff(uniform=lambda low, high: high, **terms)  # type: ignore[arg-type]


def test_waits_grow_to_their_limit_with_jitter_below() -> None:
    lowest = Backoff(first_s=1.0, longest_s=10.0, uniform=lambda low, high: low)
    backoff = highest(first_s=1.0, longest_s=10.0)
    assert [backoff.next_wait_s(0.1) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    assert [lowest.next_wait_s(0.1) for _ in range(6)] == [0.5, 1, 2, 4, 5, 5]


def test_an_attempt_that_lasted_makes_the_next_wait_short_again() -> None:
    backoff = highest(first_s=1.0, lasted_s=30.0)
    assert [backoff.next_wait_s(s) for s in (0.1, 0.1, 45.0, 0.1)] == [1, 2, 1, 2]


def test_the_first_failure_after_a_good_run_may_cost_no_wait() -> None:
    backoff = highest(first_s=0.5, lasted_s=10.0, free=1)
    assert [backoff.next_wait_s(s) for s in (60.0, 0.1, 0.1, 12.0, 0.1)] == [0, 0.5, 1, 0, 0.5]
    assert backoff.failures == 2
