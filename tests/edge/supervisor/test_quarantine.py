from edge.supervisor.quarantine import parted


def test_a_camera_that_was_caught_more_often_than_once_goes_on_alone() -> None:
    assert parted(["a", "b", "c"], ["b", None, "b"]) == [["a", "c"], ["b"]]


def test_where_nobody_was_caught_twice_each_half_goes_on() -> None:
    assert parted(["a", "b", "c"], ["b", None, "c"]) == [["a", "b"], ["c"]]
    assert parted(["a", "b"], [None, None, None]) == [["a"], ["b"]]


def test_two_that_crash_in_turn_are_both_kept_apart() -> None:
    assert parted(["a", "b", "c"], ["a", "c", "a", "c"]) == [["b"], ["a"], ["c"]]


def test_where_all_were_caught_halves_go_on() -> None:
    assert parted(["a", "b"], ["a", "b", "a", "b"]) == [["a"], ["b"]]


def test_who_is_no_longer_in_the_share_is_not_kept_apart_again() -> None:
    assert parted(["a", "b"], ["gone", "gone", "gone"]) == [["a"], ["b"]]
