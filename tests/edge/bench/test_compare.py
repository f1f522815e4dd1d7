from dataclasses import replace

import pytest

from edge.bench.compare import Change, Changed, compare, rows, summary
from edge.bench.figure import Figure, against, of_repeats, once
from tests.benches import MACHINE, a_figure, a_report

OTHER = replace(MACHINE, processor="Slow 100")


def changed(old: Figure, new: Figure) -> Change:
    (found,) = compare(a_report(old), a_report(new))
    return found.change


@pytest.mark.parametrize(
    ("old", "new", "at_least", "expected"),
    [
        (1.0, 0.8, False, Change.BETTER),
        (1.0, 1.2, False, Change.WORSE),
        (1.0, 1.2, True, Change.BETTER),
        (1.0, 0.8, True, Change.WORSE),
        (1.0, 1.0, True, Change.SAME),
    ],
)
def test_a_change_is_better_or_worse_as_the_figure_wants_it(
    old: float, new: float, at_least: bool, expected: Change
) -> None:
    before = against(once("rate", old, "1/s"), None, at_least=at_least)
    assert changed(before, replace(before, value=new, least=new, most=new)) is expected


def test_a_change_within_the_repeats_is_none() -> None:
    old = of_repeats("work", "ms", [9.0, 10.0, 14.0])
    assert changed(old, of_repeats("work", "ms", [13.0, 16.0, 17.0])) is Change.SAME
    assert changed(old, of_repeats("work", "ms", [15.0, 16.0, 17.0])) is Change.WORSE
    assert changed(old, of_repeats("work", "ms", [6.0, 7.0, 8.0])) is Change.BETTER


def test_what_was_measured_once_is_given_the_usual_unrest() -> None:
    assert changed(once("work", 100.0, "ms"), once("work", 102.0, "ms")) is Change.SAME
    assert changed(once("work", 100.0, "ms"), once("work", 104.0, "ms")) is Change.WORSE


def test_on_another_machine_ratios_are_compared() -> None:
    old = a_report(a_figure("camera", 1.2, 1.0), once("pages", 9.0, "ms"))
    slower = a_report(a_figure("camera", 2.2, 2.0), once("pages", 20.0, "ms"), machine=OTHER)
    camera, pages = compare(old, slower)
    assert camera.change is Change.BETTER
    assert pages.change is Change.OPEN
    assert compare(old, replace(slower, machine=MACHINE))[0].change is Change.WORSE


def test_what_only_one_run_has_is_new_or_gone() -> None:
    old = a_report(once("a", 1.0, "ms"), once("b", 1.0, "ms"))
    new = a_report(once("c", 1.0, "ms"), once("b", 1.0, "s"), once("a", 1.0, "ms"))
    found = [(one.name, one.unit, one.change) for one in compare(old, new)]
    assert found == [
        ("c", "ms", Change.NEW),
        ("b", "s", Change.NEW),
        ("a", "ms", Change.SAME),
        ("b", "ms", Change.GONE),
    ]


def test_a_row_says_what_it_was_and_is() -> None:
    old, new = a_report(a_figure("camera", 1.2)), a_report(a_figure("camera", 0.9))
    changes = compare(old, new)
    assert rows(changes) == [
        ("gate", "camera", "1.20 s CPU", "0.900 s CPU", "-25.0 %", "1.20 to 0.90", "better")
    ]
    assert summary([*changes, *changes]) == "2 better"


def test_what_there_is_nothing_to_compare_with_is_left_out_of_its_row() -> None:
    nothing, something = once("drops", 0.0, "pictures"), once("drops", 4.0, "pictures")
    assert rows(compare(a_report(nothing), a_report(something))) == [
        ("gate", "drops", "0 pictures", "4 pictures", "", "", "WORSE")
    ]
    gone = Changed("gate", "drops", "pictures", something, None, Change.GONE)
    assert rows([gone]) == [("gate", "drops", "4 pictures", "", "", "", "gone")]
