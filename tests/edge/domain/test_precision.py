import pytest

from edge.domain.precision import Precision


def test_nothing_judged_is_no_precision_and_may_be_anything() -> None:
    assert Precision(0, 0).share is None
    assert Precision(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_interval_is_that_of_wilson(right: int, judged: int, low: float, high: float) -> None:
    assert Precision(right, judged).interval == pytest.approx((low, high), abs=5e-4)
