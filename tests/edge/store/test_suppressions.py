"""A suppressed place: what opens there is counted and not told."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.domain.incident import Incident
from edge.domain.rule import IncidentType
from tests.incidents import NOON, an_incident, cleared
from tests.review_desk import ONE, THREE, TWO, ReviewDesk, changed

LATER = NOON + timedelta(hours=1)
END = NOON + timedelta(hours=2)


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    desk = ReviewDesk(tmp_path / "journal.db")
    desk.clock.now = NOON
    desk.tell(an_incident(ONE))
    one = desk.store.head(ONE)
    assert one is not None
    assert desk.store.suppress(one, until=END, by="lin", reason="the shop's own bay") is not None
    return desk


def again(name: str = TWO, **facts: Any) -> Incident:
    return an_incident(name, **{"opened_at": LATER, "observed_at": LATER, **facts})


def test_what_opens_there_is_counted_and_neither_it_nor_its_end_is_told(desk: ReviewDesk) -> None:
    opened = again()
    second = changed(opened, label="truck")
    desk.tell(opened, second, cleared(second))
    assert [one["id"] for one in desk.told()] == [ONE]
    assert desk.store.head(TWO) is None
    (suppression,) = desk.store.suppressions()
    assert suppression.hits == 1


def test_it_stays_mute_after_the_expiry_and_the_next_one_is_told(desk: ReviewDesk) -> None:
    opened = again()
    desk.tell(opened, changed(opened, observed_at=END + timedelta(hours=1)))
    assert len(desk.told()) == 1
    desk.tell(again(THREE, opened_at=END, observed_at=END))
    assert desk.told()[-1]["id"] == THREE


@pytest.mark.parametrize(
    "facts",
    [
        {"camera_id": "street-02"},
        {"type": IncidentType.MATERIAL_PILE},
        {"box": (0.6, 0.5, 0.9, 0.9)},
        {"box": None},
    ],
)
def test_another_camera_type_or_place_is_told(desk: ReviewDesk, facts: dict[str, Any]) -> None:
    desk.tell(again(**facts))
    assert desk.told()[-1]["id"] == TWO


def test_what_was_open_before_goes_on_being_told(desk: ReviewDesk) -> None:
    desk.tell(cleared(an_incident(ONE)))
    assert [one["action"] for one in desk.told()] == ["opened", "cleared"]


def test_a_lifted_suppression_mutes_nothing_and_can_be_lifted_once(desk: ReviewDesk) -> None:
    (suppression,) = desk.store.suppressions()
    assert desk.store.lift(suppression.id)
    assert not desk.store.lift(suppression.id)
    assert desk.store.suppressions() == []
    desk.tell(again())
    assert desk.told()[-1]["id"] == TWO
