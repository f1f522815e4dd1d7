"""Reports over HTTP: figures, files, and terms that are tried before they hold."""

import csv
import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from edge.console.permissions import Role
from tests.console_app import CONFIGURATION, Console
from tests.judged import add, judge_twelve

TRIAL = {"camera_id": "west", "zone_id": "curb", "type": "motor_parking", "term": "confidence"}
REPORTS, PROPOSALS = "/api/v1/reports", "/api/v1/proposals"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    console = Console(tmp_path)
    judge_twelve(console)
    add(console, "unseen", "rejected", camera_id="secret", score=0.5)
    return console


def acts(console: Console) -> list[tuple[str, str]]:
    rows = console.accounts.connection.execute("SELECT act, result FROM audit ORDER BY number")
    return [tuple(row) for row in rows if row[0].startswith(("proposal", "report", "outbox"))]


def begun(admin: TestClient) -> int:
    answer = admin.post(PROPOSALS, json=TRIAL)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_figures_are_told_for_the_cameras_that_one_may_see(console: Console) -> None:
    auditor = console.sign_in(Role.AUDITOR, cameras=["west"])
    found = auditor.get(REPORTS, params={"days": 7}).json()
    (rule,) = found["precision"]
    assert (rule["camera_id"], rule["incidents"], rule["right"], rule["judged"]) == (
        "west",
        12,
        6,
        12,
    )
    assert rule["precision"] == 0.5
    assert rule["low_95"] == pytest.approx(0.2538, abs=1e-4)
    assert found["reasons"] == [{"reason": "permitted", "incidents": 6}]
    assert found["places"] == [{"place": "west / curb", "incidents": 12}]
    assert sum(one["incidents"] for one in found["incidents_by_hour"]) == 12


def test_the_page_has_charts_that_can_be_read_as_tables(console: Console) -> None:
    page = console.sign_in(Role.ADMIN).get("/reports").text
    assert page.count('role="img"') == page.count("<title id=") == page.count("<desc id=") == 5
    assert page.count("<details") == 5
    assert "25\N{EN DASH}75 %" in page
    assert 'data-precision="secret/motor_parking"' in page


def test_a_file_has_the_figures_and_no_formula(console: Console) -> None:
    add(console, "evil", "confirmed", place='=HYPERLINK("http://a.example")')
    admin = console.sign_in(Role.ADMIN)
    answer = admin.get(f"{REPORTS}/export", params={"file": "csv", "table": "places"})
    assert answer.headers["content-disposition"].endswith('-places-30d.csv"')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["place", "incidents"]
    assert ['\'=HYPERLINK("http://a.example")', "1"] in rows
    book = load_workbook(
        io.BytesIO(admin.get(f"{REPORTS}/export", params={"file": "xlsx"}).content)
    )
    assert book.sheetnames[0] == "precision"
    cells = [cell for row in book["places"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert acts(console) == [("report.export", "ok")] * 2


def test_who_may_not_export_gets_no_file(console: Console) -> None:
    viewer = console.sign_in(Role.VIEWER)
    assert viewer.get(f"{REPORTS}/export", params={"file": "csv"}).status_code == 403


@pytest.mark.parametrize("query", [{"file": "pdf"}, {"file": "csv", "days": 91}, {}])
def test_an_unknown_export_is_refused(console: Console, query: dict[str, str]) -> None:
    admin = console.sign_in(Role.ADMIN)
    assert admin.get(f"{REPORTS}/export", params=query).status_code == 422


def test_an_unknown_table_is_named(console: Console) -> None:
    answer = console.sign_in(Role.ADMIN).get(
        f"{REPORTS}/export", params={"file": "csv", "table": "salaries"}
    )
    assert answer.status_code == 404
    assert "passages_by_hour" in answer.json()["detail"]


def test_a_suggestion_is_tried_then_applied_to_the_configuration(console: Console) -> None:
    admin = console.sign_in(Role.ADMIN)
    number = begun(admin)
    (listed,) = admin.get(PROPOSALS).json()
    assert (listed["state"], listed["suggestion"]["value"]) == ("shadow", 0.7)
    checked = admin.get(f"{PROPOSALS}/{number}/check").json()
    assert checked["problems"] == []
    assert "+" in checked["diff"]
    assert "confidence: 0.7" in checked["diff"]
    assert (console.home / "gridwatch.yaml").read_text() == CONFIGURATION
    answer = admin.post(f"{PROPOSALS}/{number}/apply")
    assert answer.status_code == 200, answer.text
    written = (console.home / "gridwatch.yaml").read_text()
    assert "confidence: 0.7" in written
    assert "# agreed with the shops" in written
    assert admin.get(PROPOSALS).json()[0]["state"] == "applied"
    again = admin.post(f"{PROPOSALS}/{number}/apply")
    assert again.status_code == 409
    assert acts(console) == [("proposal.try", "ok"), ("proposal.apply", "ok")]


def test_what_the_verdicts_no_longer_suggest_is_not_tried(console: Console) -> None:
    admin = console.sign_in(Role.ADMIN)
    begun(admin)
    assert admin.post(PROPOSALS, json=TRIAL).status_code == 409
    assert admin.post(PROPOSALS, json=TRIAL | {"zone_id": "road"}).status_code == 409


def test_a_proposal_whose_rule_is_gone_is_not_applied_and_the_audit_says_so(
    console: Console,
) -> None:
    admin = console.sign_in(Role.ADMIN)
    number = begun(admin)
    other = CONFIGURATION.replace("motor_parking", "road_trading")
    (console.home / "gridwatch.yaml").write_text(other)
    assert admin.get(f"{PROPOSALS}/{number}/check").status_code == 409
    answer = admin.post(f"{PROPOSALS}/{number}/apply")
    assert answer.status_code == 409
    assert "drop the proposal" in answer.json()["detail"]
    assert acts(console)[1:] == [("proposal.apply", "ok"), ("proposal.apply", "refused")]
    assert admin.post(f"{PROPOSALS}/{number}/drop").status_code == 204
    assert admin.get(PROPOSALS).json()[0]["state"] == "dropped"
    assert admin.post(f"{PROPOSALS}/{number}/drop").status_code == 409


def test_proposals_of_cameras_that_one_may_not_see_do_not_exist(console: Console) -> None:
    number = begun(console.sign_in(Role.ADMIN))
    operator = console.sign_in(Role.AUDITOR, cameras=["east"])
    assert operator.get(PROPOSALS).json() == []
    assert operator.post(f"{PROPOSALS}/{number}/apply").status_code == 403
    assert console.sign_in(Role.ADMIN).post(f"{PROPOSALS}/999/apply").status_code == 404
