"""A file by HTTP in parts: what was taken stays taken, whatever breaks.

Each part is a PUT with ``Content-Range`` and the digests of RFC 9530. The receiver answers each but
the last with 308 and, as ``Range``, what it has; the last with 2xx. Asked by ``bytes */N`` and no
content it says how far it is.
"""

import base64
import hashlib
import logging
import random
import re
from collections.abc import Callable
from typing import Protocol

from edge.clock import Clock
from edge.delivery.patience import wait_s
from edge.delivery.post import Answer
from edge.domain.upload import Freight, Uploaded, UploadEnd
from edge.errors import DeliveryError

log = logging.getLogger(__name__)

PART_BYTES = 1 << 20
LEAST_PART_BYTES = 1 << 16
"""A part that breaks off is sent in halves: on a weak line a small one gets through."""

LONGEST_WAIT_S = 60.0
MOST_NONSENSE = 3
"""Answers that make no sense, after which the receiver is no such receiver."""

RESUME = 308
_OK, _REDIRECTS, _REFUSALS, _FAULTS = 200, 300, 400, 500
_TRY_AGAIN = frozenset((408, 425, 429))
_OUT_OF_STEP = frozenset((409, 412, 416))
"""Refusals of this part and not of the file: the receiver is elsewhere than it was."""

_HAS = re.compile(r"bytes=0-(\d{1,15})")


class Way(Protocol):
    """How a request gets to the receiver."""

    def send(self, body: bytes, headers: dict[str, str], *, method: str) -> Answer:
        """Make one attempt; raises DeliveryError if there was no answer."""
        ...


class Upload:
    """Brings one file to one receiver; used by one thread."""

    def __init__(
        self,
        freight: Freight,
        way: Way,
        *,
        clock: Clock,
        pause: Callable[[float], object],
        headers: dict[str, str],
        taken: Callable[[int], None],
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepare.

        Args:
            freight: The file.
            way: To its receiver.
            clock: For how long it may take.
            pause: Waits so many seconds.
            headers: Of every request, beside those of the protocol.
            taken: Told how many bytes the receiver has, whenever these are more.
            uniform: Source of jitter.
        """
        self._freight = freight
        self._way = way
        self._clock = clock
        self._pause = pause
        self._headers = headers
        self._taken = taken
        self._uniform = uniform
        self._part_bytes = PART_BYTES
        self._at: int | None = 0
        self._best = self._sent = 0
        self._attempts = self._failures = self._nonsense = 0
        self._rest_s = 0.0
        self._status: int | None = None
        self._why = ""

    def run(self, within_s: float, *, had: int | None = None) -> Uploaded:
        """Upload until all of it is there, the receiver refuses it, or time is over.

        Args:
            within_s: How long it may take.
            had: What the receiver had of it when an earlier process ended; None to begin.

        Raises:
            OSError: The file cannot be read.
        """
        until_s = self._clock.mono_s() + within_s
        if had is not None:
            # What was sent beyond that is one part at the most, as each is noted.
            self._at, self._best = None, had
            self._sent = min(had + PART_BYTES, self._freight.bytes)
        while self._clock.mono_s() < until_s:
            try:
                end = self._step()
            except DeliveryError as error:
                self._part_bytes = max(self._part_bytes // 2, LEAST_PART_BYTES)
                self._fail(str(error))
                end = None
            if end is not None:
                return self._ended(end)
            if self._rest_s:
                self._pause(min(self._rest_s, max(until_s - self._clock.mono_s(), 0.0)))
                self._rest_s = 0.0
        return self._ended(UploadEnd.EXPIRED)

    def _ended(self, end: UploadEnd) -> Uploaded:
        reason = "" if end is UploadEnd.COMPLETE else self._why or "its time was over"
        return Uploaded(end, self._best, self._attempts, self._status, reason)

    def _step(self) -> UploadEnd | None:
        """Send the next part, or ask how far it is; return how it ended, None if it goes on."""
        total, at = self._freight.bytes, self._at
        if at is None:
            return self._hear(self._request(b"", f"bytes */{total}"), asked=True)
        with self._freight.path.open("rb") as file:
            file.seek(at)
            part = file.read(self._part_bytes)
        end = at + len(part)
        self._sent = max(self._sent, end)
        heard = self._request(part, f"bytes {at}-{end - 1}/{total}")
        self._part_bytes = min(self._part_bytes * 2, PART_BYTES)
        return self._hear(heard)

    def _request(self, part: bytes, content_range: str) -> Answer:
        headers = {
            **self._headers,
            "Content-Type": self._freight.media_type,
            "Content-Range": content_range,
            "Content-Digest": _digest(hashlib.sha256(part).digest()),
            "Repr-Digest": _digest(bytes.fromhex(self._freight.sha256)),
        }
        self._attempts += 1
        self._status = None
        answer = self._way.send(part, headers, method="PUT")
        self._status = answer.status
        return answer

    def _hear(self, answer: Answer, *, asked: bool = False) -> UploadEnd | None:
        status = answer.status
        if _OK <= status < _REDIRECTS:
            return self._is_there()
        if status == RESUME and not answer.location:
            return self._goes_on(answer, asked=asked)
        if _REDIRECTS <= status < _REFUSALS:
            self._why = "the receiver leads elsewhere, and no redirect is followed"
            return UploadEnd.REFUSED
        again = status >= _FAULTS or status in _TRY_AGAIN or (status in _OUT_OF_STEP and not asked)
        if not again:
            self._why = f"the receiver answered {status}"
            return UploadEnd.REFUSED
        self._fail(f"the receiver answered {status}", _seconds(answer.retry_after))
        return None

    def _is_there(self) -> UploadEnd:
        if self._sent < self._freight.bytes:
            # It has stored a part, or nothing, as if it were all.
            self._why = "the receiver takes a part for the whole; it does not take uploads in parts"
            return UploadEnd.REFUSED
        if self._best < self._freight.bytes:
            self._note(self._freight.bytes)
        return UploadEnd.COMPLETE

    def _goes_on(self, answer: Answer, *, asked: bool) -> UploadEnd | None:
        has, began_at = _bytes_in(answer.range), self._at
        if has is None or has > self._sent:
            self._nonsense += 1
            self._fail("the receiver says that it has what it was not sent")
            return UploadEnd.REFUSED if self._nonsense >= MOST_NONSENSE else None
        if has >= self._freight.bytes:
            self._fail("the receiver has all of it and does not say that it is complete")
        elif not asked and began_at is not None and has <= began_at:
            self._fail("the receiver takes nothing more")
        else:
            self._at = has
        if has > self._best:
            self._note(has)
        return None

    def _note(self, has: int) -> None:
        """Take note that there is more than ever: only that makes up for failures."""
        self._failures = self._nonsense = 0
        self._best = has
        self._taken(has)

    def _fail(self, why: str, asked_s: float = 0.0) -> None:
        if why != self._why:  # said once, not at every attempt
            log.warning("upload: %s", why)
        self._failures += 1
        self._why = why
        usual_s = wait_s(self._failures, self._uniform, longest_s=LONGEST_WAIT_S)
        self._rest_s = max(usual_s, min(asked_s, LONGEST_WAIT_S))
        self._at = None  # how much of it there is now, only the receiver knows


def _digest(sha256: bytes) -> str:
    """Return a field of RFC 9530."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


def _bytes_in(range_: str) -> int | None:
    """Return how many bytes a receiver has from the first on, None if it says something else."""
    if not range_:
        return 0
    match = _HAS.fullmatch(range_.strip())
    return int(match[1]) + 1 if match else None


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
