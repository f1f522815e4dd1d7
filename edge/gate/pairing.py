"""Who belongs to whom: the pairs that are most alike taken all together."""

from collections.abc import Sequence
from math import inf


def pair(likeness: Sequence[Sequence[float]], *, least: float) -> list[tuple[int, int]]:
    """Return pairs (row, column), each row and column in one at most, of the greatest sum.

    Shortest augmenting paths with potentials (Kuhn 1955, Munkres 1957; Jonker and Volgenant 1987):
    cubic in the number of rows, which are the few faces of a picture.

    Args:
        likeness: Rows of equal length; from 0 to 1.
        least: A pair below this is none, and its members remain alone.
    """
    if not likeness or not likeness[0]:
        return []
    if len(likeness) > len(likeness[0]):
        turned = pair(list(zip(*likeness, strict=True)), least=least)
        return sorted((row, column) for column, row in turned)
    rows, columns = len(likeness), len(likeness[0])
    of_row, of_column = [0.0] * rows, [0.0] * columns  # potentials
    owner: list[int | None] = [None] * columns
    for newcomer in range(rows):
        cost, came_from = [inf] * columns, [-1] * columns
        settled: set[int] = set()
        row, last, so_far = newcomer, -1, 0.0
        while True:
            for column in range(columns):
                if column in settled:
                    continue
                step = so_far - likeness[row][column] - of_row[row] - of_column[column]
                if step < cost[column]:
                    cost[column], came_from[column] = step, last
            open_columns = (column for column in range(columns) if column not in settled)
            last = min(open_columns, key=cost.__getitem__)
            so_far = cost[last]
            holder = owner[last]
            if holder is None:
                break
            settled.add(last)
            row = holder
        of_row[newcomer] += so_far
        for column in settled:
            held = owner[column]
            assert held is not None
            of_row[held] += so_far - cost[column]
            of_column[column] -= so_far - cost[column]
        while last >= 0:
            before = came_from[last]
            owner[last] = newcomer if before < 0 else owner[before]
            last = before
    pairs = ((row, column) for column, row in enumerate(owner) if row is not None)
    return sorted(one for one in pairs if likeness[one[0]][one[1]] >= least)
