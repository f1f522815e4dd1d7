"""Evidence over the API: verified, held, exported."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from edge.console.permissions import Role
from edge.domain.rule import IncidentType
from edge.evidence.signing import open_authenticator
from edge.evidence.verification import Fault, verify_folder
from tests.exhibits import A, B
from tests.review_console import CLIP, REDACTED, STILLS, ReviewConsole

INCIDENT = f"/api/v1/incidents/{A}"
FILES = {*STILLS, CLIP}


@pytest.fixture
def console(tmp_path: Path) -> ReviewConsole:
    made = ReviewConsole(tmp_path)
    made.open(A)
    return made


def unpacked(content: bytes, folder: Path) -> Mapping[str, bytes]:
    """Unpack an archive; return what lies beside the incident's folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def test_evidence_as_it_was_signed_is_sound_file_by_file(console: ReviewConsole) -> None:
    answer = console.sign_in(Role.REVIEWER).post(f"{INCIDENT}/verify").json()
    assert answer["sound"]
    assert answer["key"] == console.exhibits.signer.fingerprint
    assert {one["name"]: one["state"] for one in answer["files"]} == dict.fromkeys(
        FILES, "as_signed"
    )
    row = console.audited()[-1]
    assert (row.act, row.subject, row.result) == ("evidence.verify", f"incident {A}", "sound")


def test_one_changed_byte_is_found_and_named(console: ReviewConsole) -> None:
    auditor = console.sign_in(Role.AUDITOR)
    for name in FILES:
        path = console.exhibits.folder_of(A) / name
        content = path.read_bytes()
        path.write_bytes(content[:7] + bytes([content[7] ^ 1]) + content[8:])
        answer = auditor.post(f"{INCIDENT}/verify").json()
        assert not answer["sound"]
        states = {one["name"]: one["state"] for one in answer["files"]}
        assert states == {**dict.fromkeys(FILES, "as_signed"), name: Fault.CHANGED}
        assert console.audited()[-1].result == "changed"
        path.write_bytes(content)


def test_a_viewer_does_not_verify_and_nobody_verifies_what_they_may_not_see(
    console: ReviewConsole,
) -> None:
    assert console.sign_in(Role.VIEWER).post(f"{INCIDENT}/verify").status_code == 403
    elsewhere = console.sign_in(Role.REVIEWER, cameras=["east"])
    assert elsewhere.post(f"{INCIDENT}/verify").status_code == 404


def test_evidence_is_held_with_a_reason_and_released_with_one(console: ReviewConsole) -> None:
    operator = console.sign_in(Role.OPERATOR)
    assert operator.post(f"{INCIDENT}/hold", json={"reason": ""}).status_code == 422
    held = operator.post(f"{INCIDENT}/hold", json={"reason": "asked for by the court"})
    assert held.status_code == 201
    assert operator.get(INCIDENT).json()["hold"] == held.json()
    assert operator.post(f"{INCIDENT}/hold", json={"reason": "again"}).status_code == 409
    assert operator.delete(f"{INCIDENT}/hold").status_code == 422
    assert operator.delete(f"{INCIDENT}/hold?reason=case+closed").status_code == 204
    assert operator.delete(f"{INCIDENT}/hold?reason=case+closed").status_code == 409
    assert operator.get(INCIDENT).json()["hold"] is None
    acts = [(row.act, row.result) for row in console.audited() if row.act.startswith("evidence.")]
    assert acts == [
        ("evidence.hold", "ok; purpose: asked for by the court"),
        ("evidence.hold", "ok; purpose: again"),
        ("evidence.hold", "refused; purpose: again"),
        ("evidence.release", "ok; purpose: case closed"),
        ("evidence.release", "ok; purpose: case closed"),
        ("evidence.release", "refused; purpose: case closed"),
    ]


def test_a_reviewer_neither_holds_nor_exports(console: ReviewConsole) -> None:
    reviewer = console.sign_in(Role.REVIEWER)
    assert reviewer.post(f"{INCIDENT}/hold", json={"reason": "for me"}).status_code == 403
    assert reviewer.get(f"{INCIDENT}/export.zip").status_code == 403


def test_an_archive_is_redacted_unless_somebody_says_why_not(
    console: ReviewConsole, tmp_path: Path
) -> None:
    answer = console.sign_in(Role.AUDITOR).get(f"{INCIDENT}/export.zip")
    assert answer.status_code == 200
    assert f'filename="{A}-redacted.zip"' in answer.headers["content-disposition"]
    papers = unpacked(answer.content, tmp_path / "out")
    folder = tmp_path / "out" / A
    assert {one.name for one in folder.iterdir()} == {*FILES, "manifest.json"}
    assert all((folder / name).read_bytes().endswith(REDACTED) for name in FILES)
    assert set(papers) == {
        "box.pub",
        "original-manifest.json",
        "summary.en.html",
        "summary.zh-CN.html",
    }
    assert console.audited()[-1].act == "evidence.export"


def test_a_redacted_archive_is_verified_with_the_key_in_it_and_leads_to_the_originals(
    console: ReviewConsole, tmp_path: Path
) -> None:
    answer = console.sign_in(Role.OPERATOR).get(f"{INCIDENT}/export.zip")
    unpacked(answer.content, tmp_path / "out")
    folder, key = tmp_path / "out" / A, open_authenticator(tmp_path / "out" / "box.pub")
    found = verify_folder(folder, key)
    assert (found.files, found.problems) == (4, ())
    manifest = json.loads((folder / "manifest.json").read_bytes())
    original = json.loads((tmp_path / "out" / "original-manifest.json").read_bytes())
    assert {one["name"]: one["redaction_of"] for one in manifest["files"]} == {
        one["name"]: one["sha256"] for one in original["files"]
    }
    (folder / CLIP).write_bytes(b"another film")
    (problem,) = verify_folder(folder, key).problems
    assert (problem.fault, problem.name) == (Fault.CHANGED, CLIP)


