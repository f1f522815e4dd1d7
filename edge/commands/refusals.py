"""Commands that were refused: counted at once, told in bulk."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

AGAIN_S = 60.0
"""Between two rows of the audit about the same reason: a flood must not fill the disk with them."""

UNKNOWN_SIGNER = "platform"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Commands that were refused for one reason.

    Attributes:
        code: The reason.
        count: How many.
        signer: Whose key the last was signed with; ``platform`` if that is not known.
        command_id: Of the last, empty if that cannot be believed.
    """

    code: str
    count: int
    signer: str = UNKNOWN_SIGNER
    command_id: str = ""


class Refusals:
    """Counted by the thread that takes commands, fetched by the one that writes them down."""

    def __init__(self, mono_s: Callable[[], float]) -> None:
        """Begin with none."""
        self._mono_s = mono_s
        self._lock = threading.Lock()
        self._new: dict[str, Refusal] = {}
        self._told_s: dict[str, float] = {}

    def add(
        self, code: str, count: int = 1, *, signer: str = UNKNOWN_SIGNER, command_id: str = ""
    ) -> None:
        """Count one, or some."""
        with self._lock:
            before = self._new[code].count if code in self._new else 0
            self._new[code] = Refusal(code, before + count, signer, command_id)

    def due(self) -> list[Refusal]:
        """Return what is to be written down now: a reason's first at once, then once a minute."""
        now_s = self._mono_s()
        with self._lock:
            return [
                one
                for one in self._new.values()
                if now_s - self._told_s.get(one.code, now_s - AGAIN_S) >= AGAIN_S
            ]

    def written(self, told: Refusal) -> None:
        """Note that one of ``due`` was written down."""
        with self._lock:
            left = self._new[told.code].count - told.count
            if left:
                self._new[told.code] = Refusal(told.code, left)
            else:
                del self._new[told.code]
            self._told_s[told.code] = self._mono_s()

    def unwritten(self) -> Mapping[str, int]:
        """Return how many of each reason have not been written down yet."""
        with self._lock:
            return {one.code: one.count for one in self._new.values()}
