"""The signed envelope: what is in it, and everything that is none."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.commands.bounded import MOST_PARTS, read_object
from edge.commands.command import CommandRefusedError
from edge.commands.envelope import Opened, make_envelope, open_envelope
from edge.commands.reading import read_command
from tests.city import SIGNER, City

CITY = City()
CONTENT = b'{"a":1}'


def part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def signed(header: dict[str, Any] | bytes, content: bytes = CONTENT) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    first = part(text) + b"." + part(content)
    return first + b"." + part(CITY.key.sign(first))


GOOD = {"alg": "EdDSA", "kid": SIGNER}


def code_of(envelope: bytes) -> str:
    with pytest.raises(CommandRefusedError) as refused:
        open_envelope(envelope, CITY.believed)
    return refused.value.code


def test_what_was_signed_comes_out_again_with_who_signed_it() -> None:
    envelope = make_envelope(CONTENT, CITY.key.sign, signer=SIGNER)
    assert open_envelope(envelope, CITY.believed) == Opened(SIGNER, CONTENT)


def test_the_example_of_rfc_8037_has_the_signature_that_the_rfc_says() -> None:
    seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(seed))
    signed_part = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    assert part(key.sign(signed_part)) == (
        b"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    # It names no key, so it is nobody's here.
    envelope = signed_part + b"." + part(key.sign(signed_part))
    assert code_of(envelope) == "wrong_key"


@pytest.mark.parametrize(
    ("code", "envelope"),
    [
        ("malformed", signed(GOOD | {"crit": ["exp"], "exp": 1})),
        ("malformed", signed(GOOD | {"jwk": {"kty": "OKP"}})),
        ("malformed", signed(GOOD | {"b64": False})),
        ("malformed", signed(GOOD | {"typ": "JWT"})),
        ("malformed", signed(b'{"alg":"EdDSA","alg":"none","kid":"city-2026"}')),
        ("malformed", signed(b'["EdDSA"]')),
        ("malformed", signed(b"\xff\xfe{}")),
        ("malformed", signed(GOOD | {"kid": "x" * 600})),
        ("bad_signature", signed(GOOD | {"alg": "none"})),
        ("bad_signature", signed(GOOD | {"alg": "HS256"})),
        ("bad_signature", signed({"kid": SIGNER})),
        ("wrong_key", signed({"alg": "EdDSA"})),
        ("wrong_key", signed(GOOD | {"kid": "../keys/box"})),
        ("wrong_key", signed(GOOD | {"kid": {"a": 1}})),
        ("malformed", signed(GOOD).replace(b".", b"..", 1)),
        ("malformed", signed(GOOD) + b"="),
        ("malformed", signed(GOOD) + b".x"),
        ("malformed", b"a.b.c\n"),
        ("malformed", b"{}"),
    ],
)
def test_what_is_no_envelope_is_refused_by_its_code(code: str, envelope: bytes) -> None:
    assert code_of(envelope) == code


def test_one_changed_character_is_a_wrong_signature_or_no_envelope() -> None:
    envelope = make_envelope(CONTENT, CITY.key.sign, signer=SIGNER)
    for place in range(len(envelope)):
        other = b"A" if envelope[place : place + 1] != b"A" else b"B"
        changed = envelope[:place] + other + envelope[place + 1 :]
        assert code_of(changed) in {"malformed", "bad_signature", "wrong_key"}


@given(st.binary(max_size=600))
def test_no_bytes_do_anything_but_be_refused(noise: bytes) -> None:
    with pytest.raises(CommandRefusedError):
        open_envelope(noise, CITY.believed)


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
def test_no_parts_do_anything_but_be_refused(header: bytes, content: bytes, end: bytes) -> None:
    with pytest.raises(CommandRefusedError):
        open_envelope(b".".join(map(part, (header, content, end))), CITY.believed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ("schema", "id", "box_id", "name", "issued_at", "expires_at", "body", "kid", "x")
)


@given(st.dictionaries(KEYS, JSON, max_size=9))
def test_a_signed_text_is_a_command_or_refused(content: dict[str, Any]) -> None:
    opened = Opened(SIGNER, json.dumps(content).encode())
    with pytest.raises(CommandRefusedError):
        read_command(opened, 100)


@given(JSON)
def test_whatever_is_in_a_body_is_handed_on_as_json_or_refused(inner: Any) -> None:
    content = {
        "schema": "gridwatch.command/1",
        "id": "0193c1f0-0000-7000-8000-000000000001",
        "box_id": "box-01",
        "name": "config.get",
        "issued_at": "2026-11-24T03:00:00Z",
        "expires_at": "2026-11-24T03:05:00.5Z",
        "body": {"x": inner},
    }
    try:
        command = read_command(Opened(SIGNER, json.dumps(content).encode()), 100)
    except CommandRefusedError as error:
        assert error.code == "malformed"  # noqa: PT017 - many of them are good
    else:
        assert json.loads(command.body) == {"x": inner}


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    "content",
    [
        nested(17),
        nested(100_000),
        b"[" * 1_000_000,
        b'{"a":[' + b"0," * MOST_PARTS + b"0]}",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\xff"}',
        b"[]",
        b'"{}"',
        b"",
        b'{"a":"' + b"[" * 100,
    ],
)
def test_json_that_is_too_deep_too_much_or_none_is_refused_unparsed(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        read_object(content)
    assert not isinstance(error.value, RecursionError)


def test_brackets_and_commas_in_texts_do_not_count() -> None:
    text = "[{" * 50_000 + ',:\\"' * 50_000
    content = json.dumps({"a": text, "b": [text]}).encode()
    assert read_object(content) == {"a": text, "b": [text]}


def test_the_deepest_and_the_fullest_that_is_allowed_is_read() -> None:
    assert read_object(nested(16))
    assert len(read_object(b'{"a":[' + b"0," * 99_990 + b"0]}")["a"]) == 99_991


MEASURED: list[Callable[[int], bytes]] = [
    lambda n: b'{"a":"' + b"\\" * n,
    lambda n: b'{"a":"' + b'\\"' * (n // 2),
    lambda n: b'"' * n,
    lambda n: b'{"a":"' + b"x" * n + b'"}',
]


@pytest.mark.parametrize("text", MEASURED)
def test_measuring_takes_no_longer_than_a_text_is_long(text: Callable[[int], bytes]) -> None:
    """8 MiB of what is worst for a pattern that goes back; the suite's own limit is the clock."""
    content = text(8 * 1024 * 1024)
    try:
        assert read_object(content)
    except ValueError as error:
        assert "Recursion" not in str(error)  # noqa: PT017 - one of them is good
