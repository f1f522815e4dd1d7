"""Somebody who can write to a box's topics and should not: what is sent there."""

import base64
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.city import ROOT, City
from tests.hostile import damaged

NAMES = ("clip.request", "case.status", "recheck", "residents.delta", "config.get", "shell.run", "")
LEAVES = (
    "answers/city",
    "answers/../../box-02",
    "commands",
    "status",
    "answers/7/",
    "answers/" + "x" * 300,
)
WORDS: tuple[Any, ...] = (
    "", 0, -1, 1e308, 2**70, True, None, "../../keys/box.key", "/etc/passwd", "file:///etc/passwd",
    "http://169.254.169.254/", "'; DROP TABLE incidents; --", "\u202e\u0000", "x" * 3000, [], {},
    "0193c1f0-0000-7000-8000-000000000001", "2026-11-24T03:00:00Z", "box-01", "filed", "cam",
)  # fmt: skip
KEYS = (
    "incident", "camera", "zone", "box", "from", "to", "put", "mqtt", "clear", "sequence", "state",
    "at", "from_version", "to_version", "entries", "op", "id", "photos", "consent", "text",
)  # fmt: skip
DEEP = b'{"a":' * 4000 + b"1" + b"}" * 4000


@dataclass(frozen=True)
class Forged:
    """One message.

    Attributes:
        leaf: Below the root of the box.
    """

    leaf: str
    payload: bytes
    response_topic: str


class Forger:
    """Knows what the platform has signed before, and no key of its."""

    def __init__(self, city: City, chance: random.Random) -> None:
        self._city = city
        self._chance = chance
        self._stranger = City()
        self._old = [self._signed("config.get", age=timedelta(hours=2)) for _ in range(3)]

    def next(self) -> Forged:
        """Return the next message."""
        chance = self._chance
        leaf = chance.choice(["commands", "commands", "commands", "receipts"])
        if leaf == "receipts":
            payload = json.dumps(self._json(3)).encode()
            return Forged(leaf, chance.choice([payload, damaged(payload, chance), DEEP]), "")
        kinds: tuple[Callable[[], bytes], ...] = (
            self._garbage,
            self._of_a_stranger,
            self._altered,
            self._unsigned,
            lambda: chance.choice(self._old),
            # Signed by the platform, whose own software may be at fault.
            lambda: self._signed(chance.choice(NAMES), self._body()),
        )
        payload = chance.choice(kinds)()
        return Forged(leaf, payload, f"{ROOT}/{chance.choice(LEAVES)}")

    def good(self) -> tuple[str, bytes]:
        """Return the id of a command that the box should do, and its envelope."""
        content = self._city.content("config.get", at=datetime.now(UTC))
        return str(content["id"]), self._city.sign(content)

    def _garbage(self) -> bytes:
        size = self._chance.choice([0, 1, 40, 3000, 70_000])
        return self._chance.choice([self._chance.randbytes(size), DEEP, b"." * size])

    def _of_a_stranger(self) -> bytes:
        content = self._city.content(self._chance.choice(NAMES), at=datetime.now(UTC))
        self._stranger.signer = self._chance.choice([self._city.signer, "nobody", "../x"])
        return self._stranger.sign(content)

    def _altered(self) -> bytes:
        return damaged(self._signed("config.get"), self._chance)

    def _unsigned(self) -> bytes:
        header = {"alg": self._chance.choice(["none", "HS256", "EdDSA"]), "kid": self._city.signer}
        content = self._city.content("config.get", at=datetime.now(UTC))
        parts = [json.dumps(one).encode() for one in (header, content)]
        return b".".join([*(base64.urlsafe_b64encode(one).rstrip(b"=") for one in parts), b""])

    def _signed(self, name: str, body: Any = None, *, age: timedelta = timedelta(0)) -> bytes:
        at = datetime.now(UTC) - age
        content = self._city.content(name, at=at, id=str(uuid.uuid4()))
        return self._city.sign(content | {"body": {"x": 1} if body is None else body})

    def _body(self) -> Any:
        return {
            self._chance.choice(KEYS): self._json(3) for _ in range(self._chance.randrange(1, 5))
        }

    def _json(self, depth: int) -> Any:
        chance = self._chance
        if depth and chance.random() < 0.4:
            return {chance.choice(KEYS): self._json(depth - 1) for _ in range(3)}
        if depth and chance.random() < 0.3:
            return [self._json(depth - 1) for _ in range(3)]
        return chance.choice(WORDS)
