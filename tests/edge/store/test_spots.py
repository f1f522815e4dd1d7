"""Where incidents are, for a camera that is to look again."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident, Step
from edge.store.journal import Journal
from edge.store.spots import KnownSpot, Spots
from tests.conftest import FakeClock
from tests.incidents import a_recorder, an_incident, cleared

CORNER = "corner"
ELSEWHERE = (0.1, 0.2, 0.3, 0.4)


class Desk:
    """A journal that cameras write to, and who asks where things are."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        self.journal = Journal(path, clock)
        self.spots = Spots(path, clock)

    def tell(self, *incidents: Incident) -> None:
        for one in incidents:
            recorder = a_recorder(self.journal, Post(one.camera_id, Duty.STREET))
            recorder.record([one], None, (), memory=None)


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path / "journal.db", clock)


def spot_of(incident: Incident, *own_ids: str) -> KnownSpot:
    return KnownSpot(
        incident.camera_id, incident.type, incident.zone_id, incident.box, frozenset(own_ids)
    )


def test_there_is_no_spot_of_an_incident_that_never_was(desk: Desk) -> None:
    assert desk.spots.of("never") == ()


def test_an_incident_is_where_it_was_seen_last(desk: Desk) -> None:
    opened = an_incident("a")
    moved = replace(opened, revision=2, action=Step.UPDATED, box=ELSEWHERE)
    desk.tell(opened, moved)
    assert desk.spots.of("a") == (spot_of(moved, "a"),)


def test_an_incident_that_is_over_is_where_it_was(desk: Desk) -> None:
    opened = an_incident("a")
    desk.tell(opened, cleared(opened))
    assert desk.spots.of("a") == (spot_of(opened, "a"),)


def test_of_a_shared_incident_each_camera_has_its_own_place_and_name(desk: Desk) -> None:
    first = an_incident("a", place=CORNER)
    other = an_incident("b", camera_id="street-02", place=CORNER, box=ELSEWHERE)
    desk.tell(first, other)
    assert set(desk.spots.of("a")) == {spot_of(first, "a"), spot_of(other, "b")}
    desk.tell(cleared(first))
    assert desk.spots.of("a") == (spot_of(other, "b"),)
