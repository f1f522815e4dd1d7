"""Whatever is sent to the API, the answer is one that its description knows, and no fault."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from edge.bench.large_store import build
from edge.console.app import create_app
from edge.console.openapi import describe
from edge.console.people import EnrolmentOutcome, PhotoJudgement
from edge.console.permissions import Role
from tests.console_app import Console

EXAMPLES = 12
"""Of each operation; all of them take about half a minute."""

UNENDING = {"/api/v1/events", "/api/v1/cameras/{camera_id}/live.mjpg"}
STARTS_WORK = {"/api/v1/cameras/{camera_id}/dry-runs"}
"""Only for cameras that are not there: here is nothing that would run them."""

SERVER_ERROR = 500


class FakeEnrolment:
    """Takes nobody."""

    def judge_photo(self, name: str, content: bytes) -> PhotoJudgement:
        return PhotoJudgement(name, "no_picture", None)

    def enrol(self, *_: Any, **__: Any) -> EnrolmentOutcome:
        return EnrolmentOutcome(False, "no photo can be used", ())


class Api:
    """The API on a filled store, asked by a machine that may do everything it describes."""

    def __init__(self, home: Path) -> None:
        build(home / "journal.db", incidents=300, passages=300)
        console = Console(home)
        people = replace(console.services.people, enrolment=FakeEnrolment())
        console.services = replace(console.services, people=people)
        self.app = create_app(console.services)
        self.document = describe(self.app)
        accounts, sessions = console.services.accounts(), console.services.sessions()
        accounts.add("root", Role.ADMIN, None, by="test")
        self.clients: dict[str, TestClient] = {}
        for role in (Role.ADMIN, Role.AUDITOR):
            accounts.add(role, role, None, by="test")
            user = accounts.find(role)
            assert user is not None
            expires_at = console.services.clock.utc() + timedelta(days=1)
            # Errors of the server are answers here, not exceptions.
            client = TestClient(self.app, raise_server_exceptions=False)
            secret = sessions.make_token("machine", user, role, expires_at)
            client.headers["Authorization"] = f"Bearer {secret}"
            self.clients[role] = client
        incidents = self.clients[Role.ADMIN].get("/api/v1/incidents").json()["incidents"]
        passages = self.clients[Role.ADMIN].get("/api/v1/passages").json()["passages"]
        self.known = {
            "incident_id": [one["id"] for one in incidents],
            "passage_id": [one["id"] for one in passages],
            "camera_id": ["east", "west"],
            "name": ["auditor"],
            "state_id": ["1"],
            "number": ["1"],
        }

    def client(self, path: str) -> TestClient:
        """Return who may ask for a path: the audit is the auditor's."""
        return self.clients[Role.AUDITOR if "/audit" in path else Role.ADMIN]

    def operations(self) -> list[tuple[str, str]]:
        return [
            (method, path)
            for path, operations in self.document["paths"].items()
            for method in operations
            if path not in UNENDING
        ]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    made = Api(tmp_path_factory.mktemp("fuzzed"))
    with made.clients[Role.ADMIN], made.clients[Role.AUDITOR]:  # one thread for all requests
        yield made


def test_stores_are_filled(api: Api) -> None:
    assert api.known["incident_id"]
    assert api.known["passage_id"]


def test_every_operation_is_described(api: Api) -> None:
    operations = [one for path in api.document["paths"].values() for one in path.values()]
    assert len(operations) > 60
    for one in operations:
        assert one["summary"]
        assert {"422", "503"} <= one["responses"].keys()
        assert one["security"] == [] or {"token": []} in one["security"]
    assert api.client("").get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


@pytest.mark.timeout(300)
def test_nothing_that_is_sent_makes_the_server_fail(api: Api) -> None:
    schema = schemathesis.openapi.from_dict(_generated_from(api.document))
    faults: list[str] = []
    asked: set[tuple[str, str]] = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path not in UNENDING:
            asked.add((operation.method, operation.path))
            _ask(api, operation, faults)
    assert asked == set(api.operations())
    assert "\n".join(faults) == ""


def _ask(api: Api, operation: Any, faults: list[str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), known=st.randoms(use_true_random=False))
    def ask(case: Any, known: Any) -> None:
        path = _path(api, operation.path, case.path_parameters or {}, known)
        answer = api.client(path).request(
            operation.method, path, **_request(case, str(case.media_type or ""))
        )
        fault = _fault(api, operation.method, operation.path, answer)
        if fault:
            faults.append(f"{operation.method} {path}: {fault}")

    ask()


def _generated_from(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description whose films are any bytes: those are what can be made up."""
    text = json.dumps(document)
    made: dict[str, Any] = json.loads(text.replace('"video/*"', '"application/octet-stream"'))
    return made


def _path(api: Api, path: str, parameters: dict[str, Any], known: Any) -> str:
    """Return a path with values that were made up or, every other time, that there are."""
    for name, value in parameters.items():
        if name in api.known and path not in STARTS_WORK and known.random() < 0.5:
            filled = known.choice(api.known[name])
        else:
            filled = quote(str(value), safe="", errors="surrogatepass") or "-"
        path = path.replace(f"{{{name}}}", filled)
    return path


def _request(case: Any, media_type: str) -> dict[str, Any]:
    query = {
        name: value
        for name, value in (case.query or {}).items()
        if value is not None and not isinstance(value, dict)
    }
    sent: dict[str, Any] = {"params": query}
    if isinstance(case.body, schemathesis.core.NotSet):
        return sent
    if media_type == "application/json":
        sent["json"] = case.body
    elif media_type == "multipart/form-data" and isinstance(case.body, dict):
        sent["files"] = [
            (name, (None if isinstance(one, str) else "p.jpg", _bytes(one)))
            for name, value in case.body.items()
            for one in (value if isinstance(value, list) else [value])
        ]
    else:
        sent["content"] = _bytes(case.body)
    return sent


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


def _fault(api: Api, method: str, path: str, answer: Any) -> str:
    """Return what is wrong with an answer, empty if it is as described."""
    status = answer.status_code
    if status >= SERVER_ERROR:
        return f"{status} {answer.text[:200]}"
    if status in {404, 405} and answer.json().get("detail") in {"Not Found", "Method Not Allowed"}:
        return ""  # a made-up value led to another path
    described = api.document["paths"][path][method]["responses"].get(str(status))
    if described is None:
        return f"{status} is not described: {answer.text[:200]}"
    media = answer.headers.get("content-type", "").partition(";")[0]
    content = described.get("content", {})
    if not content:
        return "" if not answer.content else f"{status} has content"
    if media not in content and "application/octet-stream" not in content:
        return f"{status} is {media}, described are {', '.join(content)}"
    if media != "application/json":
        return ""
    schema = {**content[media].get("schema", {}), "components": api.document["components"]}
    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(answer.json())), None)
    return f"{status} is not as described: {error.message}" if error else ""
