"""Verdicts, suppressions and the queue over the API."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from edge.console.permissions import Role
from edge.domain.review import RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from tests.exhibits import A, B, C
from tests.incidents import NOON
from tests.review_console import ReviewConsole

INCIDENTS = "/api/v1/incidents"
KINDS: list[dict[str, Any]] = [
    {"verdict": "confirmed"},
    *({"verdict": "rejected", "reason": str(reason)} for reason in RejectReason),
    {"verdict": "duplicate"},
    {"verdict": "duplicate", "duplicate_of": B},
    {"verdict": "not_actionable", "note": "no officer on duty"},
    {"verdict": "reclassified", "corrected_type": "material_pile"},
]

UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"verdict": "rejected"}, "reason"),
    ({"verdict": "confirmed", "reason": "moving"}, "reason"),
    ({"verdict": "reclassified"}, "corrected type"),
    ({"verdict": "confirmed", "duplicate_of": B}, "duplicate"),
    ({"verdict": "duplicate", "duplicate_of": A}, "itself"),
    ({"verdict": "certainly"}, "Input should be"),
    ({"verdict": "confirmed", "more": 1}, "Extra inputs"),
]

QUERIES = [
    ("place=curb", [B, A]),
    ("place=corner", []),
    ("type=intrusion", [B]),
    ("severity=normal", [A]),
    ("camera=west", [A]),
    ("state=cleared", []),
    ("review=reviewed", []),
    ("since=2026-11-24T05:00:00Z", []),
    ("until=2026-11-24T05:00:00%2B00:00&order=newest", [B, A]),
]


@pytest.fixture
def console(tmp_path: Path) -> ReviewConsole:
    made = ReviewConsole(tmp_path)
    made.open(A)
    made.open(
        B, ["warned.jpg"], severity=Severity.URGENT, camera_id="east", type=IncidentType.INTRUSION
    )
    return made


def judge(client: TestClient, body: dict[str, Any], incident: str = A, revision: int = 1) -> Any:
    return client.post(f"{INCIDENTS}/{incident}/verdict", json={"revision": revision, **body})


def test_every_kind_of_verdict_is_told_and_audited(console: ReviewConsole) -> None:
    reviewer = console.sign_in(Role.REVIEWER)
    for revision, body in enumerate(KINDS, 1):
        answer = judge(reviewer, body, revision=revision)
        assert answer.status_code == 200, answer.text
        assert answer.json()["revision"] == revision + 1
        found = reviewer.get(f"{INCIDENTS}/{A}").json()
        last = found["facts"]
        assert (last["action"], last["seq"]) == ("reviewed", answer.json()["seq"])
        told = {key: last["review"][key] for key in ("verdict", "reason", "duplicate_of", "type")}
        assert told == {
            "verdict": body["verdict"],
            "reason": body.get("reason"),
            "duplicate_of": body.get("duplicate_of"),
            "type": body.get("corrected_type"),
        }
        assert "note" not in last["review"]
        said = found["reviews"][-1]
        assert (said["reviewer"], said["note"]) == ("reviewer", body.get("note", ""))
        row = console.audited()[-1]
        verdict = body["verdict"]
        assert (row.act, row.subject, row.result) == ("verdict.give", f"incident {A}", verdict)


def test_a_verdict_that_does_not_fit_is_refused_and_changes_nothing(
    console: ReviewConsole,
) -> None:
    reviewer = console.sign_in(Role.REVIEWER)
    for body, words in UNFIT:
        answer = judge(reviewer, body)
        assert answer.status_code == 422, body
        assert words in answer.text
    assert reviewer.get(f"{INCIDENTS}/{A}").json()["incident"]["revision"] == 1


def test_the_second_of_two_who_judge_at_once_is_told_who_was_first_and_when(
    console: ReviewConsole,
) -> None:
    first, second = console.sign_in(Role.REVIEWER), console.sign_in(Role.OPERATOR)
    assert judge(first, {"verdict": "confirmed"}).status_code == 200
    answer = judge(second, {"verdict": "rejected", "reason": "moving"})
    assert answer.status_code == 409
    at = first.get(f"{INCIDENTS}/{A}").json()["reviews"][0]["at"][:16]
    assert "reviewer judged it confirmed" in answer.json()["detail"]
    assert at in answer.json()["detail"]
    assert [row.result for row in console.audited()[-2:]] == ["rejected", "stale"]
    (said,) = first.get(f"{INCIDENTS}/{A}").json()["reviews"]
    assert said["verdict"] == "confirmed"


def test_a_camera_that_was_faster_is_told_apart_from_a_person(console: ReviewConsole) -> None:
    reviewer = console.sign_in(Role.REVIEWER)
    console.exhibits.add(A, "cleared.jpg")
    answer = judge(reviewer, {"verdict": "confirmed"})
    assert answer.status_code == 409
    assert "the camera has told more" in answer.json()["detail"]


def test_a_verdict_is_taken_back_and_the_incident_waits_again(console: ReviewConsole) -> None:
    reviewer = console.sign_in(Role.REVIEWER)
    assert reviewer.delete(f"{INCIDENTS}/{A}/verdict?revision=1").status_code == 409
    judge(reviewer, {"verdict": "confirmed"})
    assert reviewer.delete(f"{INCIDENTS}/{A}/verdict?revision=1").status_code == 409
    answer = reviewer.delete(f"{INCIDENTS}/{A}/verdict?revision=2")
    assert answer.json()["revision"] == 3
    found = reviewer.get(f"{INCIDENTS}/{A}").json()
    assert found["facts"]["review"] == {"state": "pending"}
    assert [one["verdict"] for one in found["reviews"]] == ["confirmed", None]
    assert [one["action"] for one in found["revisions"]] == ["opened", "reviewed", "reviewed"]


def test_a_duplicate_names_only_what_the_operator_may_see(console: ReviewConsole) -> None:
    reviewer = console.sign_in(Role.REVIEWER, cameras=["west"])
    assert judge(reviewer, {"verdict": "duplicate", "duplicate_of": B}).status_code == 404
    assert judge(reviewer, {"verdict": "confirmed"}, incident=B).status_code == 404
    assert reviewer.get(f"{INCIDENTS}/{B}").status_code == 404
    listed = reviewer.get(INCIDENTS).json()
    assert [one["id"] for one in listed["incidents"]] == [A]
    assert listed["waiting"] == {"normal": 1}
    assert reviewer.get(f"{INCIDENTS}?camera=east").json()["incidents"] == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.RESIDENT_ADMIN])
def test_nobody_judges_whose_role_does_not(console: ReviewConsole, role: Role) -> None:
    client = console.sign_in(role)
    assert judge(client, {"verdict": "confirmed"}).status_code == 403
    assert client.delete(f"{INCIDENTS}/{A}/verdict?revision=1").status_code == 403
    body = {"hours": 1, "reason": "stall is allowed"}
    assert client.post(f"{INCIDENTS}/{A}/suppress", json=body).status_code == 403


def test_the_queue_shows_a_still_that_is_there(console: ReviewConsole) -> None:
    console.open(C, ["first-annotated.jpg", "cleared.jpg"], opened_at=NOON + timedelta(hours=1))
    listed = console.sign_in(Role.VIEWER).get(INCIDENTS).json()["incidents"]
    assert [(one["id"], one["still"]) for one in listed] == [
        (B, "warned.jpg"),
        (A, "opened.jpg"),
        (C, "cleared.jpg"),
    ]


def test_the_queue_is_read_in_pages_without_gap_or_repetition(console: ReviewConsole) -> None:
    for number in range(5):
        console.open(f"{C[:-1]}{number}", [], opened_at=NOON + timedelta(minutes=number))
    viewer = console.sign_in(Role.VIEWER)
    whole = [one["id"] for one in viewer.get(INCIDENTS).json()["incidents"]]
    pages: list[str] = []
    while True:
        before = f"&before={pages[-1]}" if pages else ""
        found = viewer.get(f"{INCIDENTS}?limit=3{before}").json()["incidents"]
        if not found:
            break
        pages += [one["id"] for one in found]
    assert pages == whole
    assert len(whole) == 7


def test_incidents_are_found_by_what_is_known_of_them(console: ReviewConsole) -> None:
    viewer = console.sign_in(Role.VIEWER)
    for query, found in QUERIES:
        listed = viewer.get(f"{INCIDENTS}?{query}").json()["incidents"]
        assert [one["id"] for one in listed] == found, query


def test_a_place_is_suppressed_and_let_speak_again(console: ReviewConsole) -> None:
    operator, viewer = console.sign_in(Role.OPERATOR), console.sign_in(Role.VIEWER)
    made = operator.post(
        f"{INCIDENTS}/{A}/suppress", json={"hours": 24, "reason": "a permit for the week"}
    )
    assert made.status_code == 201
    assert made.json()["type"] == IncidentType.MOTOR_PARKING
    row = console.audited()[-1]
    assert (row.act, row.result) == ("suppression.make", "ok; purpose: a permit for the week")
    assert [one["id"] for one in viewer.get("/api/v1/suppressions").json()] == [made.json()["id"]]
    address = f"/api/v1/suppressions/{made.json()['id']}"
    assert viewer.delete(address).status_code == 403
    assert operator.delete(address).status_code == 204
    assert operator.delete(address).status_code == 404
    assert viewer.get("/api/v1/suppressions").json() == []


def test_an_incident_without_a_place_cannot_be_suppressed(console: ReviewConsole) -> None:
    console.open(C, [], box=None, type=IncidentType.CAMERA_BLACK)
    body = {"hours": 1, "reason": "being cleaned"}
    answer = console.sign_in(Role.OPERATOR).post(f"{INCIDENTS}/{C}/suppress", json=body)
    assert answer.status_code == 422
    assert "look after the camera" in answer.json()["detail"]


def test_the_detail_says_why_there_is_no_clip_and_no_still(console: ReviewConsole) -> None:
    console.open_without_clip(C, "the camera sent nothing in time")
    found = console.sign_in(Role.VIEWER).get(f"{INCIDENTS}/{C}").json()
    assert found["media"] == []
    assert found["clip"]["state"] == "missing"
    assert found["clip"]["detail"] == "the camera sent nothing in time"
    assert found["clip"]["fault"] == "other"
    assert found["gaps"] == [{"name": "opened.jpg", "detail": "no space left on the disk"}]


def test_similar_ones_are_told_with_their_verdicts(console: ReviewConsole) -> None:
    console.open(C, opened_at=NOON + timedelta(hours=1))
    reviewer = console.sign_in(Role.REVIEWER)
    judge(reviewer, {"verdict": "rejected", "reason": "permitted"})
    (earlier,) = reviewer.get(f"{INCIDENTS}/{C}").json()["similar"]
    assert (earlier["id"], earlier["verdict"], earlier["reason"], earlier["still"]) == (
        A,
        Verdict.REJECTED,
        RejectReason.PERMITTED,
        "opened.jpg",
    )
