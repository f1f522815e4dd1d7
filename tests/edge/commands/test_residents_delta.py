"""What the platform says of residents, as the box reads it, and the receipt that it gets."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from edge.commands.command import Command, CommandRefusedError
from edge.commands.envelope import RECEIPT_TYPE, make_envelope, open_envelope
from edge.commands.residents_delta import ResidentsDelta
from edge.domain.delta import Applied, Delta, DeltaRefused, Misfit, Removal
from edge.domain.resident import Category
from tests.city import City

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BOX = City(signer="box")
CONSENT = {"notice_version": "2026-01", "given_at": "2026-09-01T08:00:00Z", "channel": "app"}
PHOTO = base64.b64encode(b"jpeg").decode()
VECTOR = base64.b64encode(bytes(16)).decode()
TEMPLATE = {"model_sha256": "f" * 64, "photos": 2, "vector": VECTOR}
PUT = {"op": "put", "id": "r-1", "consent": CONSENT, "photos": [PHOTO]}
DONE = Applied("command-1", 3, 4, AT, 1, 0, ("r-2",), (), AT)


class Office:
    """Takes down what it is told to apply."""

    def __init__(self, answer: Applied | DeltaRefused = DONE) -> None:
        self.answer = answer
        self.asked: list[tuple[Delta, str]] = []

    def apply(self, delta: Delta, actor: str) -> Applied | DeltaRefused:
        self.asked.append((delta, actor))
        return self.answer


def ask(body: dict[str, Any], office: Office) -> dict[str, Any]:
    handler = ResidentsDelta(
        office.apply,
        lambda content: make_envelope(content, BOX.key.sign, signer="box", kind=RECEIPT_TYPE),
        box_id="box-01",
    )
    content = json.dumps(body).encode()
    command = Command("command-1", "box-01", "residents.delta", "city", AT, AT, content)
    answered: dict[str, Any] = json.loads(handler.handle(command, lambda _: None).body)
    return answered


def delta(*entries: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"from_version": 3, "to_version": 4, "entries": list(entries)} | other


def test_a_delta_is_read_and_its_receipt_is_signed_by_the_box() -> None:
    office = Office()
    answer = ask(
        delta(
            PUT | {"category": "staff", "valid_until": "2027-01-31"},
            {"op": "put", "id": "r-3", "consent": CONSENT, "template": TEMPLATE},
            {"op": "put", "id": "r-4", "category": "visitor"},
            {"op": "remove", "id": "r-2"},
            {"op": "withdraw", "id": "r-5"},
        ),
        office,
    )
    ((asked, actor),) = office.asked
    assert actor == "platform:city"
    assert (asked.from_version, asked.to_version, asked.command_id) == (3, 4, "command-1")
    first, second, third = asked.entries
    assert (first.id, first.category, first.photos) == ("r-1", Category.STAFF, (b"jpeg",))
    assert first.consent is not None
    assert first.consent.given_at == datetime(2026, 9, 1, 8, tzinfo=UTC)
    assert second.template is not None
    assert (second.template.photos, second.template.vector) == (2, bytes(16))
    assert (third.photos, third.template, third.consent) == ((), None, None)
    assert asked.removals == (Removal("r-2"), Removal("r-5", withdrawn=True))
    assert answer["version"] == 4
    header = json.loads(base64.urlsafe_b64decode(answer["receipt"].split(".")[0] + "=="))
    assert header == {"alg": "EdDSA", "kid": "box", "typ": RECEIPT_TYPE}
    assert json.loads(receipt_of(answer)) == {
        "schema": "gridwatch.residents-receipt/1",
        "box_id": "box-01",
        "command_id": "command-1",
        "from_version": 3,
        "to_version": 4,
        "applied_at": "2026-11-24T03:00:00.000Z",
        "registered": 1,
        "changed": 0,
        "removed": ["r-2"],
        "absent": [],
        "erased_at": "2026-11-24T03:00:00.000Z",
    }


def receipt_of(answer: dict[str, Any]) -> bytes:
    """Return what the box has signed, its signature checked apart from the box's own code."""
    first, middle, signature = answer["receipt"].split(".")
    BOX.key.public_key().verify(
        base64.urlsafe_b64decode(signature + "=="), f"{first}.{middle}".encode()
    )
    return base64.urlsafe_b64decode(middle + "==")


def test_a_receipt_is_no_command() -> None:
    receipt = ask(delta(PUT), Office())["receipt"].encode()
    with pytest.raises(CommandRefusedError):
        open_envelope(receipt, BOX.believed)


def test_a_refusal_says_the_boxs_version_and_who_does_not_fit() -> None:
    refused = DeltaRefused("people", "no", 3, (Misfit("r-1", ("no_face", "blurred")),))
    with pytest.raises(CommandRefusedError) as error:
        ask(delta(PUT), Office(refused))
    assert error.value.code == "people"
    assert json.loads(error.value.details) == {
        "version": 3,
        "people": [{"id": "r-1", "reasons": ["no_face", "blurred"]}],
    }


@pytest.mark.parametrize(
    "body",
    [
        delta(PUT, to_version=3),
        delta(PUT, from_version=-1),
        delta(PUT, to_version=2**53),
        delta(PUT, PUT),
        delta(PUT, {"op": "remove", "id": "r-1"}),
        delta(PUT | {"consent": None}),
        delta(PUT | {"template": TEMPLATE}),
        delta(PUT | {"photos": ["%%%"]}),
        delta(PUT | {"photos": [PHOTO] * 9}),
        delta(PUT | {"id": "../keys"}),
        delta(PUT | {"id": ""}),
        delta(PUT | {"name": "王小明"}),
        delta(PUT | {"category": "owner"}),
        delta(PUT | {"valid_from": "2027-01-02", "valid_until": "2027-01-01"}),
        delta(PUT | {"valid_from": "2027-02-30"}),
        delta(PUT | {"consent": CONSENT | {"given_at": "yesterday"}}),
        delta(PUT | {"consent": CONSENT | {"given_at": "2026-02-30T00:00:00Z"}}),
        delta(PUT | {"consent": CONSENT | {"channel": ""}}),
        delta(PUT | {"photos": [], "template": TEMPLATE | {"model_sha256": "F" * 64}}),
        delta(PUT | {"photos": [], "template": TEMPLATE | {"vector": "AAAAAAA="}}),
        delta(PUT | {"photos": [], "template": TEMPLATE | {"vector": [0.5]}}),
        delta({"op": "rename", "id": "r-1"}),
        delta({"id": "r-1"}),
        delta(*({"op": "remove", "id": f"r-{n}"} for n in range(1001))),
        {"from_version": 3, "to_version": 4},
        {},
    ],
)
def test_a_body_that_is_not_as_its_schema_has_it_is_refused_whole(body: dict[str, Any]) -> None:
    office = Office()
    with pytest.raises(CommandRefusedError) as error:
        ask(body, office)
    assert error.value.code == "body"
    assert office.asked == []
    assert "王小明" not in error.value.text


def test_the_same_body_has_the_same_hash_and_another_one_another() -> None:
    office = Office()
    for body in (delta(PUT), delta(PUT), delta(PUT | {"id": "r-7"})):
        ask(body, office)
    first, second, third = (asked.sha256 for asked, _ in office.asked)
    assert first == second != third
