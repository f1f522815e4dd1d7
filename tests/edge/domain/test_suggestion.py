from edge.domain.suggestion import Judged, Suggestion, Term, suggest

RIGHT = [Judged(value, right=True) for value in (0.617, 0.7, 0.8, 0.85, 0.9)]
WRONG = [Judged(value, right=False) for value in (0.4, 0.45, 0.5, 0.55, 0.8)]


def test_the_highest_value_that_keeps_all_confirmed_is_suggested() -> None:
    assert suggest(Term.CONFIDENCE, RIGHT + WRONG) == Suggestion(
        Term.CONFIDENCE, 0.61, confirmed=5, rejected=5, would_drop=4
    )


def test_a_dwell_is_suggested_in_steps_that_a_person_would_write() -> None:
    judged = [Judged(value, right=True) for value in (303.4, 400, 500, 600, 700)]
    judged += [Judged(value, right=False) for value in (190, 200, 210, 220, 900)]
    suggestion = suggest(Term.DWELL, judged)
    assert suggestion is not None
    assert suggestion.value == 300


def test_few_verdicts_suggest_nothing() -> None:
    assert suggest(Term.CONFIDENCE, RIGHT[1:] + WRONG) is None
    assert suggest(Term.CONFIDENCE, RIGHT + WRONG[1:]) is None


def test_what_drops_half_of_the_rejected_or_less_is_not_worth_it() -> None:
    mixed = [Judged(value, right=False) for value in (0.4, 0.5, 0.8, 0.9)]
    assert suggest(Term.CONFIDENCE, [*RIGHT, *mixed, *mixed]) is None


def test_what_the_term_does_not_concern_is_not_dropped() -> None:
    unnamed = [Judged(None, right=False)] * 5
    assert suggest(Term.CONFIDENCE, RIGHT + unnamed) is None
