from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from edge.gate.pairing import pair

SIZES = st.tuples(st.integers(1, 5), st.integers(1, 5))
LIKENESS = st.floats(0, 1, width=16)
TABLES = SIZES.flatmap(
    lambda size: st.lists(
        st.lists(LIKENESS, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def greatest_sum(table: list[list[float]]) -> float:
    """Return what the best of all ways to pair them is worth."""
    rows, columns = len(table), len(table[0])
    if rows > columns:
        return greatest_sum([list(column) for column in zip(*table, strict=True)])
    return max(
        sum(table[row][column] for row, column in enumerate(chosen))
        for chosen in permutations(range(columns), rows)
    )


@given(TABLES)
def test_no_other_way_to_pair_them_is_worth_more(table: list[list[float]]) -> None:
    pairs = pair(table, least=0.0)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert len(pairs) == min(len(table), len(table[0]))
    worth = sum(table[row][column] for row, column in pairs)
    assert worth >= greatest_sum(table) - 1e-6


def test_the_best_pair_is_given_up_where_the_other_two_would_be_left_alone() -> None:
    assert pair([[0.9, 0.8], [0.8, 0.0]], least=0.1) == [(0, 1), (1, 0)]


def test_who_is_not_alike_enough_remains_alone() -> None:
    assert pair([[0.9, 0.0], [0.0, 0.05]], least=0.1) == [(0, 0)]


def test_nobody_is_paired_with_nobody() -> None:
    assert pair([], least=0.1) == []
    assert pair([[], []], least=0.1) == []
