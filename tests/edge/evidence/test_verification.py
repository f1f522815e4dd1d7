"""A box's evidence as it lies on the disk, and what happens to it."""

import json
import os
import stat
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.evidence.folder import EvidenceFolder
from edge.evidence.manifest import MANIFEST, ManifestWriter
from edge.evidence.signing import Authenticator, open_authenticator, open_signer
from edge.evidence.verification import (
    Fault,
    Verified,
    folders_below,
    verify_folder,
    verify_incident,
)
from edge.store.kept import Gap
from tests.conftest import FakeClock
from tests.exhibits import A, B, Exhibits


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Exhibits:
    box = Exhibits(tmp_path, clock)
    box.open(A, ["opened.jpg", "opened-annotated.jpg"])
    return box


def faults(found: Verified) -> list[tuple[str, str]]:
    return [(one.fault, one.name) for one in found.problems]


def test_what_the_box_has_signed_is_found_as_it_was(box: Exhibits) -> None:
    found = verify_folder(box.folder_of(A), box.authenticator)
    assert (found.incident_id, found.files, found.problems) == (A, 2, ())
    manifest = json.loads((box.folder_of(A) / MANIFEST).read_bytes())
    assert manifest["camera_id"] == "street-01"
    assert manifest["rule"]["name"] == "motor_parking"
    assert [one["action"] for one in manifest["revisions"]] == ["opened"]
    assert "synced" in manifest["clock"]


@pytest.mark.parametrize("name", ["opened.jpg", MANIFEST])
def test_one_byte_is_found_wherever_it_is_changed(box: Exhibits, name: str) -> None:
    path = box.folder_of(A) / name
    right = path.read_bytes()
    step = max(len(right) // 60, 1)
    for at in range(0, len(right), step):
        path.write_bytes(right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :])
        assert not verify_folder(box.folder_of(A), box.authenticator).sound, at
    path.write_bytes(right)
    assert verify_folder(box.folder_of(A), box.authenticator).sound


def test_what_is_missing_and_what_is_too_much_is_named(box: Exhibits) -> None:
    (box.folder_of(A) / "opened.jpg").unlink()
    (box.folder_of(A) / "other.jpg").write_bytes(b"jpeg")
    found = verify_folder(box.folder_of(A), box.authenticator)
    assert faults(found) == [(Fault.MISSING, "opened.jpg"), (Fault.EXTRA, "other.jpg")]


def test_a_manifest_of_another_box_is_not_believed(box: Exhibits, tmp_path: Path) -> None:
    other = open_signer(tmp_path / "other")
    ManifestWriter(box.folder, box.store, other).write(A)
    assert faults(verify_folder(box.folder_of(A), box.authenticator)) == [
        (Fault.WRONG_KEY, MANIFEST)
    ]


def test_the_manifest_of_another_incident_is_not_believed(box: Exhibits) -> None:
    box.open(B, ["opened.jpg"])
    (box.folder_of(B) / MANIFEST).write_bytes((box.folder_of(A) / MANIFEST).read_bytes())
    assert (Fault.BAD_MANIFEST, MANIFEST) in faults(
        verify_folder(box.folder_of(B), box.authenticator)
    )


def test_an_older_manifest_that_was_put_back_is_found_by_the_records(box: Exhibits) -> None:
    older = (box.folder_of(A) / MANIFEST).read_bytes()
    box.add(A, "cleared.jpg")
    (box.folder_of(A) / MANIFEST).write_bytes(older)
    (box.folder_of(A) / "cleared.jpg").unlink()
    assert verify_folder(box.folder_of(A), box.authenticator).sound
    found = verify_incident(A, folder=box.folder, store=box.store, authenticator=box.authenticator)
    assert faults(found) == [(Fault.OUTDATED, "cleared.jpg")]


def test_a_folder_that_is_gone_is_found_by_the_records(box: Exhibits) -> None:
    for path in box.folder_of(A).iterdir():
        path.unlink()
    box.folder_of(A).rmdir()
    found = verify_incident(A, folder=box.folder, store=box.store, authenticator=box.authenticator)
    assert faults(found) == [(Fault.MISSING, "")]


def test_a_gap_is_said_and_is_no_fault(box: Exhibits) -> None:
    box.open(B, ["opened.jpg"], gaps=[Gap(B, "first.jpg", "No space left on device")])
    manifest = json.loads((box.folder_of(B) / MANIFEST).read_bytes())
    assert manifest["gaps"] == [{"name": "first.jpg", "reason": "No space left on device"}]
    assert verify_folder(box.folder_of(B), box.authenticator).sound


def test_every_folder_below_is_found_and_drafts_are_none(box: Exhibits) -> None:
    box.open(B, ["opened.jpg"])
    box.folder.draft(b"jpeg")
    assert list(folders_below(box.folder.root)) == [box.folder_of(A), box.folder_of(B)]
    assert list(folders_below(box.folder_of(A))) == [box.folder_of(A)]


def test_the_key_is_the_boxs_alone_and_stays(tmp_path: Path) -> None:
    first = open_signer(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys" / "box.key").stat().st_mode) == 0o600
    again = open_signer(tmp_path / "keys")
    assert first.fingerprint == again.fingerprint
    authenticator: Authenticator = open_authenticator(tmp_path / "keys" / "box.pub")
    assert authenticator.signed(b"content", again.sign(b"content"))
    assert not authenticator.signed(b"contents", again.sign(b"content"))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_signer(tmp_path)
    os.chmod(tmp_path / "box.key", 0o644)
    with pytest.raises(ConfigError, match="others may read this key"):
        open_signer(tmp_path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "box.key").write_text("none")
    os.chmod(tmp_path / "box.key", 0o600)
    with pytest.raises(ConfigError, match="is no Ed25519 key"):
        open_signer(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        open_authenticator(tmp_path / "absent.pub")


def test_drafts_of_a_crash_are_removed(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    assert folder.forget_drafts() == 0
    folder.draft(b"jpeg")
    assert folder.forget_drafts() == 1
    assert list((tmp_path / ".drafts").iterdir()) == []
