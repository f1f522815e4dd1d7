"""The list of cameras and what a rule can say, as API and as pages."""

from pathlib import Path

import pytest

from edge.bootstrap.camera import street
from edge.console.permissions import Role
from edge.console.rule_form import FORM, Kind, defaults
from edge.domain.rule import IncidentType
from edge.rules import RULES
from edge.settings.street import Exemption, Rule, Window
from tests.console_app import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_the_form_asks_for_every_key_that_a_rule_may_have() -> None:
    keys = {field.alias or name for name, field in Rule.model_fields.items()}
    assert {one.key for one in FORM} == keys - {"type"}


def test_the_form_says_what_a_rule_does_without_a_key() -> None:
    for name, usual in defaults().items():
        kind = IncidentType(name)
        terms = street._terms(RULES[kind].terms, Rule(type=kind), (), lambda *_: "")
        for one in FORM:
            if one.term is not None:
                assert usual[one.key] == getattr(terms, one.term), (kind, one.key)


def test_rows_of_hours_and_permits_have_what_the_form_asks(console: Console) -> None:
    script = Path("edge/console/static/rule_form.js").read_text(encoding="utf-8")
    asked = {name for name in Exemption.model_fields if f'"{name}"' in script}
    assert asked == set(Exemption.model_fields) - {"polygon"}
    assert set(Window.model_fields) == {"days", "hours"}


def test_the_api_lists_cameras_with_their_state_and_the_keys_of_rules(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    east, west = client.get("/api/v1/cameras").json()
    assert (east["id"], east["state"], east["gate"], east["rules"]) == ("east", "online", True, 0)
    assert (west["id"], west["detail"], west["zones"]) == ("west", "sent nothing in time", 1)
    answer = client.get("/api/v1/rule-types").json()
    assert answer["defaults"]["motor_parking"]["dwell"] == 300
    assert {"key": "schedule", "kind": Kind.WINDOWS, "usual": True} in answer["keys"]


def test_whoever_sees_one_camera_sees_no_other(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR, cameras=["west"])
    assert [one["id"] for one in client.get("/api/v1/cameras").json()] == ["west"]
    listed = client.get("/cameras").text
    assert "/cameras/west" in listed
    assert "/cameras/east" not in listed
    assert client.get("/cameras/west").status_code == 200
    assert client.get("/cameras/east").status_code == 404


def test_an_operator_looks_and_an_administrator_changes(console: Console) -> None:
    seen = console.sign_in(Role.OPERATOR).get("/cameras/west").text
    assert 'data-change="false"' in seen
    assert "data-dry-run" not in seen
    changed = console.sign_in(Role.ADMIN).get("/cameras/west").text
    assert 'data-change="true"' in changed
    assert "data-dry-run" in changed


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.AUDITOR, Role.RESIDENT_ADMIN])
def test_others_do_not_see_cameras(console: Console, role: Role) -> None:
    client = console.sign_in(role)
    for path in ("/cameras", "/cameras/west", "/api/v1/cameras", "/api/v1/rule-types"):
        assert client.get(path).status_code == 403, path


def test_a_file_that_became_wrong_says_so_on_the_page(console: Console) -> None:
    (console.home / "gridwatch.yaml").write_text("cameras: 7\n", encoding="utf-8")
    answer = console.sign_in(Role.ADMIN).get("/cameras")
    assert answer.status_code == 200
    assert "cannot be read; correct it on the box" in answer.text
    assert "gridwatch.yaml:1: cameras" in answer.text
