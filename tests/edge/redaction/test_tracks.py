"""Nobody is seen between two looks."""

from edge.redaction.tracks import GAP_LOOKS, HOLD_LOOKS, covered

HERE = (0.10, 0.20, 0.20, 0.40)
FARTHER = (0.18, 0.20, 0.28, 0.40)
ELSEWHERE = (0.80, 0.70, 0.85, 0.80)


def _covers(boxes: list[tuple[float, float, float, float]], wanted: tuple[float, ...]) -> bool:
    return any(
        box[0] <= wanted[0] and box[1] <= wanted[1] and box[2] >= wanted[2] and box[3] >= wanted[3]
        for box in boxes
    )


def test_what_moves_is_covered_where_it_was_and_where_it_will_be() -> None:
    spans = covered([[HERE], [FARTHER]])
    assert _covers(spans[0], HERE)
    assert _covers(spans[0], FARTHER)
    assert _covers(spans[0], (0.14, 0.2, 0.24, 0.4))


def test_what_was_missed_for_some_looks_is_covered_all_the_time() -> None:
    looks = [[HERE], *([] for _ in range(GAP_LOOKS)), [HERE]]
    assert all(_covers(span, HERE) for span in covered(looks))


def test_what_moved_while_it_was_missed_is_covered_on_its_way() -> None:
    spans = covered([[HERE], [], [FARTHER]])
    assert _covers(spans[1], (0.14, 0.2, 0.24, 0.4))


def test_what_appears_is_covered_some_looks_before_and_after() -> None:
    looks: list[list[tuple[float, float, float, float]]] = [[] for _ in range(12)]
    looks[6] = [HERE]
    spans = covered(looks)
    seen = [look for look, span in enumerate(spans) if _covers(span, HERE)]
    assert seen == list(range(6 - HOLD_LOOKS - 1, 6 + HOLD_LOOKS + 1))


def test_two_who_are_far_apart_are_not_taken_for_one() -> None:
    spans = covered([[HERE], [ELSEWHERE]])
    assert all(box[2] - box[0] < 0.2 for span in spans for box in span)


def test_nothing_seen_is_nothing_covered() -> None:
    assert covered([[], [], []]) == [[], [], []]
    assert covered([]) == []
