import random
from datetime import UTC, datetime, timedelta

from edge.bootstrap.parts import id_source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_ids_sort_as_they_are_made_while_the_clock_is_slewed() -> None:
    new_id = id_source(random.Random(1))
    moments = [NOON + timedelta(seconds=second) for second in (0, 0, 5, 4, 4, -20, 6, 30, 30)]
    ids = [new_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_follow_a_clock_that_was_wrong_and_stay_unique() -> None:
    new_id = id_source(random.Random(1))
    wrong = [new_id(NOON + timedelta(days=9000)) for _ in range(3)]
    right = [new_id(NOON + timedelta(seconds=second)) for second in range(3)]
    assert max(right) < min(wrong)
    assert right == sorted(right)
    assert new_id(NOON)[:8] == right[0][:8]
    assert len({*wrong, *right}) == 6
