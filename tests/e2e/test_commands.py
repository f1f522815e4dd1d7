"""The city commands a real box over a real broker: answered, refused, counted, written down."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from edge.bootstrap import parts
from edge.bootstrap.ways.commands import open_store
from edge.bootstrap.web.console import accounts_path
from edge.clock import SystemClock
from edge.settings import load_settings
from edge.store.accounts import Accounts
from edge.store.commands import Address, Taken
from tests.city import BOX, City
from tests.city_line import CityLine, city_line
from tests.fixtures_mqtt import Mosquitto
from tests.running_box import RunningBox

SECRET = "correct-horse-battery"
CONSENT = {"notice_version": "2026-01", "given_at": "2026-09-01T08:00:00Z", "channel": "app"}


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def box(
    tmp_path: Path, mosquitto: Mosquitto, city: City, models_ready: None
) -> Iterator[RunningBox]:
    pem = city.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "city.pem").write_bytes(pem)
    made = RunningBox(
        tmp_path / "gridwatch.yaml",
        {
            "box": {"id": BOX, "home": "./var"},
            "mqtt": {"url": mosquitto.url, "health_every": "500ms"},
            "console": {"port": 0},
            "commands": {
                "keys": {city.signer: "./city.pem"},
                "allow": ["config.get", "case.status", "residents.delta"],
            },
            "cameras": [
                {"id": "gate", "url": f"rtsp://viewer:{SECRET}@127.0.0.1:1/cam", "gate": {}}
            ],
        },
    )
    made.start()
    made.wait_for("broker connected", within_s=30)
    yield made
    made.stop()


@pytest.fixture
def line(mosquitto: Mosquitto) -> Iterator[CityLine]:
    with city_line(mosquitto.url) as opened:
        yield opened


@pytest.fixture
def ask(city: City, line: CityLine) -> Callable[..., str]:
    """Ask the box for something and return the command's id."""

    def ask_box(name: str, body: dict[str, Any] | None = None, **other: Any) -> str:
        content = city.content(name, body, **({"at": datetime.now(UTC)} | other))
        line.ask(city.sign(content), correlation=content["id"][:8].encode())
        return str(content["id"])

    return ask_box


def audited(box: RunningBox) -> list[tuple[str, str, str, str]]:
    with closing(Accounts(accounts_path(load_settings(box.config)), SystemClock())) as accounts:
        assert accounts.first_broken_audit_row() is None
        rows = accounts.audit_rows()
    return [(one.actor, one.act, one.subject, one.result) for one in reversed(rows)]


@pytest.mark.e2e
def test_what_is_asked_by_whom_the_box_believes_is_answered_and_all_else_refused(
    box: RunningBox, city: City, line: CityLine, ask: Callable[..., str]
) -> None:
    now = datetime.now(UTC)
    content = city.content("config.get", at=now)
    line.ask(city.sign(content), correlation=b"\x00\xffask")
    (told,) = line.answers(content["id"])
    assert (told.leaf, told.correlation) == ("answers/city", b"\x00\xffask")
    assert told.content["state"] == "done"
    assert told.content["body"]["history_id"] == 1
    assert "id: gate" in told.content["body"]["yaml"]
    assert SECRET not in told.payload.decode()

    line.ask(city.sign(content))  # replayed
    assert [one.content["code"] for one in line.answers(content["id"], count=2)] == ["", "replayed"]
    stranger = City()
    forged = stranger.content("config.get", at=now)
    line.ask(stranger.sign(forged))
    refused = {
        "expired": ask("config.get", at=now - timedelta(hours=1)),
        "oversized": ask("config.get", {"x": "y" * 70_000}),
        "other_box": ask("config.get", box_id="box-02"),
        "unknown_name": ask("shell.run"),
        "not_allowed": ask("recheck"),
        "body": ask("config.get", {"path": "../keys/templates.key"}),
        "unknown_incident": ask(
            "case.status",
            {
                "incident": "0193c1f0-0000-7000-8000-000000000001",
                "sequence": 1,
                "state": "filed",
                "at": "2026-11-24T03:00:00Z",
            },
        ),
    }
    for code, command_id in refused.items():
        (told,) = line.answers(command_id)
        assert (told.content["state"], told.content["code"]) == ("refused", code)
        assert told.correlation == command_id[:8].encode()
    line.ask(b"x" * (8 * 1024 * 1024 + 1))  # nobody reads it
    counts = dict.fromkeys(refused, 1) | {"bad_signature": 1, "replayed": 1, "oversized": 2}
    counted = line.health(**counts)
    assert counted["commands"]["taken"] == 3
    assert not [one for one in line.heard if forged["id"].encode() in one.payload]
    rows = audited(box)
    signer = f"platform:{city.signer}"
    assert (signer, "command.taken", f"command {content['id']}", "config.get") in rows
    assert (signer, "command.done", f"command {content['id']}", "config.get") in rows
    assert (signer, "command.refused", f"command {refused['expired']}", "expired, 1") in rows
    assert ("platform", "command.refused", "command", "bad_signature, 1") in rows


