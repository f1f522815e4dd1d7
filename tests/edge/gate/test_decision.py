from datetime import date

import numpy as np
import pytest

from edge.domain.candidate import Candidate
from edge.domain.passage import Decision, Doubt
from edge.domain.resident import Category, Resident
from edge.gate.decision import Patience, Search, Thresholds, Verdict, judge
from edge.gate.evidence import Evidence
from models.faces import Floats

TODAY = date(2026, 11, 24)
THRESHOLDS = Thresholds(match=0.48, unsure=0.38, people=2)


def unit(*values: float) -> Floats:
    vector = np.asarray(values, np.float32)
    return vector / np.linalg.norm(vector)


TOM = unit(1, 0, 0, 0)
ANN = unit(0, 1, 0, 0)
STRANGER = unit(0, 0, 1, 0)


def like(person: Floats, similarity: float) -> Floats:
    """A face with exactly this cosine to a person, the rest pointing to nobody."""
    return unit(*(similarity * person + np.sqrt(1 - similarity**2) * unit(0, 0, 0, 1)))


def gallery(*residents: tuple[Resident, Floats]) -> Search:
    def search(query: Floats) -> Candidate | None:
        ranked = sorted(((float(query @ own), who) for who, own in residents), key=lambda r: -r[0])
        if not ranked:
            return None
        second = ranked[1][0] if len(ranked) > 1 else None
        return Candidate(ranked[0][1], ranked[0][0], second, f"t-{ranked[0][1].id}")

    return search


TWO = gallery((Resident("tom"), TOM), (Resident("ann"), ANN))


def seen(*faces: Floats, norm: float = 12.0, live: float | None = None) -> Evidence:
    evidence = Evidence()
    for face in faces:
        evidence.see(0.9)
        evidence.add(face, norm, live=live)
    return evidence


def verdict(evidence: Evidence, search: Search = TWO, *, ended: bool = False) -> Verdict | None:
    return judge(
        evidence,
        search=search,
        thresholds=THRESHOLDS,
        patience=Patience(),
        today=TODAY,
        ended=ended,
    )


def test_three_good_frames_of_a_resident_open_early() -> None:
    told = verdict(seen(*[like(TOM, 0.7)] * 3))
    assert told is not None
    assert told.decision is Decision.RESIDENT
    assert told.candidate is not None
    assert told.candidate.resident.id == "tom"
    assert told.candidate.similarity == pytest.approx(0.7, abs=1e-5)


def test_two_frames_wait_for_more_while_the_person_is_there() -> None:
    assert verdict(seen(*[like(TOM, 0.7)] * 2)) is None
    told = verdict(seen(*[like(TOM, 0.7)] * 2), ended=True)
    assert told is not None
    assert told.decision is Decision.RESIDENT


def test_one_lucky_frame_does_not_name_a_stranger() -> None:
    told = verdict(seen(*[STRANGER] * 11, like(TOM, 0.93)), ended=True)
    assert told is not None
    assert told.decision is Decision.STRANGER


def test_three_lucky_frames_among_nine_do_not_name_a_stranger() -> None:
    told = verdict(seen(*[STRANGER] * 9, *[like(TOM, 0.91)] * 3), ended=True)
    assert told is not None
    assert told.decision is not Decision.RESIDENT


def test_strong_frames_of_nobody_are_a_stranger_early_and_weak_ones_wait() -> None:
    strong = verdict(seen(*[STRANGER] * 3, norm=12.0))
    assert strong is not None
    assert strong.decision is Decision.STRANGER
    assert verdict(seen(*[STRANGER] * 3, norm=9.2)) is None


def test_between_the_thresholds_nobody_can_say() -> None:
    faces = [like(TOM, 0.43)] * 8
    assert verdict(seen(*faces[:7])) is None
    told = verdict(seen(*faces))
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.BETWEEN_THRESHOLDS,))


def test_only_bad_faces_are_unsure_and_never_a_stranger() -> None:
    evidence = Evidence()
    evidence.see(0.9)
    told = verdict(evidence, ended=True)
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.NO_USABLE_FACE,))


def test_a_single_usable_frame_is_too_few_when_somebody_is_registered() -> None:
    told = verdict(seen(like(TOM, 0.9)), ended=True)
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.TOO_FEW_FRAMES,))


def test_in_an_empty_gallery_everybody_is_a_stranger() -> None:
    told = verdict(seen(like(TOM, 0.9)), gallery(), ended=True)
    assert told is not None
    assert told.decision is Decision.STRANGER


def test_two_people_who_look_alike_are_not_told_apart() -> None:
    twins = gallery((Resident("tom"), TOM), (Resident("tim"), unit(*(TOM + 0.1 * STRANGER))))
    told = verdict(seen(*[like(TOM, 0.8)] * 8), twins)
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.SMALL_MARGIN,))


def test_the_watchlist_is_told_as_such() -> None:
    listed = gallery((Resident("tom", category=Category.WATCHLIST), TOM))
    told = verdict(seen(*[like(TOM, 0.7)] * 3), listed)
    assert told is not None
    assert told.decision is Decision.WATCHLIST


@pytest.mark.parametrize(
    ("resident", "doubt"),
    [
        (Resident("tom", valid_until=date(2026, 11, 23)), Doubt.EXPIRED),
        (Resident("tom", valid_from=date(2026, 11, 25)), Doubt.NOT_YET_VALID),
    ],
)
def test_a_registration_out_of_its_dates_is_unsure_with_the_reason(
    resident: Resident, doubt: Doubt
) -> None:
    told = verdict(seen(*[like(TOM, 0.7)] * 3), gallery((resident, TOM)))
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (doubt,))


def test_a_printed_face_is_unsure() -> None:
    told = verdict(seen(*[like(TOM, 0.7)] * 3, live=0.1))
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.NOT_LIVE,))


def test_a_gallery_is_not_searched_any_more_once_most_frames_agree() -> None:
    asked: list[Floats] = []
    known = gallery((Resident("tom"), TOM), (Resident("ann"), ANN))

    def search(query: Floats) -> Candidate | None:
        asked.append(query)
        return known(query)

    told = judge(
        seen(*[like(TOM, 0.9)] * 8),
        search=search,
        thresholds=THRESHOLDS,
        patience=Patience(),
        today=TODAY,
        ended=False,
    )
    assert told is not None
    assert told.decision is Decision.RESIDENT
    assert len(asked) == 1 + 4  # all together, and half of them one by one


def test_frames_that_point_to_different_people_disagree() -> None:
    mixed = unit(*(TOM + 0.6 * ANN))
    told = verdict(seen(*[like(TOM, 1.0)] * 3, *[like(ANN, 1.0)] * 2, *[mixed] * 0), ended=True)
    assert told is not None
    assert told.decision is Decision.RESIDENT  # three of five agree
    told = verdict(seen(*[like(TOM, 1.0)] * 2, *[unit(0.3, 0, 0, 1)] * 3), ended=True)
    assert told is not None
    assert (told.decision, told.doubts) == (Decision.UNSURE, (Doubt.FRAMES_DISAGREE,))
