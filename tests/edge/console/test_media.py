"""What of evidence is served, to whom, and what is not served to anybody."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from edge.bootstrap import parts
from edge.bootstrap.web.console import accounts_path
from edge.clock import ClockState, SystemClock
from edge.console.permissions import Role
from edge.store.journal import Journal
from edge.wire.box import BoxIdentity
from edge.wire.passage import passage_message
from tests.passages import a_passage
from tests.review_console import CLIP, REDACTED, ReviewConsole
from tests.route_table import needed

SECRET = "nobody may read this"
OF_A_CAMERA = ("{incident_id}", "{passage_id}", "{camera_id}")
VALUES = {
    "{incident_id}": "theirs",
    "{passage_id}": "passage",
    "{camera_id}": "west",
    "{name}": "opened.jpg",
    "{number}": "1",
    "{find}": "1",
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/incidents/{incident_id}/hold"): {"reason": "the police asked"},
    ("POST", "/api/v1/incidents/{incident_id}/verdict"): {"revision": 1, "verdict": "confirmed"},
    ("POST", "/api/v1/incidents/{incident_id}/suppress"): {"hours": 1, "reason": "market day"},
    ("POST", "/api/v1/passages/{passage_id}/deny"): {"resident_id": "ann"},
    ("POST", "/api/v1/cameras/{camera_id}/dry-runs"): {"source": "last_hour"},
}
QUERIES: dict[tuple[str, str], dict[str, str | int]] = {
    ("DELETE", "/api/v1/incidents/{incident_id}/verdict"): {"revision": 1},
    ("DELETE", "/api/v1/incidents/{incident_id}/hold"): {"reason": "no longer needed"},
}
"""What a route needs before it asks whose camera it is; nothing where it is missing."""

PER_CAMERA = [route for route in needed() if any(part in route[1] for part in OF_A_CAMERA)]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[ReviewConsole]:
    made = ReviewConsole(tmp_path)
    made.open("theirs")
    yield made
    made.accounts.close()


def machine(console: ReviewConsole, role: Role, cameras: frozenset[str] | None) -> TestClient:
    accounts = console.services.accounts()
    name = f"{role}-{len(accounts.users())}"
    accounts.add(name, role, cameras, by="test")
    user = accounts.find(name)
    assert user is not None
    expires_at = datetime.now(UTC) + timedelta(days=1)
    client = console.client()
    secret = console.services.sessions().make_token("machine", user, role, expires_at)
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def ask(client: TestClient, route: tuple[str, str]) -> Any:
    method, path = route
    for part, value in VALUES.items():
        path = path.replace(part, value)
    return client.request(method, path, json=BODIES.get(route), params=QUERIES.get(route))


def record_passage(console: ReviewConsole) -> None:
    """Let somebody pass a gate of the camera ``west``."""
    passage = replace(a_passage("passage"), camera_id="west")
    journal = Journal(parts.journal_path(console.settings), SystemClock())
    told = partial(
        passage_message,
        passage,
        box=BoxIdentity("box-01"),
        clock=ClockState(),
        announce=frozenset(),
    )
    journal.record_passage(passage, lambda seq: told(seq=seq))
    journal.close()


@pytest.mark.parametrize("route", PER_CAMERA, ids=" ".join)
def test_whatever_is_of_another_camera_is_not_there(
    console: ReviewConsole, route: tuple[str, str]
) -> None:
    record_passage(console)
    client = machine(console, Role.ADMIN, frozenset({"east"}))
    answer = ask(client, route)
    if route[0] == "GET" and "text/html" in answer.headers.get("content-type", ""):
        assert "west" not in answer.text
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("path", ["/review", "/reports", "/gate", "/cameras", "/health"])
@pytest.mark.parametrize("cameras", [frozenset({"east"}), frozenset[str]()])
def test_no_page_shows_a_camera_that_is_not_theirs(
    console: ReviewConsole, path: str, cameras: frozenset[str]
) -> None:
    record_passage(console)
    answer = machine(console, Role.ADMIN, cameras).get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "theirs" not in answer.text
    assert ">west<" not in answer.text


def test_no_list_has_what_is_of_another_camera(console: ReviewConsole) -> None:
    record_passage(console)
    everything = machine(console, Role.ADMIN, None)
    assert (
        everything.post(
            "/api/v1/incidents/theirs/suppress", json={"hours": 1, "reason": "market day"}
        ).status_code
        == 201
    )
    client = machine(console, Role.ADMIN, frozenset({"east"}))
    assert client.get("/api/v1/incidents").json()["incidents"] == []
    assert client.get("/api/v1/passages").json()["passages"] == []
    assert client.get("/api/v1/suppressions").json() == []
    (suppression,) = everything.get("/api/v1/suppressions").json()
    assert client.delete(f"/api/v1/suppressions/{suppression['id']}").status_code == 404
    assert len(everything.get("/api/v1/suppressions").json()) == 1


@pytest.mark.parametrize(
    "attempt",
    [
        "/media/incidents/theirs/..%2f..%2f..%2fconsole.db",
        "/media/incidents/theirs/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/media/incidents/theirs/..%5c..%5csecret.txt",
        "/media/incidents/theirs/%252e%252e%252fsecret.txt",
        "/media/incidents/..%2f..%2f/secret.txt",
        "/media/incidents/%2e%2e/%2e%2e/secret.txt",
        "/media/incidents/theirs/%2fetc%2fpasswd",
        "/media/incidents//etc/passwd",
        "/media/incidents/theirs/opened.jpg%00.txt",
        "/media/incidents/theirs/manifest.json",
        "/static/..%2fcaller.py",
        "/static/%2e%2e/caller.py",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
    ],
)
def test_no_address_leads_out_of_the_evidence(console: ReviewConsole, attempt: str) -> None:
    (console.home / "secret.txt").write_text(SECRET, encoding="utf-8")
    answer = console.sign_in(Role.ADMIN).get(attempt)
    assert answer.status_code == 404
    assert SECRET not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("clear", [False, True])
def test_a_link_out_of_the_evidence_is_not_followed(console: ReviewConsole, clear: bool) -> None:
    secret = console.home / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    still = next(console.services.evidence_folder.rglob("theirs/opened.jpg"))
    still.unlink()
    still.symlink_to(secret)
    words = "?clear=true&reason=look+again" if clear else ""
    answer = console.sign_in(Role.ADMIN).get(f"/media/incidents/theirs/opened.jpg{words}")
    assert answer.status_code == 503
    assert SECRET not in answer.text


@pytest.mark.parametrize("name", ["opened.jpg", CLIP])
def test_what_is_shown_is_redacted_unless_somebody_says_why_not(
    console: ReviewConsole, name: str
) -> None:
    client = console.sign_in(Role.OPERATOR)
    address = f"/media/incidents/theirs/{name}"
    assert client.get(address).content.endswith(REDACTED)
    assert client.get(f"{address}?clear=true").status_code == 422
    clear = client.get(f"{address}?clear=true&reason=plate+for+the+police")
    assert clear.status_code == 200
    assert REDACTED not in clear.content
    assert clear.headers["cache-control"] == "private, no-store"
    row = console.audited()[-1]
    assert (row.actor, row.act, row.subject) == (
        "operator",
        "media.clear",
        f"incident theirs {name}",
    )
    assert "plate for the police" in row.result


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_not_see_faces_gets_none_for_any_reason(console: ReviewConsole, role: Role) -> None:
    answer = console.sign_in(role).get(
        "/media/incidents/theirs/opened.jpg?clear=true&reason=plate+for+the+police"
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/media/incidents/theirs/opened.jpg?clear=true&reason=police", None),
        ("POST", "/api/v1/incidents/theirs/hold", {"reason": "police"}),
        ("POST", "/api/v1/incidents/theirs/suppress", {"hours": 1, "reason": "market"}),
        (
            "POST",
            "/api/v1/incidents/theirs/verdict",
            {"revision": 1, "verdict": "rejected", "reason": "permitted"},
        ),
        ("GET", "/api/v1/incidents/theirs/export.zip", None),
        ("POST", "/api/v1/tokens", {"name": "x", "role": "viewer"}),
    ],
)
def test_what_cannot_be_audited_is_neither_done_nor_shown(
    console: ReviewConsole, method: str, path: str, body: Any
) -> None:
    client = console.sign_in(Role.ADMIN)
    direct = sqlite3.connect(accounts_path(console.settings))
    direct.execute("ALTER TABLE audit RENAME TO elsewhere")
    direct.commit()
    direct.close()
    answer = client.request(method, path, json=body)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
    reviews = console.services.reviews()
    head = reviews.head("theirs")
    assert head is not None
    assert head.revision == 1
    assert reviews.suppressions() == []
    assert console.services.evidence().held("theirs") is None
    assert console.services.sessions().tokens() == []
