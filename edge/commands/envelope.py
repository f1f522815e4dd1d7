"""A signed envelope: JWS in its compact form, EdDSA (RFC 7515, RFC 8037)."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.commands.bounded import read_object
from edge.commands.command import CommandRefusedError
from edge.evidence.signing import Authenticator
from edge.wire.text import encode

ALGORITHM = "EdDSA"
TYPE = "gridwatch.command+jws"
RECEIPT_TYPE = "gridwatch.receipt+jws"
MOST_HEADER_BYTES = 512
MALFORMED = "malformed"
WRONG_KEY = "wrong_key"
BAD_SIGNATURE = "bad_signature"

_HEADER_KEYS = frozenset(("alg", "kid", "typ"))
_PARTS = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope whose signature is right.

    Attributes:
        signer: Name of the key.
        content: What was signed.
    """

    signer: str
    content: bytes


def open_envelope(envelope: bytes, keys: Mapping[str, Authenticator]) -> Opened:
    """Return what is in an envelope; nothing of it is parsed before its signature is right.

    Args:
        envelope: As it came.
        keys: Whom the box believes, by name.

    Raises:
        CommandRefusedError: It is no envelope, or nobody's whom the box believes.
    """
    parts = _PARTS.fullmatch(envelope)
    if parts is None or len(parts[1]) > MOST_HEADER_BYTES:
        raise CommandRefusedError(MALFORMED, "is no JWS in compact form")
    signer = _signer(_decoded(parts[1]))
    key = keys.get(signer)
    if key is None:
        raise CommandRefusedError(WRONG_KEY, "names a key that is not in commands.keys")
    signature = _decoded(parts[3])
    if not key.signed(parts[1] + b"." + parts[2], signature):
        raise CommandRefusedError(BAD_SIGNATURE, "is not signed by the key that it names")
    return Opened(signer, _decoded(parts[2]))


def make_envelope(
    content: bytes, sign: Callable[[bytes], bytes], *, signer: str, kind: str = TYPE
) -> bytes:
    """Return some bytes in a signed envelope.

    Args:
        content: What is signed.
        sign: Returns the Ed25519 signature of some bytes.
        signer: Name of the key, as whoever shall believe it knows it.
        kind: What is in it.
    """
    header = encode({"alg": ALGORITHM, "kid": signer, "typ": kind})
    signed = _encoded(header) + b"." + _encoded(content)
    return signed + b"." + _encoded(sign(signed))


def _signer(header: bytes) -> str:
    try:
        found = read_object(header)
    except ValueError as error:
        raise CommandRefusedError(MALFORMED, f"its header {error}") from error
    # What is not known here might change what is signed: "crit", "b64", a key of its own.
    if not found.keys() <= _HEADER_KEYS or found.get("typ", TYPE) != TYPE:
        raise CommandRefusedError(MALFORMED, "its header may have alg, kid and typ alone")
    if found.get("alg") != ALGORITHM:
        raise CommandRefusedError(BAD_SIGNATURE, f"is not signed with {ALGORITHM}")
    return str(found.get("kid"))


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _decoded(part: bytes) -> bytes:
    padded = part + b"=" * (-len(part) % 4)
    try:
        content = base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise CommandRefusedError(MALFORMED, "is not base64url") from error
    # Two texts of the same bytes would be two envelopes of one command.
    if _encoded(content) != part:
        raise CommandRefusedError(MALFORMED, "is not base64url as RFC 4648 has it")
    return content