@pytest.mark.e2e
def test_somebody_is_registered_from_a_photo_and_forgotten_and_the_box_signs_for_both(
    box: RunningBox, ask: Callable[..., str], line: CityLine
) -> None:
    settings = load_settings(box.config)
    photo = files("matplotlib").joinpath("mpl-data/sample_data/grace_hopper.jpg").read_bytes()
    put = {
        "op": "put",
        "id": "r-4711",
        "consent": CONSENT,
        "photos": [base64.b64encode(photo).decode()],
    }
    add = ask("residents.delta", {"from_version": 0, "to_version": 1, "entries": [put]})
    (told,) = line.answers(add)
    public = load_pem_public_key((settings.home / "keys" / "box.pub").read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    receipt = receipt_in(told.content, public)
    assert (receipt["registered"], receipt["command_id"]) == (1, add)
    with closing(parts.open_residents(settings, SystemClock())) as residents:
        assert [one.id for one in residents.everybody()] == ["r-4711"]

    late = ask("residents.delta", {"from_version": 0, "to_version": 9, "entries": []})
    (told,) = line.answers(late)
    assert (told.content["code"], told.content["body"]["version"]) == ("version", 1)

    leave = {"op": "withdraw", "id": "r-4711"}
    gone = ask("residents.delta", {"from_version": 1, "to_version": 2, "entries": [leave]})
    receipt = receipt_in(line.answers(gone)[0].content, public)
    assert (receipt["removed"], receipt["to_version"]) == (["r-4711"], 2)
    assert receipt["erased_at"] is not None
    with closing(parts.open_residents(settings, SystemClock())) as residents:
        assert residents.everybody() == []
    assert "grace" not in "".join(box.said).lower()


@pytest.mark.e2e
def test_what_was_taken_or_waits_at_the_broker_is_answered_after_a_start(
    box: RunningBox, city: City, line: CityLine, ask: Callable[..., str]
) -> None:
    ask("config.get")
    box.stop()
    at_broker = ask("config.get")
    settings = load_settings(box.config)
    now = datetime.now(UTC)
    taken = Taken(
        "0193c1f0-0000-7000-8000-00000000000a",
        "config.get",
        city.signer,
        now - timedelta(hours=2),
        now - timedelta(hours=1),
        Address("answers/city", b"before"),
        b"{}",
    )
    with closing(open_store(settings, SystemClock())) as store:
        assert store.take(taken)
    box.start()
    (told,) = line.answers(taken.id)
    assert (told.content["state"], told.correlation) == ("done", b"before")
    (told,) = line.answers(at_broker)
    assert told.content["state"] == "done"


def receipt_in(answer: dict[str, Any], public: Ed25519PublicKey) -> dict[str, Any]:
    """Return what the box has signed, its signature checked."""
    assert answer["state"] == "done", answer
    signed, _, signature = answer["body"]["receipt"].rpartition(".")
    public.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())
    receipt: dict[str, Any] = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    return receipt
