import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from edge.console.permissions import TABLE, Permission, Role
from edge.console.routes import UnguardedRouteError, guarded
from tests.console_app import Console
from tests.route_table import Route, needed

NEEDED = needed()
SECURITY_PAGE = Path(__file__).resolve().parents[3] / "docs" / "security.md"
UNENDING = {("GET", "/api/v1/events")}
"""Whoever is let in there stays; what a refusal is can be asked."""

REFUSED = {401, 403}
VALUES = {"state_id": "1", "number": "1", "find": "1", "suppression_id": "1", "proposal_id": "1"}
P = Permission
EXPECTED = {
    Role.VIEWER: {P.OWN_ACCOUNT, P.SEE_INCIDENTS, P.SEE_HEALTH, P.SEE_REPORTS},
    Role.REVIEWER: {
        *(P.OWN_ACCOUNT, P.SEE_INCIDENTS, P.SEE_HEALTH, P.SEE_REPORTS),
        *(P.REVIEW, P.VERIFY),
    },
    Role.OPERATOR: {
        *(P.OWN_ACCOUNT, P.SEE_INCIDENTS, P.SEE_HEALTH, P.SEE_REPORTS, P.REVIEW, P.VERIFY),
        *(P.SEE_CLEAR, P.SUPPRESS, P.HOLD, P.SEE_GATE, P.SEE_FACES, P.DENY_MATCH),
        *(P.SEE_LIVE, P.SEE_CAMERAS, P.EXPORT),
    },
    Role.RESIDENT_ADMIN: {
        *(P.OWN_ACCOUNT, P.SEE_HEALTH, P.SEE_RESIDENTS, P.CHANGE_RESIDENTS, P.SEE_FACES),
    },
    Role.ADMIN: set(Permission) - {P.SEE_AUDIT},
    Role.AUDITOR: {
        *(P.OWN_ACCOUNT, P.SEE_AUDIT, P.SEE_REPORTS, P.SEE_HEALTH, P.EXPORT, P.VERIFY),
    },
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(tmp_path_factory.mktemp("console"))


def machine(console: Console, role: Role) -> TestClient:
    """Return a machine of a role: it has no session that a route could end."""
    accounts, sessions = console.services.accounts(), console.services.sessions()
    if accounts.find(role) is None:
        accounts.add(role, role, None, by="test")
    user = accounts.find(role)
    assert user is not None
    expires_at = console.services.clock.utc() + timedelta(days=1)
    client = console.client()
    secret = sessions.make_token("machine", user, role, expires_at)
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def ask(client: TestClient, route: Route) -> int:
    method, path = route
    filled = re.sub(r"{(\w+)}", lambda part: VALUES.get(part[1], "nothing"), path)
    return client.request(method, filled).status_code


def test_each_role_may_do_what_was_decided() -> None:
    assert {role: set(TABLE[role]) for role in Role} == EXPECTED


def test_the_page_about_security_has_the_same_table() -> None:
    page = SECURITY_PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", page, re.M)
    written = {Role(role): set(re.findall(r"`(\w+)`", permissions)) for role, permissions in rows}
    assert written == {role: set(map(str, TABLE[role])) for role in Role}


def test_every_route_needs_what_the_table_says(console: Console) -> None:
    found = {
        (method, path): None if guard is None else frozenset(guard.permissions)
        for method, path, guard in guarded(console.app)
    }
    assert found == NEEDED


def test_a_route_that_nobody_guards_is_noticed() -> None:
    app = FastAPI()
    app.add_api_route("/open", lambda: None)
    with pytest.raises(UnguardedRouteError, match="/open"):
        list(guarded(app))


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_exactly_what_it_may_not_do(console: Console, role: Role) -> None:
    client = machine(console, role)
    let_in = {
        route: needs is None or needs <= EXPECTED[role]
        for route, needs in NEEDED.items()
        if route not in UNENDING or (needs and not needs <= EXPECTED[role])
    }
    assert {route: ask(client, route) not in REFUSED for route in let_in} == let_in


def test_who_is_nobody_comes_to_public_routes_alone(console: Console) -> None:
    client = console.client()
    closed = {route for route in NEEDED if ask(client, route) == 401}
    assert closed == {route for route, needs in NEEDED.items() if needs is not None}


def test_who_must_change_their_password_can_do_nothing_else(console: Console) -> None:
    secret = console.accounts.add("new", Role.ADMIN, None, by="test")
    client = console.client()
    signed_in = client.post("/api/v1/login", json={"name": "new", "password": secret})
    assert signed_in.status_code == 204
    own = frozenset({Permission.OWN_ACCOUNT})
    others = [route for route, needs in NEEDED.items() if needs not in (None, own)]
    reading = [route for route in others if route[0] == "GET"]
    assert {route: ask(client, route) for route in reading} == dict.fromkeys(reading, 403)
    assert client.get("/account").status_code == 200


def test_a_refusal_is_audited(tmp_path: Path) -> None:
    console = Console(tmp_path)
    assert ask(machine(console, Role.VIEWER), ("GET", "/api/v1/users")) == 403
    row = console.accounts.audit_rows(limit=1)[0]
    assert (row.actor, row.act, row.subject, row.result) == (
        "viewer/machine",
        "refused",
        "/api/v1/users",
        "change_users",
    )
