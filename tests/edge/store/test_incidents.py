"""Cameras that share a place share its incident."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.store.incidents import Written
from edge.store.journal import Journal, Revision
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
from tests.incidents import an_incident, cleared

CORNER = "east-corner"


def seen(name: str, camera_id: str = "a", *, place: str | None = CORNER) -> Incident:
    """Return a camera's own incident as it opens."""
    return an_incident(name, camera_id=camera_id, place=place)


def changed(incident: Incident, **facts: object) -> Incident:
    """Return the next revision with other facts."""
    revision = replace(incident, revision=incident.revision + 1, action=Step.UPDATED)
    return replace(revision, **facts)  # type: ignore[arg-type]


class Box:
    """A journal, and what it has told."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.path = path
        self.journal = Journal(path, self.clock)
        self.told: list[Written] = []

    def tell(self, *incidents: Incident) -> list[tuple[str, int, Step]]:
        """Return what the box tells of cameras' own revisions."""
        written: list[Written] = []
        for one in incidents:
            revision = Revision(
                one, lambda told, seq: f"{told.id}/{told.revision}".encode(), lambda told: ()
            )
            post = Post(one.camera_id, Duty.STREET)
            written += self.journal.record_incidents(post, [revision], None)
        self.told += written
        return [(one.incident.id, one.incident.revision, one.incident.action) for one in written]

    def seqs(self) -> Sequence[int | None]:
        """Return the numbers of all messages."""
        return [one.seq for one in Outbox(self.path, self.clock).waiting(limit=1000)]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "journal.db")


def test_two_cameras_that_share_a_place_make_one_incident(box: Box) -> None:
    assert box.tell(seen("a1", "a")) == [("a1", 1, Step.OPENED)]
    assert box.tell(seen("b1", "b")) == []
    assert box.journal.count_incidents() == {"motor_parking": 1}


def test_it_is_cleared_only_when_both_find_it_gone(box: Box) -> None:
    one, other = seen("a1", "a"), seen("b1", "b")
    box.tell(one, other)
    assert box.tell(cleared(one)) == []
    assert box.tell(cleared(other)) == [("a1", 2, Step.CLEARED)]


def test_a_permit_that_one_camera_knows_does_not_withdraw_what_another_sees(box: Box) -> None:
    one, other = seen("a1", "a"), seen("b1", "b")
    box.tell(one, other)
    withdrawn = changed(one, reason="permit p-7")
    assert box.tell(replace(withdrawn, action=Step.WITHDRAWN)) == []


@pytest.mark.parametrize(
    "other",
    [
        seen("b1", "b", place=None),
        seen("b1", "b", place="west-corner"),
        replace(seen("b1", "b"), type=IncidentType.MATERIAL_PILE),
    ],
)
def test_another_place_or_type_is_another_incident(box: Box, other: Incident) -> None:
    box.tell(seen("a1", "a"))
    assert box.tell(other) == [("b1", 1, Step.OPENED)]


def test_two_things_that_one_camera_sees_there_are_two_incidents(box: Box) -> None:
    first, second = seen("a1", "a"), seen("a2", "a")
    assert len(box.tell(first, second)) == 2
    # Another camera sees both, too.
    assert box.tell(seen("b1", "b"), seen("b2", "b")) == []
    assert box.tell(cleared(first), cleared(second)) == []
    assert box.tell(cleared(seen("b1", "b"))) == [("a1", 2, Step.CLEARED)]
    assert box.tell(cleared(seen("b2", "b"))) == [("a2", 2, Step.CLEARED)]


def test_a_camera_that_sees_the_place_anew_joins_what_the_other_still_sees(box: Box) -> None:
    first, other = seen("a1", "a"), seen("b1", "b")
    box.tell(first, other)
    box.tell(cleared(first))
    again = seen("a2", "a")
    assert box.tell(again) == []
    assert box.tell(cleared(other)) == []
    assert box.tell(cleared(again)) == [("a1", 2, Step.CLEARED)]


def test_what_was_cleared_before_is_another_incident(box: Box) -> None:
    box.tell(seen("a1", "a"), cleared(seen("a1", "a")))
    assert box.tell(seen("b1", "b")) == [("b1", 1, Step.OPENED)]


def test_a_second_camera_tells_only_what_it_adds(box: Box) -> None:
    other = seen("b1", "b")
    box.tell(replace(seen("a1", "a"), severity=Severity.REVIEW), replace(other, revision=1))
    other = changed(other, label="truck", severity=Severity.NORMAL)
    assert box.tell(other) == []
    other = changed(other, severity=Severity.URGENT)
    assert box.tell(other) == [("a1", 3, Step.UPDATED)]
    assert box.told[-1].incident.severity is Severity.URGENT


def test_the_first_camera_takes_nothing_back_that_the_second_told(box: Box) -> None:
    warning = replace(seen("a1", "a"), stage=Stage.WARNING)
    box.tell(warning, seen("b1", "b"))
    box.tell(changed(warning, label="truck"))
    assert [one.incident.stage for one in box.told] == [Stage.WARNING, Stage.CASE, Stage.CASE]


def test_a_revision_that_is_written_twice_is_told_once(box: Box) -> None:
    one = seen("a1", "a")
    two = changed(one, label="truck")
    assert len(box.tell(one, one, two, two, one)) == 2
    other = seen("b1", "b")
    assert box.tell(other, other) == []
    assert len(box.tell(cleared(two), cleared(two))) == 0
    assert len(box.tell(cleared(other), cleared(other))) == 1
    assert box.seqs() == [1, 2, 3]


def test_without_a_name_a_place_is_a_cameras_own(box: Box) -> None:
    assert len(box.tell(seen("a1", "a", place=None), seen("b1", "b", place=None))) == 2


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["open", "update", "clear", "again"])),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_cameras_see_the_box_tells_one_story_per_incident(
    steps: list[tuple[str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        box = Box(Path(folder) / "journal.db")
        own: dict[str, Incident] = {}
        for number, (camera, step) in enumerate(steps):
            last = own.get(camera)
            match step:
                case "open" if last is None or not last.open:
                    own[camera] = seen(f"{camera}{number}", camera)
                case "update" if last is not None and last.open:
                    own[camera] = changed(last, severity=Severity.URGENT)
                case "clear" if last is not None and last.open:
                    own[camera] = cleared(last)
                case "again" if last is not None and not last.open:
                    own[camera] = changed(last, reopened=last.reopened + 1)
                case _:
                    continue
            box.tell(own[camera])
            standing = [one for one in own.values() if one.open]
            latest = {one.incident.id: one.incident for one in box.told}
            # The box says that something is there exactly while a camera sees it, and says it once.
            assert len([one for one in latest.values() if one.open]) == bool(standing)
        assert box.seqs() == list(range(1, len(box.told) + 1))
        by_id = sorted((one.incident for one in box.told), key=lambda one: one.id)
        for _, group in groupby(by_id, lambda one: one.id):
            story = list(group)
            assert [one.revision for one in story] == list(range(1, len(story) + 1))
            assert [one.action for one in story].count(Step.OPENED) == 1
            assert story[0].action is Step.OPENED
        box.journal.close()