def test_a_clear_archive_has_the_originals_and_the_reason_is_on_record(
    console: ReviewConsole, tmp_path: Path
) -> None:
    operator, auditor = console.sign_in(Role.OPERATOR), console.sign_in(Role.AUDITOR)
    assert operator.get(f"{INCIDENT}/export.zip?clear=1").status_code == 422
    refused = auditor.get(f"{INCIDENT}/export.zip?clear=1&reason=curious")
    assert refused.status_code == 403
    answer = operator.get(f"{INCIDENT}/export.zip?clear=1&reason=asked+by+the+court")
    assert answer.status_code == 200
    row = console.audited()[-1]
    assert (row.act, row.result) == ("evidence.export_clear", "ok; purpose: asked by the court")
    unpacked(answer.content, tmp_path / "out")
    key = open_authenticator(tmp_path / "out" / "box.pub")
    assert verify_folder(tmp_path / "out" / A, key).problems == ()
    assert not console.redactions.asked


@pytest.fixture
def twice_seen(console: ReviewConsole) -> ReviewConsole:
    """Have a second camera see the incident too: ``south`` has the last word and one picture."""
    console.exhibits.opened[A] = replace(console.exhibits.opened[A], camera_id="south")
    console.exhibits.add(A, "cleared.jpg")
    return console


@pytest.mark.parametrize("query", ["", "?clear=1&reason=asked+by+the+court"])
def test_who_sees_some_cameras_gets_an_archive_that_is_whole_and_tells_of_no_other(
    twice_seen: ReviewConsole, tmp_path: Path, query: str
) -> None:
    operator = twice_seen.sign_in(Role.OPERATOR, cameras=["south"])
    (twice_seen.exhibits.folder_of(A) / "first.jpg").write_bytes(b"forged")
    answer = operator.get(f"{INCIDENT}/export.zip{query}")
    papers = unpacked(answer.content, tmp_path / "out")
    folder, key = tmp_path / "out" / A, open_authenticator(tmp_path / "out" / "box.pub")
    found = verify_folder(folder, key)
    assert (found.files, found.problems) == (1, ())
    assert {one.name for one in folder.iterdir()} == {"cleared.jpg", "manifest.json"}
    everything = b"".join([*papers.values(), (folder / "manifest.json").read_bytes()])
    for name in (b"first.jpg", b"clip.mp4", b"west"):
        assert name not in everything


def test_a_manifest_for_some_cameras_vouches_for_no_file_that_was_changed(
    twice_seen: ReviewConsole, tmp_path: Path
) -> None:
    operator = twice_seen.sign_in(Role.OPERATOR, cameras=["south"])
    (twice_seen.exhibits.folder_of(A) / "cleared.jpg").write_bytes(b"forged")
    answer = operator.get(f"{INCIDENT}/export.zip?clear=1&reason=asked+by+the+court")
    unpacked(answer.content, tmp_path / "out")
    key = open_authenticator(tmp_path / "out" / "box.pub")
    (problem,) = verify_folder(tmp_path / "out" / A, key).problems
    assert (problem.fault, problem.name) == (Fault.CHANGED, "cleared.jpg")


def test_an_archive_is_asked_for_again_while_its_clip_is_being_redacted(
    console: ReviewConsole,
) -> None:
    operator = console.sign_in(Role.OPERATOR)
    console.redactions.clips_ready = False
    answer = operator.get(f"{INCIDENT}/export.zip")
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "2")
    console.redactions.clips_ready = True
    assert operator.get(f"{INCIDENT}/export.zip").status_code == 200


def test_nothing_clear_leaves_when_it_cannot_be_redacted(console: ReviewConsole) -> None:
    console.redactions.failure = "there is no network that finds faces"
    answer = console.sign_in(Role.OPERATOR).get(f"{INCIDENT}/export.zip")
    assert answer.status_code == 503
    assert "no network that finds faces" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("kind", "covered"), [(IncidentType.MOTOR_PARKING, False), (IncidentType.SHOP_OVERFLOW, True)]
)
def test_plates_stay_only_where_the_rule_is_about_vehicles(
    console: ReviewConsole, kind: IncidentType, covered: bool
) -> None:
    console.open(B, ["opened.jpg"], type=kind)
    console.sign_in(Role.OPERATOR).get(f"/api/v1/incidents/{B}/export.zip")
    assert console.redactions.asked == [("opened.jpg", covered)]


def test_a_summary_says_in_both_languages_what_it_is_and_how_to_verify_it(
    console: ReviewConsole, tmp_path: Path
) -> None:
    (console.exhibits.folder_of(A) / "first.jpg").write_bytes(b"forged")
    answer = console.sign_in(Role.OPERATOR).get(f"{INCIDENT}/export.zip")
    papers = unpacked(answer.content, tmp_path / "out")
    english, chinese = papers["summary.en.html"].decode(), papers["summary.zh-CN.html"].decode()
    assert "Vehicle parked" in english
    assert "机动车乱停放" in chinese
    for text in (english, chinese):
        assert f'src="{A}/opened.jpg"' in text
        assert f"gridwatch evidence verify {A} --key box.pub" in text
        assert console.exhibits.signer.fingerprint in text
    assert "first.jpg: Was changed after it was signed" in english


def test_an_archive_leaves_nothing_on_the_disk(console: ReviewConsole) -> None:
    console.sign_in(Role.OPERATOR).get(f"{INCIDENT}/export.zip")
    assert not list((console.home / "evidence" / ".drafts").glob("tmp*"))
    assert not list((console.home / "evidence").rglob("*.zip"))
