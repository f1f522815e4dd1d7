import pytest

from edge.bench.figure import against, median_of, of_repeats, once


def test_a_figure_is_the_median_of_its_repeats() -> None:
    taken = iter([3.0, 9.0, 1.0])
    found = median_of("work", "ms", lambda: next(taken), repeats=3)
    assert (found.value, found.least, found.most) == (3.0, 1.0, 9.0)
    assert of_repeats("work", "ms", [3.0, 9.0, 1.0]) == found


@pytest.mark.parametrize(
    ("value", "limit", "goal", "at_least", "held"),
    [
        (1.2, 1.0, 1.2, False, True),
        (1.3, 1.0, 1.2, False, False),
        (0.7, 1.0, 0.6, True, True),
        (0.5, 1.0, 0.6, True, False),
        (390.0, None, 400.0, False, True),
        (410.0, None, 400.0, False, False),
        (1.0, 2.0, None, False, None),
        (1.0, 0.0, 1.2, False, None),
    ],
)
def test_what_is_asked_is_asked_of_the_ratio_or_else_of_the_value(
    value: float, limit: float | None, goal: float | None, at_least: bool, held: bool | None
) -> None:
    found = against(once("work", value, "ms"), limit, goal=goal, at_least=at_least)
    assert found.held is held
    assert found.ratio == (value / limit if limit else None)
