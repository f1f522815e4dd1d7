"""The city's platform as a test plays it: it signs commands and reads their answers."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.clock import ClockState
from edge.commands.envelope import make_envelope
from edge.commands.intake import Asked, Intake, Terms
from edge.commands.refusals import Refusals
from edge.evidence.signing import Authenticator
from edge.store.commands import Commands
from edge.store.outbox import Outbox
from edge.store.vault import Vault
from edge.wire.text import timestamp
from tests.conftest import FakeClock

BOX = "box-01"
ROOT = f"gridwatch/1/{BOX}"
SIGNER = "city-2026"
KNOWN = frozenset(("config.get", "case.status", "residents.delta"))
TOPIC = f"{ROOT}/answers/city"


@dataclass
class City:
    """Signs with a key of its own."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    signer: str = SIGNER

    @property
    def believed(self) -> dict[str, Authenticator]:
        """Return what a box that believes it has under ``commands.keys``."""
        return {self.signer: Authenticator(self.key.public_key())}

    def content(
        self,
        name: str,
        body: dict[str, Any] | None = None,
        *,
        at: datetime,
        valid: timedelta = timedelta(minutes=10),
        **other: Any,
    ) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "schema": "gridwatch.command/1",
            "id": str(uuid.uuid4()),
            "box_id": BOX,
            "name": name,
            "issued_at": timestamp(at),
            "expires_at": timestamp(at + valid),
            "body": body or {},
        } | other

    def sign(self, content: dict[str, Any]) -> bytes:
        """Return it in its envelope."""
        return make_envelope(json.dumps(content).encode(), self.key.sign, signer=self.signer)


class Post:
    """A box's journal and intake, and what it would send."""

    def __init__(self, folder: Path, clock: FakeClock, **terms: Any) -> None:
        self.path = folder / "journal.db"
        self.clock = clock
        self.city = City()
        self.vault = Vault(bytes(32), "a test")
        self.store = Commands(self.path, clock, vault=self.vault)
        self.refusals = Refusals(clock.mono_s)
        self.noticed = 0
        self._outbox = Outbox(self.path, clock)
        given = {"keys": self.city.believed, "known": KNOWN, "allowed": KNOWN} | terms
        self.intake = Intake(
            Terms(box_id=BOX, topic_root=ROOT, **given),
            lambda: self.store,
            self.refusals,
            clock=clock,
            clock_state=lambda: ClockState(synced=True, offset_ms=2.0),
            taken=self._notice,
        )

    def ask(self, payload: bytes, **asked: Any) -> None:
        """Let something come to the topic of commands."""
        self.intake(Asked(payload, **{"response_topic": TOPIC, "correlation": b"7"} | asked))

    def command(self, name: str = "config.get", **content: Any) -> str:
        """Let a good command come and return its id."""
        said = self.city.content(name, **{"at": self.clock.now} | content)
        self.ask(self.city.sign(said))
        return str(said["id"])

    def answers(self) -> list[dict[str, Any]]:
        """Return all answers that wait to be sent."""
        return [
            json.loads(one.payload)
            for one in self._outbox.waiting(limit=100)
            if one.content_type == "application/json"
        ]

    def sent(self) -> list[tuple[str, str, bytes | None]]:
        """Return leaf, content type and correlation data of all that waits to be sent."""
        return [
            (one.leaf, one.content_type, one.correlation) for one in self._outbox.waiting(limit=100)
        ]

    def codes(self) -> list[str]:
        """Return why the answers say that something was not done."""
        return [one["code"] for one in self.answers()]

    def close(self) -> None:
        """Close the journal."""
        self.store.close()
        self._outbox.close()

    def _notice(self) -> None:
        self.noticed += 1
